"""What mfa keeps of trust, visits and recoveries, and that an erasure leaves none of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts import verbs as accounts
from accounts.http import NOWHERE
from mfa import retention
from mfa.models import Recovery, TrustedDevice, Visit
from mfa.policies import Rule, resolve
from mfa.verbs import knocking, recovering, trusting
from privacy import verbs as privacy
from tests.factories import UserFactory
from tests.mfa.test_trusting import rules

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def nora():
    user = UserFactory()
    trusting.trust(user, None, rules(days=10), NOWHERE)
    knocking.knock(user.customer, user.username, next(iter(knocking.METHODS)), "")
    recovering.begin(user, audit.SYSTEM)
    return user


@pytest.mark.parametrize(("model", "days"), [(Visit, 60), (TrustedDevice, 10 + 30), (Recovery, 365)])
def test_each_is_kept_as_long_as_the_data_map_says_and_no_longer(nora, model, days):
    now = timezone.now()

    retention.forget(now + days * DAY - timedelta(minutes=1))
    assert model.objects.exists()
    retention.forget(now + days * DAY + timedelta(minutes=1))
    assert not model.objects.exists()


def test_a_revoked_device_is_forgotten_a_month_after_that(nora):
    trusting.revoke_all(nora, audit.SYSTEM)
    retention.forget(timezone.now() + 30 * DAY + timedelta(minutes=1))

    assert not TrustedDevice.objects.exists()


def test_an_erasure_leaves_no_trust_visit_or_recovery(nora):
    accounts.request_erasure(nora, audit.SYSTEM)
    privacy.erase_due()

    assert [model.objects.count() for model in (Visit, TrustedDevice, Recovery)] == [0, 0, 0]


def test_the_default_policy_remembers_no_devices():
    assert resolve([]).value(Rule.REMEMBER_DAYS) == 0
