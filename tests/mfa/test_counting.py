"""What lists show of sign-ins is summed from the sign-ins themselves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mfa import counting
from tests.factories import TransactionFactory

pytestmark = pytest.mark.django_db


def test_the_last_proved_sign_in_is_noted_once():
    now = timezone.now()
    proved = TransactionFactory(state="approved", closed_at=now)
    TransactionFactory(authenticator=proved.authenticator, state="approved", closed_at=now - timedelta(minutes=5))

    assert counting.sum_sign_ins() == 1
    assert counting.sum_sign_ins() == 0
    proved.user.refresh_from_db()
    assert proved.user.last_sign_in_at == now


@pytest.mark.parametrize("other", [{"state": "failed"}, {"state": "denied"}, {"purpose": "enrol", "state": "approved"}])
def test_what_was_no_proved_sign_in_is_not_noted(other):
    TransactionFactory(closed_at=timezone.now(), **other)

    assert counting.sum_sign_ins() == 0
