"""The prompt's pages: what is asked, which other ways there are, and how a visit ends."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import links
from accounts.assurance import Assurance
from accounts.audit import SYSTEM
from mfa.models import Authenticator, Transaction, TrustedDevice, Visit
from mfa.verbs import judging
from tests.factories import AuthenticatorFactory
from tests.mfa.compat.prompt.site import app_code, lead, returned, visit_at
from tests.mfa.hosted.prompt.help import APP, LINK, MAIL, PASSKEY, rule, text

pytestmark = pytest.mark.django_db


@pytest.mark.product("prompt-1")
def test_the_page_asks_by_the_strongest_way_and_offers_the_others(client, path):
    page = text(client.get(path))

    assert "Type the code" in page
    assert "nordvik.example" in page
    assert f'value="{MAIL}"' in page
    assert f'value="{LINK}"' in page
    assert f'value="{APP}"' not in page  # it is asked for already
    assert f'value="{PASSKEY}"' not in page  # this person has none


@pytest.mark.product("prompt-1")
def test_only_what_the_policy_allows_is_offered(client, path, pair):
    rule(pair, ASSURANCE=int(Assurance.AAL2))

    assert f'value="{MAIL}"' not in text(client.get(path))
    assert client.post(f"{path}way/", {"method": MAIL}).status_code == 302
    assert Transaction.objects.filter(method=MAIL).count() == 0


@pytest.mark.product("prompt-2")
def test_what_was_used_last_is_asked_for_first(client, path, nora):
    Authenticator.objects.create(
        user=nora,
        customer=nora.customer,
        method=MAIL,
        address=nora.email,
        address_hash=AuthenticatorFactory.build(user=nora, method=MAIL).address_hash,
        last_used_at=timezone.now(),
        confirmed=True,
    )

    assert "n•••@nordvik.example" in text(client.get(path))


@pytest.mark.product("prompt-1", "prompt-2")
def test_another_way_can_be_chosen_and_stays_chosen(client, path):
    client.get(path)
    assert client.post(f"{path}way/", {"method": MAIL}).headers["Location"] == path
    page = text(client.get(path))

    assert "n•••@nordvik.example" in page
    assert "nora@nordvik.example" not in page
    assert f'value="{APP}"' in page
    assert visit_at(path).sent == 1


@pytest.mark.parametrize("method", ["", "nothing", "\0", "bypass"])
def test_what_was_not_offered_cannot_be_chosen(client, path, method):
    client.get(path)

    assert client.post(f"{path}way/", {"method": method}).headers["Location"] == path
    assert visit_at(path).method == APP


def test_loading_the_page_again_sends_nothing_again(client, path, nora):
    client.post(f"{path}way/", {"method": MAIL})
    for _ in range(3):
        client.get(path)

    assert nora.messages.count() == 1
    Transaction.objects.update(expires_at=timezone.now())
    page = text(client.get(path))
    assert nora.messages.count() == 1
    assert "Send a new one" in page


@pytest.mark.product("prompt-2")
def test_a_code_can_be_sent_again_as_often_as_the_policy_says(client, path, pair, nora):
    rule(pair, RESENDS=2)
    client.post(f"{path}way/", {"method": MAIL})
    assert "2 more times" in text(client.get(path))
    client.post(f"{path}again/")
    client.post(f"{path}again/")

    assert "as many as one sign-in may have" in text(client.post(f"{path}again/"))
    assert "as many as one sign-in may have" in text(client.post(f"{path}way/", {"method": LINK}))
    assert nora.messages.count() == 3


def test_a_wrong_answer_says_how_many_tries_are_left(client, path):
    client.get(path)

    assert "4 tries left" in text(client.post(path, {"code": "000000"}))
    assert visit_at(path).state == Visit.State.PENDING


def test_after_the_last_try_another_way_can_be_used(client, path):
    client.get(path)
    for _ in range(5):
        page = text(client.post(path, {"code": "000000"}))

    assert "last try" in page
    assert f'value="{MAIL}"' in page
    assert 'name="code"' not in page


@pytest.mark.parametrize("form", [{}, {"code": ""}, {"method": APP}, {"code": ["1", "2"]}])
def test_an_empty_answer_lets_nobody_in(client, path, form):
    client.get(path)
    client.post(path, form)

    assert visit_at(path).state == Visit.State.PENDING


def test_an_answer_to_nothing_asks_first(client, path):
    assert "Type the code" in text(client.post(path, {"code": app_code()}, follow=True))
    assert visit_at(path).state == Visit.State.PENDING


def test_the_proof_of_another_face_does_not_open_this_browser(client, path, nora):
    """A right code that the person gives elsewhere closes the same transaction, and lets no stranger in here."""
    client.get(path)
    judged = judging.verify_direct(nora, [APP], app_code(), SYSTEM)

    assert judged.verdict == "passed"
    assert visit_at(path).transaction.state == "approved"
    assert client.get(path).status_code == 200
    assert visit_at(path).state == Visit.State.PENDING


def allow_by_mail(nora):
    elsewhere = Client()
    elsewhere.get(links.url(nora.messages.get().link).removeprefix("http://localhost:8000"), follow=True)
    elsewhere.post("/l/", {"answer": "allow"})


@pytest.mark.product("trust-1")
def test_a_browser_that_waited_for_a_mailed_link_can_be_remembered(client, path, pair, site, nora):
    rule(pair, REMEMBER_DAYS=30)
    client.post(f"{path}way/", {"method": LINK})
    assert "Remember this browser for 30 days" in text(client.get(path))
    assert client.post(path, {"remember": "1"}).headers["Location"] == path
    assert not TrustedDevice.objects.exists()  # nobody has allowed it yet

    allow_by_mail(nora)
    assert "duo_code" in returned(client.post(path, {"remember": "1"}))
    assert TrustedDevice.objects.get().user == nora
    assert "duo_code" in returned(client.get(lead(client, site, "nora")))
    assert Transaction.objects.count() == 1


def test_a_mailed_link_lets_the_waiting_page_go_on(client, path, nora):
    client.post(f"{path}way/", {"method": LINK})
    page = text(client.get(path))
    assert f'hx-get="{path}poll/"' in page
    assert client.get(f"{path}poll/").status_code == 204
    assert "code" not in client.post(path, {"code": "000000"}).headers.get("Location", "")

    allow_by_mail(nora)

    assert client.get(f"{path}poll/").headers["HX-Trigger"] == "answered"
    assert "duo_code" in returned(client.get(path))


def test_a_denied_link_ends_the_visit_and_leads_back_with_the_refusal(client, path, nora):
    client.post(f"{path}way/", {"method": LINK})
    elsewhere = Client()
    elsewhere.get(links.url(nora.messages.get().link).removeprefix("http://localhost:8000"), follow=True)
    elsewhere.post("/l/", {"answer": "deny"})
    page = text(client.get(path))

    assert "Nobody was let in" in page
    assert "https://nordvik.example/callback?error=access_denied" in page


@pytest.mark.product("prompt-4")
def test_cancelling_says_so_and_leads_back_without_a_code(client, path):
    client.get(path)
    page = text(client.post(f"{path}cancel/"))

    assert "error=access_denied" in page
    assert "code=" not in page.replace("duo_code_attribute", "")
    assert visit_at(path).state == Visit.State.CANCELLED
    assert "Cancelled" in text(client.post(path, {"code": app_code()}))


@pytest.mark.product("prompt-4")
def test_a_visit_that_took_too_long_leads_back_without_a_code(client, path):
    client.get(path)
    Visit.objects.update(expires_at=timezone.now())

    for page in (client.get(path), client.post(path, {"code": app_code()}), client.post(f"{path}again/")):
        assert "This took too long" in text(page)
        assert "error=access_denied" in text(page)


def test_the_way_back_may_be_taken_again_until_the_code_was_used(client, path, site):
    client.get(path)
    first = returned(client.post(path, {"code": app_code()}))["duo_code"]
    second = returned(client.get(path))["duo_code"]

    assert site.exchange(client, first).status_code == 400  # replaced
    assert site.exchange(client, second).status_code == 200
    page = text(client.get(path))
    assert "You were signed in" in page
    assert "code=" not in page


@pytest.mark.parametrize("part", ["way/", "again/", "skip/", "cancel/"])
def test_looking_at_a_buttons_address_does_nothing(client, path, part):
    assert client.get(path + part).headers["Location"] == path
    assert visit_at(path).state == Visit.State.PENDING
    assert client.post(f"{path}poll/").status_code == 405


def test_every_button_needs_the_pages_token(site, nora):
    strict = Client(enforce_csrf_checks=True)
    path = lead(strict, site, "nora")
    strict.get(path)

    for part in ("", "way/", "again/", "skip/", "cancel/", "enrol/"):
        assert strict.post(path + part, {"code": app_code(), "method": MAIL}).status_code == 403
    assert visit_at(path).state == Visit.State.PENDING


def test_the_pages_form_may_lead_to_the_site_and_nowhere_else(client, path):
    response = client.get(path)

    assert "form-action 'self' https://nordvik.example;" in response.headers["Content-Security-Policy"] + ";"
    assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_cookie_is_the_browsers_own_and_no_script_reads_it(client, site, nora):
    lead(client, site, "nora")
    cookie = client.cookies["prompt"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie.value not in str(Visit.objects.values().get())


@pytest.mark.product("prompt-3")
def test_why_we_ask_tells_a_new_browser_from_one_that_was_here(client, path, site):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
    page = text(client.get(path, headers={"user-agent": agent}))
    assert "This browser is new to us: Firefox, Windows." in page
    client.post(path, {"code": app_code()})

    assert "You have signed in with this browser before." in text(client.get(lead(client, site, "nora")))


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_a_known_browser_is_asked_and_let_in_whoever_else_guesses_from_its_network(client, path, site):
    client.get(path)
    returned(client.post(path, {"code": app_code()}))
    stranger = Client()
    for _ in range(2):
        theirs = lead(stranger, site, "nora")
        for _ in range(4):
            stranger.get(theirs)
            stranger.post(theirs, {"code": "000000"})
    assert "then try again" in text(stranger.get(lead(stranger, site, "nora")))
    Authenticator.objects.update(last_step=-1)

    path = lead(client, site, "nora")
    assert "Type the code" in text(client.get(path))
    assert "duo_code" in returned(client.post(path, {"code": app_code()}))


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_guesses_at_a_sites_own_form_keep_nobody_from_being_asked_here(client, path):
    """Where no visitor is known all share one wait, which is no lane of the prompt's."""
    Authenticator.objects.update(failures=9, wait_until=timezone.now() + timedelta(minutes=30))

    assert "Type the code" in text(client.get(path))
    assert "duo_code" in returned(client.post(path, {"code": app_code()}))
