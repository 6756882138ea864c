"""Jobs are sent to a site that has an address for them, signed, again and again for five days, and nowhere private."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from privacy import site_signing
from privacy.models import SiteJob
from privacy.verbs import site_calls, siting
from tests.accounts.webhooks.conftest import their
from tests.sites.calling import Program, erasure_of

__all__ = ("their",)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def program(their):
    made = Program()
    site_calls.connect(made.site, made.public_key, their.url, "test 1", audit.SYSTEM)
    return made


def test_a_job_is_sent_signed_and_the_answer_may_come_with_the_receipt(program, their):
    request, (job,) = erasure_of(program.site.customer)
    text = program.says(job)
    their.body = json.dumps({"answer": text, "signature": program.sign(text)}).encode()
    assert site_calls.push_due() == 1
    ((headers, body),) = their.got
    assert site_signing.signer([program.key], headers, body.encode()) == program.key
    assert json.loads(body)["type"] == "site_job.erase"
    assert headers["webhook-id"] == f"job_{job.public_id}"
    assert siting.settled(request)
    assert site_calls.push_due() == 0


@pytest.mark.requirement("R-60")
def test_a_site_that_fails_is_tried_again_for_five_days_ever_more_slowly_and_then_a_person_looks(program, their):
    _request, (job,) = erasure_of(program.site.customer)
    their.status = 503
    waits = []
    for _try in range(8):
        assert site_calls.push_due() == 1
        job.refresh_from_db()
        waits.append((job.next_try_at - timezone.now()).total_seconds())
        SiteJob.objects.update(next_try_at=timezone.now())
    assert (job.tries, job.trouble) == (8, "HTTP 503")
    assert 40 < waits[0] < 80
    assert waits[5] > 16_000
    siting.late(job.ordered_at + timedelta(days=5))
    assert site_calls.push_due() == 0
    job.refresh_from_db()
    assert job.state == SiteJob.State.PENDING


def test_an_answer_that_came_with_the_receipt_is_judged_like_any_other(program, their):
    _request, (job,) = erasure_of(program.site.customer)
    text = program.says(job)
    their.body = json.dumps({"answer": text, "signature": Program().sign(text)}).encode()
    site_calls.push_due()
    job.refresh_from_db()
    assert (job.state, job.trouble) == (SiteJob.State.WAITING, "answer refused: signature")


def test_no_job_is_sent_to_a_private_address(program, their, settings):
    _request, (job,) = erasure_of(program.site.customer)
    settings.OUTBOUND_NETWORKS = []
    site_calls.push_due()
    job.refresh_from_db()
    assert (their.got, job.trouble) == ([], "not a public address")


def test_a_site_whose_keys_were_stopped_is_sent_nothing(program, their):
    erasure_of(program.site.customer)
    customer = program.site.customer
    customer.keys_stopped_at = timezone.now()
    customer.save()
    assert site_calls.push_due() == 0
    assert their.got == []
