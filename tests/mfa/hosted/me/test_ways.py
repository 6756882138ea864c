"""What a person proves themselves with: changed by its owner alone, after a fresh proof, and the last one stays."""

import pytest

from accounts import audit
from accounts.models import AuditRecord, Message
from mfa import verbs
from mfa.methods import METHODS
from mfa.models import Authenticator, Policy
from mfa.policies import Rule, effective
from mfa.verbs import Removal
from tests.factories import AuthenticatorFactory, UserFactory
from tests.mfa.hosted.me.person import Person, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return Person(phone="+4740012345").enter()


def told():
    return [
        message.context.get("what") for message in Message.objects.filter(kind="mfa.factor_changed", channel="email")
    ]


@pytest.mark.product("me-3")
def test_the_list_has_everything_masked_and_in_its_state(nora):
    AuthenticatorFactory(user=nora.user, method="hotp", suspended_at=nora.user.created_at)
    page = nora.text()

    assert "Authenticator app" in page
    assert "Suspended" in page
    assert "+47 ••• •• 345" in page
    assert "n•••@nordvik.example" in page
    assert nora.app.secret not in page


@pytest.mark.product("method-9")
def test_backup_codes_are_shown_once_and_few_left_are_said(nora):
    page = nora.said("add/", add="backup_code", part="start")
    shown = page.split("<code>")[1:]
    assert len(shown) == 10
    assert "Keep these codes" in page
    assert 'download="backup-codes.txt"' in page
    assert "data-print" in nora.browser.post(nora.url("add/"), {"add": "backup_code", "part": "start"}).content.decode()

    row = Authenticator.objects.get(user=nora.user, method="backup_code")
    row.data = {"codes": dict(list(row.data["codes"].items())[:3])}
    row.save()
    page = nora.text()
    assert "3 codes left" in page
    assert "Few are left" in page
    assert shown[0][:19] not in page


@pytest.mark.promise("S9")
@pytest.mark.parametrize("path", ["add/", "phone/", "ways/{}/suspend/", "ways/{}/resume/", "ways/{}/remove/"])
@pytest.mark.product("enrol-4")
def test_every_change_asks_for_a_fresh_proof_first(nora, path):
    session = nora.session()
    session["proved_at"] = 0
    session.save()

    for response in (nora.get(path.format(nora.app.public_id)), nora.post(path.format(nora.app.public_id))):
        assert response["Location"].startswith(nora.url("again/"))
    nora.app.refresh_from_db()
    assert nora.app.suspended_at is None


@pytest.mark.promise("S9")
@pytest.mark.product("enrol-4")
def test_a_mailbox_is_no_fresh_proof(nora):
    session = nora.session()
    session["proved_at"] = 0
    session.save()

    assert "Code by e-mail" not in nora.text("again/")
    assert "Choose one of these" in words(nora.post("again/", method="email_code"))
    assert not Message.objects.filter(kind="mfa.code").exists()

    nora.post("again/?next=" + nora.url("add/"), method="totp")
    assert nora.post("again/", code=nora.code(), next=nora.url("add/"))["Location"] == nora.url("add/")
    assert "Add a way to sign in" in nora.text("add/")


def test_a_name_is_kept_and_needs_no_proof(nora):
    page = nora.said(f"ways/{nora.app.public_id}/", name="Old phone")

    assert "Old phone" in page
    assert AuditRecord.objects.filter(action="mfa.renamed", person=nora.user.pk).exists()


def test_a_suspended_way_opens_nothing_until_it_is_taken_up_again(nora):
    AuthenticatorFactory(user=nora.user, method="hotp")
    nora.said(f"ways/{nora.app.public_id}/suspend/")
    assert not verbs.verify_direct(nora.user, ["totp"], nora.code(), audit.SYSTEM).authenticator

    nora.said(f"ways/{nora.app.public_id}/resume/")
    assert verbs.verify_direct(nora.user, ["totp"], nora.code(), audit.SYSTEM).authenticator
    assert told() == ["suspended", "resumed"]


@pytest.mark.product("enrol-4")
def test_a_removed_way_is_gone_for_good_and_that_is_told(nora):
    AuthenticatorFactory(user=nora.user, method="hotp")
    assert "You still have" in nora.text(f"ways/{nora.app.public_id}/remove/")
    assert Authenticator.objects.filter(pk=nora.app.pk).exists()

    assert "is removed" in nora.said(f"ways/{nora.app.public_id}/remove/")

    assert not Authenticator.objects.filter(pk=nora.app.pk).exists()
    assert told() == ["removed"]


