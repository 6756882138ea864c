"""Of two at once one wins on the person's own pages, too: real threads on PostgreSQL."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit, links
from mfa import verbs
from mfa.base32 import decode
from mfa.doors.demo import app_code
from mfa.models import Authenticator, Policy, Recovery, TrustedDevice
from mfa.policies import Rule, effective
from mfa.verbs import Removal, knocking, recovering, trusting
from tests.factories import AuthenticatorFactory, UserFactory
from tests.mfa.hosted.me.person import Person
from tests.mfa.hosted.test_enrolling import secret_on
from tests.mfa.test_races import at_once
from tests.mfa.test_trusting import FIREFOX, rules

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def nora():
    return UserFactory(phone="+4740012345")


def test_of_two_last_ways_removed_at_once_one_stays(nora):
    Policy.objects.create(customer=nora.customer, version=1, rules={Rule.METHODS: ["totp", "hotp"]})
    rows = [AuthenticatorFactory(user=nora), AuthenticatorFactory(user=nora, method="hotp")]
    by_policy = effective(nora.customer, user=nora)

    came = at_once(2, lambda n: verbs.remove(nora, rows[n].public_id, by_policy, audit.SYSTEM))

    assert came == {Removal.REMOVED: 1, Removal.LAST: 1}
    assert Authenticator.objects.count() == 1


def test_of_many_windows_with_one_cookie_none_is_a_thief(nora):
    _device, cookie = trusting.trust(nora, None, rules(), FIREFOX)
    by = audit.end_user(nora, FIREFOX)

    values = at_once(10, lambda _n: trusting.recognise(nora, None, cookie, rules(), FIREFOX, by)[1])

    assert len(values) == 1  # all got the same next value
    assert TrustedDevice.objects.get().stolen_at is None


def test_devices_that_are_trusted_at_once_are_no_more_than_the_policy_has_room_for(nora):
    at_once(6, lambda _n: bool(trusting.trust(nora, None, rules(devices=2), FIREFOX)))

    assert trusting.open_devices(nora, timezone.now()).count() == 2


def test_a_mailed_link_adds_one_method_in_two_browsers_at_once():
    person = Person()
    nora = person.user
    Authenticator.objects.all().delete()
    address = links.url(verbs.send_enrolment_link(nora, audit.SYSTEM)).removeprefix("http://localhost:8000")
    browsers = [person.browser, type(person.browser)()]
    codes = []
    for browser, key in zip(browsers, ("totp", "hotp"), strict=True):
        browser.get(address)
        page = browser.post("/l/", {"add": key, "part": "start"}).content.decode()
        secret = secret_on(page)
        codes.append({"add": key, "part": "prove", "code": app_code(secret) if key == "totp" else first_code(secret)})

    came = at_once(2, lambda n: browsers[n].post("/l/", codes[n]).status_code)

    assert came == {200: 1, 410: 1}
    assert Authenticator.objects.filter(user=nora, confirmed=True).count() == 1


def first_code(secret):
    return str(hotp(decode(secret), 0)).zfill(6)


def test_whoever_knocked_is_asked_once_by_many_workers(nora):
    knocking.knock(nora.customer, nora.username, "sms_code", "")

    assert at_once(5, lambda _n: knocking.ask_who_knocked())[1] == 1
    assert nora.messages.filter(kind="mfa.code").count() == 1


def test_one_new_beginning_is_begun_and_its_link_sent_once(nora):
    began = at_once(5, lambda _n: recovering.begin(nora, audit.SYSTEM) is not None)
    assert began == {True: 1, False: 4}
    Recovery.objects.update(approved_at=timezone.now())

    at_once(5, lambda _n: recovering.send_due(timezone.now() + timedelta(hours=25)))

    assert nora.messages.filter(kind="mfa.enrol").count() == 1


def test_a_recovery_that_is_called_off_while_it_is_approved_sends_nothing(nora):
    recovery = recovering.begin(nora, audit.SYSTEM)
    owner = UserFactory()

    def act(number):
        mine = Recovery.objects.select_related("user__customer").get(pk=recovery.pk)
        if number:
            return recovering.cancel(mine, audit.SYSTEM)
        return recovering.approve(mine, "Came by", audit.SYSTEM, owner)

    at_once(2, act)

    assert recovering.send_due(timezone.now() + timedelta(hours=25)) == 0
    assert Recovery.objects.get().cancelled_at is not None
