"""A site fetches its jobs by signed calls and answers them, signed; what is signed wrongly or by others is refused."""

import json

import pytest

from accounts.models import AuditRecord
from privacy import site_signing
from privacy.models import SiteJob, SiteLink
from privacy.verbs import siting
from tests.factories import ApiKeyFactory, SiteFactory
from tests.sites.calling import Program, erasure_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return Program()


@pytest.fixture
def job(program):
    """A job of the program's site, which has told its key by fetching."""
    _request, (made,) = erasure_of(program.site.customer, username="ingrid@nordvik.example")
    assert program.fetch().status_code == 200
    return made


@pytest.mark.requirement("R-56")
def test_a_site_fetches_whom_to_erase_signed_and_answers_what_it_removed_and_kept(program):
    request, (job,) = erasure_of(program.site.customer, username="ingrid@nordvik.example")
    said = program.fetch().json()
    (given,) = said["jobs"]
    assert said["site"] == program.site.public_id
    assert site_signing.signer([program.key], given["headers"], given["body"].encode()) == program.key
    data = json.loads(given["body"])["data"]
    assert (data["id"], data["username"]) == (job.public_id, "ingrid@nordvik.example")
    assert data["answer_to"].endswith(f"/api/v1/site-jobs/{job.public_id}/answer")

    text = program.says(job)
    response = program.answer(job, text)
    assert (response.status_code, response.json()["state"]) == (200, "done")
    job.refresh_from_db()
    assert job.names is None
    assert siting.settled(request)
    (told,) = siting.answers(request)
    assert told["removed"] == [{"what": "wordpress.usermeta", "count": 7}]
    assert told["kept"][0]["why"] == "own_account"
    assert site_signing.is_signed(told["answer"], told["signature"], told["public_key"])
    assert not site_signing.is_signed(told["answer"].replace("7", "8"), told["signature"], told["public_key"])
    assert program.fetch().json()["jobs"] == []


def test_the_same_answer_again_changes_nothing_and_another_one_is_refused(program, job):
    text = program.says(job)
    assert program.answer(job, text).status_code == program.answer(job, text).status_code == 200
    assert AuditRecord.objects.filter(action="privacy.site_job_answered").count() == 1
    other = program.answer(job, program.says(job, removed=[]))
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    job.refresh_from_db()
    assert job.answer == text


@pytest.mark.requirement("R-56")
def test_a_wrong_signature_is_refused(program, job):
    text = program.says(job)
    stranger = Program(SiteFactory())
    for signature in (stranger.sign(text), "", "AAAA", "ø"):
        said = {"type": "site_jobs.answer", "answer": text, "signature": signature}
        assert program.call(f"/api/v1/site-jobs/{job.public_id}/answer", **said).status_code == 400
    for wrong in ({"secret": "0" * 32}, {"skew": -400}, {"skew": 400}, {"number": "99"}, {"number": "x"}):
        assert program.fetch(**wrong).status_code == 401
    job.refresh_from_db()
    assert job.state == SiteJob.State.WAITING


def test_a_signature_of_the_plugins_own_dialect_opens_nothing(program, client):
    headers = {"Customer-Key": str(program.site.customer.number), "Timestamp": "1", "Authorization": "ab"}
    assert client.post("/api/v1/site-jobs/", "{}", "application/json", headers=headers).status_code == 401


@pytest.mark.requirement("R-56")
def test_another_customers_job_and_another_sites_job_are_not_found(program, job):
    stranger = Program()
    stranger.fetch()
    sister = Program(SiteFactory(customer=program.site.customer))
    sister.fetch()
    for other in (stranger, sister):
        assert other.answer(job, other.says(job)).status_code == 404
    foreign = program.says(job, site=sister.site.public_id)
    assert program.answer(job, foreign).json()["detail"] == "The answer names another job or site."


@pytest.mark.parametrize(
    "changed",
    [
        {"outcome": "perhaps"},
        {"at": "yesterday"},
        {"removed": None},
        {"removed": [{"what": "Ingrid Berg", "count": 1}]},
        {"removed": [{"what": "rows", "count": -1}]},
        {"removed": [{"what": "rows", "count": True}]},
        {"kept": [{"what": "rows", "count": 1, "why": "because of Ingrid"}]},
        {"name": "Ingrid"},
    ],
)
def test_an_answer_of_another_shape_is_refused_so_that_no_name_gets_into_a_receipt(program, job, changed):
    response = program.answer(job, program.says(job, **changed))
    assert (response.status_code, response.json()["code"]) == (400, "not_usable")


@pytest.mark.requirement("R-60")
def test_a_site_that_could_not_do_it_keeps_the_job_open_and_says_what_stands_in_the_way(program, job):
    assert program.answer(job, program.says(job, outcome="failed", problem="database")).json()["state"] == "waiting"
    job.refresh_from_db()
    assert (job.trouble, job.is_open) == ("database", True)
    assert program.answer(job, program.says(job)).json()["state"] == "done"


def test_a_site_may_answer_late_but_not_what_was_confirmed_by_hand(program, job):
    siting.late(job.ordered_at + siting.TRIED)
    job.refresh_from_db()
    assert job.state == SiteJob.State.PENDING
    assert len(program.fetch().json()["jobs"]) == 1
    siting.confirm(job, "removed", "seen", None, siting.audit.SYSTEM)
    assert program.answer(job, program.says(job)).status_code == 409


def test_a_site_that_signs_with_a_new_key_is_noted_and_an_old_key_of_the_site_serves_for_its_overlap(program, job):
    program.own = Program(SiteFactory()).own
    assert program.fetch().status_code == 200
    assert AuditRecord.objects.filter(action="privacy.site_key_changed").count() == 1
    program.key.retires_at = siting.timezone.now() + siting.TRIED
    program.key.save()
    newer = ApiKeyFactory(site=program.site)
    assert program.fetch().status_code == 200
    program.key = newer
    assert program.fetch().status_code == 200


@pytest.mark.parametrize("wrong", [{"public_key": "AAAA"}, {"public_key": 7}, {"url": "http://nordvik.example/"}])
def test_what_a_site_says_of_itself_is_checked(program, wrong):
    assert program.fetch(**wrong).json()["code"] == "not_usable"
    assert not SiteLink.objects.exists()


def test_a_call_of_one_kind_cannot_stand_for_another(program, job):
    assert program.call(f"/api/v1/site-jobs/{job.public_id}/answer", type="site_jobs.fetch").status_code == 400
    assert program.call("/api/v1/site-jobs/", type="site_job.erase").status_code == 400


def test_who_signs_wrongly_again_and_again_is_stopped(program):
    statuses = [program.fetch(secret="0" * 32).status_code for _try in range(31)]
    assert statuses == [401] * 30 + [429]
