"""Trusted devices: bound to person, site and set-up, a new value at every use, and a copy gives itself away."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts import audit
from accounts.http import Source
from accounts.models import AuditRecord, Message
from mfa import verbs
from mfa.models import TrustedDevice
from mfa.policies import Rule, resolve
from mfa.verbs import trusting
from tests.factories import AuthenticatorFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
FIREFOX = Source("192.0.2.7", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0")
DAY = timedelta(days=1)


def rules(days=30, devices=5):
    policy = SimpleNamespace(rules={Rule.REMEMBER_DAYS: days, Rule.REMEMBER_DEVICES: devices})
    return resolve([policy])


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def nora(site):
    return UserFactory(customer=site.customer, phone="+4740012345")


def trust(user, site, **given):
    return trusting.trust(user, site, rules(**given), FIREFOX)


def come(user, site, cookie, **given):
    by = audit.end_user(user, FIREFOX)
    found = trusting.recognise(user, site, cookie, rules(**given), FIREFOX, by)
    return found[1] if found else None


@pytest.mark.product("trust-1")
def test_a_trusted_browser_is_known_again_and_gets_another_value_each_time(site, nora):
    _device, first = trust(nora, site)
    second = come(nora, site, first)
    third = come(nora, site, second)

    assert len({first, second, third}) == 3
    assert come(nora, site, third) is not None
    assert TrustedDevice.objects.get().browser == "Firefox, Windows"


def test_where_policy_remembers_no_devices_none_is_trusted(site, nora):
    assert trust(nora, site, days=0) is None
    assert not TrustedDevice.objects.exists()


@pytest.mark.product("trust-1")
def test_an_old_value_is_a_theft_that_ends_the_trust_and_is_told(site, nora):
    _device, stolen = trust(nora, site)
    newer = come(nora, site, stolen)
    newest = come(nora, site, newer)

    assert come(nora, site, stolen) is None
    device = TrustedDevice.objects.get()
    assert device.stolen_at == device.ended_at is not None
    assert come(nora, site, newest) is None
    told = Message.objects.filter(kind="mfa.device_stolen", user=nora)
    assert {message.channel for message in told} == {"email", "sms"}
    assert AuditRecord.objects.filter(action="mfa.device_stolen", person=nora.pk).count() == 1


def test_the_value_before_the_last_serves_two_windows_at_once_and_no_longer(site, nora):
    _device, first = trust(nora, site)
    second = come(nora, site, first)

    assert come(nora, site, first) == second  # an answer that got lost is given again

    TrustedDevice.objects.update(rotated_at=timezone.now() - timedelta(seconds=61))
    assert come(nora, site, first) is None
    assert TrustedDevice.objects.get().stolen_at is not None


@pytest.mark.product("trust-2")
def test_a_cookie_is_worth_nothing_for_another_person_site_or_for_the_own_pages(site, nora):
    _device, cookie = trust(nora, site)
    other = UserFactory(customer=site.customer)

    assert come(other, site, cookie) is None
    assert come(nora, SiteFactory(customer=site.customer), cookie) is None
    assert come(nora, None, cookie) is None
    assert come(nora, site, cookie) is not None


@pytest.mark.parametrize("cookie", ["", ".", "x", "a" * 5000, "\x00.x", "æøå.x", "AAAAAAAAAAAAAAAAAAAAAA.0"])
def test_what_is_no_cookie_of_ours_is_nothing_and_no_theft(site, nora, cookie):
    trust(nora, site)

    assert come(nora, site, cookie) is None
    assert TrustedDevice.objects.get().ended_at is None


@pytest.mark.product("trust-2")
def test_a_changed_set_up_ends_the_trust(site, nora):
    _device, cookie = trust(nora, site)
    verbs.reset(AuthenticatorFactory(user=nora), audit.SYSTEM)

    assert come(nora, site, cookie) is None
    device = TrustedDevice.objects.get()
    assert device.ended_at is not None
    assert device.stolen_at is None


@pytest.mark.parametrize("field", ["email", "phone"])
def test_another_address_ends_the_trust(site, nora, field):
    _device, cookie = trust(nora, site)
    setattr(nora, field, "other@site.example" if field == "email" else "+4740054321")
    nora.save()

    assert come(nora, site, cookie) is None


@pytest.mark.product("trust-3")
def test_trust_ends_after_the_days_of_the_policy_and_a_shorter_policy_holds_at_once(site, nora):
    device, cookie = trust(nora, site, days=30)
    assert device.expires_at - device.created_at == 30 * DAY
    TrustedDevice.objects.update(created_at=timezone.now() - 8 * DAY)

    assert come(nora, site, cookie, days=7) is None
    assert TrustedDevice.objects.get().ended_at is not None


@pytest.mark.product("trust-3")
def test_more_devices_than_the_policy_has_room_for_end_the_longest_unused(site, nora):
    first, cookie = trust(nora, site, devices=2)
    second, _value = trust(nora, site, devices=2)
    come(nora, site, cookie, devices=2)
    third, _value = trust(nora, site, devices=2)

    assert set(trusting.open_devices(nora, timezone.now())) == {first, third}
    assert TrustedDevice.objects.get(pk=second.pk).ended_at is not None


def test_a_browser_that_is_trusted_anew_is_one_device(site, nora):
    _device, cookie = trust(nora, site)
    again, _value = trusting.trust(nora, site, rules(), FIREFOX, instead_of=cookie)

    assert list(trusting.open_devices(nora, timezone.now())) == [again]


def test_a_device_is_revoked_by_its_owner_alone(site, nora):
    device, cookie = trust(nora, site)
    by = audit.end_user(nora, FIREFOX)

    assert not trusting.revoke(UserFactory(customer=site.customer), device.public_id, by)
    assert trusting.revoke(nora, device.public_id, by)
    assert not trusting.revoke(nora, device.public_id, by)
    assert come(nora, site, cookie) is None


def test_all_devices_are_revoked_at_once(site, nora):
    trust(nora, site)
    trust(nora, None)

    assert trusting.revoke_all(nora, audit.end_user(nora, FIREFOX)) == 2
    assert not trusting.open_devices(nora, timezone.now()).exists()


def test_the_table_holds_no_value_that_a_cookie_holds(site, nora):
    device, cookie = trust(nora, site)
    row = TrustedDevice.objects.values().get(pk=device.pk)

    assert cookie.split(".")[1] not in str(row)


def test_recognising_costs_two_queries(site, nora, django_assert_num_queries):
    _device, cookie = trust(nora, site)

    with django_assert_num_queries(4):  # a savepoint of the test's about them
        come(nora, site, cookie)
