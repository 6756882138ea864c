"""The slow way back: told everywhere, called off by one button, and worth nothing without both the wait and a word."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit, links
from accounts.models import AuditRecord, Message, Role, Session
from mfa import verbs
from mfa.base32 import decode
from mfa.doors.demo import app_code
from mfa.models import Authenticator, Policy, Recovery, TrustedDevice
from mfa.policies import Rule
from mfa.verbs import knocking, recovering, trusting
from tests.accounts.console.cast import desk
from tests.mfa.hosted.me.person import SECRET, Person, words
from tests.mfa.hosted.test_enrolling import secret_on
from tests.mfa.test_trusting import FIREFOX, rules

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TOKEN = 'value="[A-Za-z0-9]{64}"'


@pytest.fixture
def nora():
    return Person(phone="+4740012345")


@pytest.fixture
def helper(nora):
    return desk(Role.HELP_DESK, nora.customer)


def asked(person):
    """The person asks on the page, and a worker begins the wait."""
    page = words(person.post("lost/", username=person.user.username))
    knocking.ask_who_knocked()
    assert "If we know this name" in page
    return Recovery.objects.select_related("user__customer").latest("pk")


def approve(helper, recovery, act="approve"):
    return helper.said(reverse("mfa_console:recovery", args=[recovery.public_id]), {"act": act, "reason": "Came by"})


def link_of(kind):
    message = Message.objects.filter(kind=kind, channel="email").latest("pk")
    return links.url(message.link).removeprefix("http://localhost:8000")


@pytest.mark.product("me-5")
def test_asking_tells_every_channel_and_changes_nothing_else(nora):
    recovery = asked(nora)

    assert recovery.ready_at - recovery.asked_at == 24 * HOUR
    told = Message.objects.filter(kind="mfa.recovery_asked")
    assert {(message.channel, message.to) for message in told} == {("email", nora.user.email), ("sms", "+4740012345")}
    assert Authenticator.objects.filter(pk=nora.app.pk, confirmed=True).exists()
    assert AuditRecord.objects.filter(action="mfa.recovery_asked", person=nora.user.pk).exists()


@pytest.mark.promise("S21")
def test_an_unknown_name_gets_the_same_answer_and_nobody_a_message(nora):
    known = words(nora.post("lost/", username=nora.user.username))
    unknown = words(nora.post("lost/", username="nobody@nordvik.example"))
    knocking.ask_who_knocked()

    assert re.sub(TOKEN, "", known) == re.sub(TOKEN, "", unknown)
    assert Recovery.objects.count() == 1


def test_one_at_a_time_and_three_a_day(nora):
    for _count in range(5):
        recovery = recovering.begin(nora.user, audit.SYSTEM)
        assert recovering.begin(nora.user, audit.SYSTEM) is None
        if recovery is not None:
            recovering.cancel(recovery, audit.SYSTEM)

    assert Recovery.objects.count() == 3


@pytest.mark.product("me-5")
def test_neither_the_wait_nor_the_word_is_enough_alone(nora, helper):
    recovery = asked(nora)

    assert recovering.send_due(timezone.now() + 25 * HOUR) == 0  # nobody gave their word
    assert "Approved. The link goes to" in approve(helper, recovery)
    assert recovering.send_due(timezone.now() + 23 * HOUR) == 0  # the wait is not over
    assert recovering.send_due(timezone.now() + 25 * HOUR) == 1
    assert recovering.send_due(timezone.now() + 25 * HOUR) == 0  # once
    assert Message.objects.get(kind="mfa.enrol").to == nora.user.email


def test_the_link_sets_up_a_new_way_and_what_was_lost_opens_nothing_any_more(nora, helper, client):
    nora.enter()
    Authenticator.objects.update(last_step=-1)  # a day goes by until the new code is typed
    trusting.trust(nora.user, None, rules(), FIREFOX)
    recovery = asked(nora)
    approve(helper, recovery)
    recovering.send_due(timezone.now() + 25 * HOUR)
    client.get(link_of("mfa.enrol"))
    secret = secret_on(words(client.post("/l/", {"add": "totp", "part": "start"})))
    page = words(client.post("/l/", {"add": "totp", "part": "prove", "code": app_code(secret)}))

    assert "is set up" in page
    assert verbs.verify_direct(nora.user, ["totp"], app_code(SECRET), audit.SYSTEM).verdict == "wrong"
    assert not Session.objects.filter(user=nora.user).exists()
    assert not TrustedDevice.objects.filter(ended_at=None).exists()
    assert AuditRecord.objects.filter(action="mfa.recovered", person=nora.user.pk).exists()


def test_a_lost_passkey_goes_with_a_recovery_by_another_method(nora, helper, client):
    recovery = asked(nora)
    approve(helper, recovery)
    recovering.send_due(timezone.now() + 25 * HOUR)
    client.get(link_of("mfa.enrol"))
    secret = secret_on(words(client.post("/l/", {"add": "hotp", "part": "start"})))
    client.post("/l/", {"add": "hotp", "part": "prove", "code": str(hotp(decode(secret), 0)).zfill(6)})

    assert {one.method for one in Authenticator.objects.filter(user=nora.user)} == {"hotp"}


@pytest.mark.product("method-8", "me-5")
def test_a_recovery_is_never_weaker_than_the_policy_and_no_mailbox_serves_it(nora, helper, client):
    Policy.objects.create(customer=nora.customer, version=1, rules={Rule.METHODS: ["totp", "email_code", "kba"]})
    recovery = asked(nora)
    approve(helper, recovery)
    recovering.send_due(timezone.now() + 25 * HOUR)
    client.get(link_of("mfa.enrol"))

    page = words(client.get("/l/"))
    assert "An app on your phone" in page  # the one that is left
    client.post("/l/", {"add": "kba", "part": "start", "question": ["a", "b", "c"], "answer": ["a", "b", "c"]})
    client.post("/l/", {"add": "email_code", "part": "start", "email": "other@home.example"})
    assert not Message.objects.filter(kind="mfa.code").exists()
    assert set(Authenticator.objects.values_list("method", flat=True)) == {"totp"}


@pytest.mark.promise("S18")
@pytest.mark.product("me-5")
def test_the_mailed_button_calls_it_off_and_looking_does_not(nora, helper, client):
    recovery = asked(nora)
    approve(helper, recovery)
    client.get(link_of("mfa.recovery_asked"))
    assert "Call it off?" in words(client.get("/l/"))
    recovery.refresh_from_db()
    assert recovery.cancelled_at is None

    assert "It is called off" in words(client.post("/l/"))

    assert recovering.send_due(timezone.now() + 25 * HOUR) == 0
    assert client.get(link_of("mfa.recovery_asked"), follow=True).status_code == 410


def test_who_is_in_calls_it_off_on_their_own_pages(nora):
    recovery = asked(nora)
    nora.enter()
    assert "Somebody asked for a new beginning in your name" in nora.text()

    nora.said("lost/cancel/")

    recovery.refresh_from_db()
    assert recovery.cancelled_at is not None
    assert "Somebody asked" not in nora.text()


def test_a_help_desk_refuses_with_a_reason_that_the_person_reads(nora, helper):
    recovery = asked(nora)
    place = reverse("mfa_console:recovery", args=[recovery.public_id])
    assert "A few words" in helper.said(place, {"act": "approve", "reason": ""})

    assert "Refused." in approve(helper, recovery, "refuse")

    told = Message.objects.filter(kind="mfa.recovery_ended", channel="email").get()
    assert told.context == {"what": "refused", "reason": "Came by"}
    assert "Nothing changed" in approve(helper, recovery) or "Approved" not in approve(helper, recovery)
    assert recovering.send_due(timezone.now() + 25 * HOUR) == 0


def test_it_ends_by_itself_a_week_after_the_wait(nora, helper):
    recovery = asked(nora)
    approve(helper, recovery)

    assert recovering.send_due(timezone.now() + (24 + 7 * 24 + 1) * HOUR) == 0


def test_without_an_address_the_help_desk_is_told_to_add_one_first(nora, helper):
    nora.user.email = ""
    nora.user.save()
    recovery = asked(nora)

    assert "No e-mail address is known" in approve(helper, recovery)
    recovery.refresh_from_db()
    assert recovery.approved_at is None


def test_the_list_says_how_each_stands_and_the_overview_how_many_wait(nora, helper):
    asked(nora)

    page = helper.text(reverse("mfa_console:recoveries"))
    assert "Waits for your word" in page
    assert nora.user.username in page


@pytest.mark.promise("S10")
def test_another_customers_request_is_not_found(nora):
    recovery = asked(nora)
    other = desk(Role.OWNER)

    assert other.get(reverse("mfa_console:recovery", args=[recovery.public_id])).status_code == 404
    assert nora.user.username not in other.text(reverse("mfa_console:recoveries"))


@pytest.mark.parametrize("field", ["disabled_at", "restricted_at"])
@pytest.mark.promise("S11")
def test_who_is_kept_out_gets_no_new_beginning(nora, field):
    setattr(nora.user, field, timezone.now())
    nora.user.save()

    assert recovering.begin(nora.user, audit.SYSTEM) is None
