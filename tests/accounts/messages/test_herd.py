"""Ten thousand messages wait when a long outage ends: what is too late is dropped, and the newest codes go first."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.messages import delivery, sweeping
from accounts.models import Message
from config.run import parts
from tests.factories import CustomerFactory

pytestmark = [pytest.mark.promise("R12"), pytest.mark.django_db]
State = Message.State
ALL, LATE, CUSTOMERS = 10_000, 9_000, 20


def herd():
    """Codes of twenty customers, one a tenth of a second, the older ones past their end; the newest last."""
    customers = CustomerFactory.create_batch(CUSTOMERS)
    now, rows = timezone.now(), []
    given = {"kind": "tests.code", "channel": "sms", "is_code": True, "to": "", "language": "en"}
    for place in range(ALL):
        at = now - timedelta(seconds=(ALL - place) / 10)
        end = now + (timedelta(minutes=5) if place >= LATE else -timedelta(seconds=1))
        customer = customers[place % CUSTOMERS]
        rows.append(Message(customer=customer, created_at=at, next_try_at=at, not_after=end, **given))
    Message.objects.bulk_create(rows, batch_size=1000)
    return rows


def test_after_an_outage_nothing_too_late_is_sent_and_the_newest_codes_go_first(provider):
    rows = herd()
    for _turn in range(CUSTOMERS):  # before any sweep, as in the first second
        assert delivery.take_turn(codes=True) == State.SENT
    sent = Message.objects.filter(state=State.SENT).values_list("pk", flat=True)
    assert set(sent) == {row.pk for row in rows[-CUSTOMERS:]}

    swept = sum(sweeping.sweep()["late"] for _sweep in range(ALL // sweeping.BATCH))
    assert swept == LATE
    assert not Message.objects.filter(state=State.EXPIRED, not_after__gt=timezone.now()).exists()

    for _turn in range(CUSTOMERS):
        assert delivery.take_turn(codes=True) == State.SENT
    assert set(sent.all()) == {row.pk for row in rows[-2 * CUSTOMERS :]}
    assert len(provider.letters) == 2 * CUSTOMERS


def test_those_put_off_by_a_provider_come_back_at_different_times(provider):
    """Else all of them would come at once again."""
    waits = {round(delivery._back_off(Message(tries=1, is_code=True)), 3) for _each in range(50)}

    assert len(waits) > 40


def test_privacy_jobs_and_codes_have_workers_of_their_own(tmp_path):
    routes = settings.CELERY_TASK_ROUTES
    assert (routes["accounts.tasks.send_code"]["queue"], routes["privacy.tasks.*"]["queue"]) == ("otp", "privacy")
    argvs = [part.argv for part in parts.workers(tmp_path, {}) if "-Q" in part.argv]
    queues = [argv[argv.index("-Q") + 1].split(",") for argv in argvs]

    assert [served for served in queues if "otp" in served] == [["otp"]]
    assert any("privacy" in served for served in queues)
