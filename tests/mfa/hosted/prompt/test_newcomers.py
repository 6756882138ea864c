"""People whom the site names and we do not know: added when they go on, and never by looking."""

import pytest

from accounts import audit
from accounts.models import AuditRecord, ErasureRequest, User
from accounts.verbs import people
from mfa.models import Authenticator, Grace, Transaction, Visit
from tests.factories import PromptClientFactory, StaffFactory, UserFactory
from tests.mfa.compat.prompt.site import Site, app_code, lead, returned, visit_at
from tests.mfa.hosted.prompt.help import APP, rule, text
from tests.privacy import terms

pytestmark = pytest.mark.django_db
NEW = "Kari"


@pytest.mark.product("prompt-10")
def test_a_newcomer_is_added_by_going_on_and_enrols_under_the_policy(client, pair, site):
    rule(pair, METHODS=[APP])
    path = lead(client, site, NEW)
    page = text(client.get(path))
    assert "who is new here" in page
    assert client.get(f"{path}enrol/").headers["Location"] == path
    assert not User.objects.filter(username=NEW).exists()

    assert client.post(f"{path}enrol/").headers["Location"] == f"{path}enrol/"
    made = User.objects.get(customer=pair.customer, username=NEW)
    assert visit_at(path).user == made
    record = AuditRecord.objects.get(action="user.created", person=made.pk)
    assert (record.actor_kind, record.actor_id) == (AuditRecord.Actor.SITE, pair.site.pk)
    client.post(f"{path}enrol/", {"part": "start"})
    secret = Authenticator.objects.get(user=made).pending_secret
    client.post(f"{path}enrol/", {"part": "prove", "code": app_code(secret)})
    claims = site.opened(site.exchange(client, returned(client.get(path))["duo_code"]).json()["id_token"])

    assert (claims["preferred_username"], claims["sub"]) == (NEW, made.public_id)


@pytest.mark.promise("S4")
def test_a_newcomer_in_another_spelling_is_the_same_person(client, pair, site):
    for spelling in (NEW, f" {NEW.upper()} "):
        client.post(f"{lead(client, site, spelling)}enrol/")

    assert User.objects.filter(canonical_username="kari").count() == 1


def test_a_newcomer_may_put_enrolment_off_where_the_policy_lets_one(client, pair, site):
    rule(pair, GRACE_SKIPS=1)
    path = lead(client, site, NEW)
    assert "once more" in text(client.get(path))
    assert "duo_code" in returned(client.post(f"{path}skip/"))
    assert Grace.objects.get(user__username=NEW).skips == 1

    again = lead(client, site, NEW)
    assert "Not now" not in text(client.get(again))
    assert client.post(f"{again}skip/").headers["Location"] == again


@pytest.mark.promise("S9")
def test_a_newcomer_without_grace_is_not_let_in_by_a_name(client, pair, site):
    path = lead(client, site, NEW)

    assert client.post(f"{path}skip/").headers["Location"] == path
    assert not User.objects.filter(username=NEW).exists()
    assert visit_at(path).state == Visit.State.PENDING


@pytest.mark.requirement("R-04")
@pytest.mark.product("prompt-10")
def test_a_newcomer_agrees_before_a_row_of_theirs_is_made(client, pair, site):
    terms.publish(pair.customer)
    path = lead(client, site, NEW)
    asked = client.get(path).headers["Location"]
    assert "/agree/" in asked
    for part in ("enrol/", "skip/"):
        assert client.post(path + part).headers["Location"] == path
    assert not User.objects.filter(username=NEW).exists()

    page = client.get(asked).content.decode()
    shown = page.partition('name="shown" value="')[2].partition('"')[0]
    assert client.post(asked, {"answer": "agree", "shown": shown}).headers["Location"] == path
    assert "Set up your second factor" in text(client.get(path))
    assert visit_at(path).user == User.objects.get(username=NEW)


@pytest.mark.product("prompt-10")
def test_where_the_policy_says_so_nobody_is_added(client, pair, site):
    rule(pair, ADD_UNKNOWN=False, GRACE_SKIPS=5)
    path = lead(client, site, NEW)
    assert "whom we do not know" in text(client.get(path))
    for part in ("enrol/", "skip/"):
        assert client.post(path + part).headers["Location"] == path

    assert not User.objects.filter(username=NEW).exists()
    assert Transaction.objects.count() == 0


def test_who_was_erased_is_not_added_anew(client, pair, site):
    people.request_erasure(UserFactory(customer=pair.customer, username=NEW), audit.SYSTEM)
    path = lead(client, site, NEW.lower())

    assert "whom we do not know" in text(client.get(path))
    assert client.post(f"{path}enrol/").headers["Location"] == path
    assert User.objects.living().filter(customer=pair.customer).count() == 0
    assert ErasureRequest.objects.count() == 1


@pytest.mark.promise("S10")
def test_the_name_of_a_member_or_staff_is_added_to_no_site(client):
    staff = StaffFactory()
    path = lead(client, Site(PromptClientFactory(site__customer=staff.customer)), staff.username)

    assert "whom we do not know" in text(client.get(path))
    assert client.post(f"{path}enrol/").headers["Location"] == path
    assert visit_at(path).user is None