def only_apps(person):
    """A policy that leaves nothing but what must be set up."""
    Policy.objects.create(customer=person.customer, version=1, rules={Rule.METHODS: ["totp", "hotp", "email_code"]})


@pytest.mark.parametrize("act", ["suspend", "remove"])
def test_the_last_way_stays_and_the_page_says_why(nora, act):
    only_apps(nora)

    page = nora.said(f"ways/{nora.app.public_id}/{act}/")

    assert "It stays for now" in page
    nora.app.refresh_from_db()
    assert nora.app.suspended_at is None
    assert not Message.objects.exists()


def test_where_policy_asks_for_none_the_last_way_may_go(nora):
    only_apps(nora)
    Policy.objects.update(rules={Rule.METHODS: ["totp"], Rule.ENFORCEMENT: "optional"})
    assert "You have no other way in" in nora.text(f"ways/{nora.app.public_id}/remove/")

    nora.said(f"ways/{nora.app.public_id}/remove/")

    assert not Authenticator.objects.filter(pk=nora.app.pk).exists()


@pytest.mark.promise("S10")
@pytest.mark.parametrize("act", ["", "suspend/", "resume/", "remove/"])
def test_what_is_another_persons_is_not_found(nora, act):
    other = AuthenticatorFactory(user=UserFactory(customer=nora.customer))

    assert nora.get(f"ways/{other.public_id}/{act}").status_code == 404
    assert nora.post(f"ways/{other.public_id}/{act}").status_code == 404
    other.refresh_from_db()
    assert other.suspended_at is None


@pytest.mark.product("method-12")
def test_removing_the_last_one_that_needs_the_phone_offers_to_drop_the_number(nora):
    for key in ("sms_code", "sms_and_email_code"):
        nora.said(f"ways/{key}/remove/")
    page = nora.said("ways/voice_code/remove/")
    assert "Nothing that you use needs your phone number any more" in page

    assert "Your phone number is dropped" in nora.said("phone/")
    nora.user.refresh_from_db()
    assert not nora.user.phone
    assert not Authenticator.objects.filter(method__in=["sms_code", "voice_code", "sms_and_email_code"]).exists()
    assert str(Message.objects.filter(channel="sms").latest("pk").to) == "+4740012345"


def test_a_number_in_use_is_dropped_with_what_needs_it(nora):
    assert "3 ways of yours need it" in nora.text("phone/")
    nora.said("phone/")

    rules = effective(nora.customer, user=nora.user)
    nora.user.refresh_from_db()
    assert {one.method.key for one in verbs.owned(nora.user, rules)} == {"totp", "email_code", "email_link"}


def test_the_last_number_stays_where_nothing_else_is_left():
    per = Person("per@nordvik.example", phone="+4740054321").enter()
    per.app.delete()

    assert "It stays for now" in per.said("phone/")
    per.user.refresh_from_db()
    assert str(per.user.phone) == "+4740054321"


def test_another_mailbox_is_removed_and_told_itself(nora):
    row = AuthenticatorFactory(user=nora.user, method="email_code", address="other@home.example", bound_here=True)
    nora.said(f"ways/{row.public_id}/remove/")

    addresses = {message.to for message in Message.objects.filter(kind="mfa.factor_changed")}
    assert addresses == {"nora@nordvik.example", "other@home.example", "+4740012345"}


@pytest.mark.parametrize("key", [key for key, method in METHODS.items() if method.is_own])
@pytest.mark.product("method-11", "enrol-3")
def test_each_method_says_which_data_it_needs_before_it_is_added(nora, key):
    known = verbs.addable(nora.user, effective(nora.customer, user=nora.user))
    page = nora.text("add/", add=key)

    assert (str(METHODS[key].about_data) in page) == (METHODS[key] in known)


def test_of_two_removals_the_verb_leaves_one(nora):
    only_apps(nora)
    other = AuthenticatorFactory(user=nora.user, method="hotp")
    rules = effective(nora.customer, user=nora.user)
    by = audit.SYSTEM

    first = verbs.remove(nora.user, nora.app.public_id, rules, by)
    second = verbs.remove(nora.user, other.public_id, rules, by)

    assert [first, second] == [Removal.REMOVED, Removal.LAST]
    assert verbs.remove(nora.user, "nothing", rules, by) is Removal.UNKNOWN
