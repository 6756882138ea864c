"""Who need not prove anything, who has nothing to prove with, and who cannot be let in."""

import pytest
from django.utils import timezone

from accounts.assurance import Assurance
from mfa.models import Authenticator, Grace, Transaction, Visit
from tests.factories import AuthenticatorFactory, PromptClientFactory, StaffFactory, UserFactory
from tests.mfa.compat.prompt.site import Site, app_code, lead, returned, visit_at
from tests.mfa.hosted.prompt.help import APP, MAIL, PASSKEY, rule, text

pytestmark = pytest.mark.django_db


def test_a_remembered_browser_is_let_through_and_told_apart(client, path, pair, site):
    rule(pair, REMEMBER_DAYS=30)
    assert "Remember this browser for 30 days" in text(client.get(path))
    client.post(path, {"code": app_code(), "remember": "1"})

    code = returned(client.get(lead(client, site, "nora")))["duo_code"]
    context = site.opened(site.exchange(client, code).json()["id_token"])["auth_context"]
    assert context["factor"] == "remembered_device"
    assert Transaction.objects.count() == 1


def test_a_browser_is_not_remembered_unless_that_was_ticked(client, path, pair, site):
    rule(pair, REMEMBER_DAYS=30)
    client.get(path)
    client.post(path, {"code": app_code()})

    assert client.get(lead(client, site, "nora")).status_code == 200


@pytest.mark.product("trust-2")
def test_a_remembered_browser_does_not_stand_in_for_somebody_else(client, path, pair, site):
    rule(pair, REMEMBER_DAYS=30)
    AuthenticatorFactory(user=UserFactory(customer=pair.customer, username="olav", email=""))
    client.get(path)
    client.post(path, {"code": app_code(), "remember": "1"})

    assert client.get(lead(client, site, "olav")).status_code == 200


def test_nothing_is_remembered_where_the_policy_does_not_say_so(client, path, pair, site):
    assert "Remember this browser" not in text(client.get(path))
    client.post(path, {"code": app_code(), "remember": "1"})

    assert client.get(lead(client, site, "nora")).status_code == 200


@pytest.mark.product("enrol-1")
def test_who_has_nothing_sets_something_up_and_is_let_in_by_it(client, pair, site):
    UserFactory(customer=pair.customer, username="new", email="")
    path = lead(client, site, "new")
    page = text(client.get(path))
    assert f"{path}enrol/" in page
    assert "Not now" not in page
    assert client.post(path, {"code": app_code()}).headers["Location"] == path
    assert client.post(f"{path}skip/").headers["Location"] == path

    client.post(f"{path}enrol/?add={APP}", {"part": "start"})
    secret = Authenticator.objects.get().pending_secret
    page = text(client.post(f"{path}enrol/?add={APP}", {"part": "prove", "code": app_code(secret)}))

    assert visit_at(path).state == Visit.State.APPROVED
    assert f'href="{path}"' in page
    assert "duo_code" in returned(client.get(path))


@pytest.mark.product("enrol-1")
def test_enrolment_can_be_put_off_as_often_as_the_policy_says(client, pair, site):
    rule(pair, GRACE_SKIPS=2)
    user = UserFactory(customer=pair.customer, username="new", email="")
    for left in ("2 more times", "once more"):
        path = lead(client, site, "new")
        assert left in text(client.get(path))
        code = returned(client.post(f"{path}skip/"))["duo_code"]
        context = site.opened(site.exchange(client, code).json()["id_token"])["auth_context"]
        assert context["reason"] == "allow_unenrolled_user"

    path = lead(client, site, "new")
    assert "Not now" not in text(client.get(path))
    assert client.post(f"{path}skip/").headers["Location"] == path
    assert Grace.objects.get(user=user).skips == 2


@pytest.mark.promise("S9")
@pytest.mark.product("enrol-4")
def test_a_password_alone_never_replaces_a_factor(client, path, pair):
    """The policy wants a passkey now, and the person has an app: that comes first."""
    rule(pair, METHODS=[PASSKEY])
    page = text(client.get(path))
    assert "First prove one that you have" in page
    assert client.get(f"{path}enrol/").headers["Location"] == path

    client.post(path, {"code": app_code()})
    assert visit_at(path).state == Visit.State.PENDING
    assert f"{path}enrol/" in text(client.get(path))
    assert client.get(f"{path}enrol/").status_code == 200


@pytest.mark.promise("S9")
@pytest.mark.parametrize("gone", ["off_at", "suspended_at"])
def test_a_factor_that_was_switched_off_is_not_replaced_by_a_password(client, path, pair, gone):
    rule(pair, ASSURANCE=int(Assurance.AAL2))
    Authenticator.objects.update(**{gone: timezone.now()})

    assert "You need help to go on" in text(client.get(path))
    assert client.get(f"{path}enrol/").headers["Location"] == path


@pytest.mark.parametrize("what", ["unknown", "disabled", "restricted", "suspended"])
def test_who_cannot_be_let_in_is_told_whom_to_ask(client, pair, site, nora, what):
    if what == "unknown":
        rule(pair, ADD_UNKNOWN=False)
    path = lead(client, site, "nobody" if what == "unknown" else "nora")
    now = timezone.now()
    if what == "suspended":
        type(pair.customer).objects.update(suspended_at=now)
    elif what != "unknown":
        type(nora).objects.filter(pk=nora.pk).update(**{f"{what}_at": now})
    page = text(client.get(path))

    assert "Ask the help desk of nordvik.example" in page
    assert "error=access_denied" in page
    assert client.post(path, {"code": app_code()}).headers["Location"] == path
    assert client.post(f"{path}enrol/").headers["Location"] == path
    assert visit_at(path).state == Visit.State.PENDING


def test_terms_come_before_anything_is_asked_and_a_yes_leads_on(client, path, pair, nora):
    type(pair.customer).objects.update(terms_needed=1)
    asked = client.get(path).headers["Location"]

    assert "/agree/" in asked
    assert Transaction.objects.count() == 0
    for part in ("way/", "again/", "skip/", "enrol/"):
        assert client.post(path + part, {"method": MAIL}).headers["Location"] == path
    assert client.post(path, {"code": app_code()}).headers["Location"] == path
    assert client.get(path).headers["Location"].startswith(asked[:30])
    type(nora).objects.update(agreed_terms=1)
    assert "Type the code" in text(client.get(path))


@pytest.mark.promise("S10")
def test_members_and_staff_are_unknown_to_a_site(client):
    staff = StaffFactory()
    AuthenticatorFactory(user=staff)
    pair = PromptClientFactory(site__customer=staff.customer)
    path = lead(client, Site(pair), staff.username)

    assert visit_at(path).user is None
