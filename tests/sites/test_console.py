"""The dashboard's page of what sites were told to erase: seen, confirmed by hand with evidence, told by mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditRecord, Message, Role
from privacy.models import SiteJob
from privacy.verbs import siting
from tests.factories import StaffFactory, member
from tests.routes.world import browser
from tests.sites.calling import Program, erasure_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return Program()


@pytest.fixture
def job(program):
    _request, (made,) = erasure_of(program.site.customer, username="ingrid@nordvik.example")
    return made


@pytest.fixture
def owner(program):
    return member(Role.OWNER, program.site.customer)


def url(job):
    return f"/dashboard/site-jobs/{job.public_id}/"


def test_the_page_shows_what_waits_with_the_name_to_look_for_and_what_is_done_without(program, job, owner):
    client = browser(owner, verified=True)
    page = client.get("/dashboard/site-jobs/").content.decode()
    assert url(job) in page
    assert "ingrid@nordvik.example" in page
    program.fetch()
    program.answer(job, program.says(job))
    assert url(job) not in client.get("/dashboard/site-jobs/").content.decode()
    assert url(job) in client.get("/dashboard/site-jobs/?show=done").content.decode()
    page = client.get(url(job)).content.decode()
    assert "ingrid" not in page
    for said in ("7 rows removed", "1 row kept", "own account", program.public_key):
        assert said in page
    assert "Confirm by hand" not in page


@pytest.mark.requirement("R-60")
def test_a_member_confirms_a_site_that_does_not_answer_and_who_when_and_what_shows_it_are_seen(job, owner):
    client = browser(owner, verified=True)
    siting.late(job.ordered_at + timedelta(days=5))
    page = client.get(url(job)).content.decode()
    assert "Site pending" in page
    assert client.post(url(job), {"how": "removed", "evidence": " "}).status_code == 200
    job.refresh_from_db()
    assert job.is_open
    client.post(url(job), {"how": "removed", "evidence": "Ticket 12, seen in phpMyAdmin"})
    job.refresh_from_db()
    assert (job.state, job.confirmed_by) == (SiteJob.State.CONFIRMED, owner)
    page = client.get(url(job)).content.decode()
    for said in ("Ticket 12, seen in phpMyAdmin", "by hand", str(owner)):
        assert said in page
    client.post(url(job), {"how": "gone", "evidence": "again"})
    assert AuditRecord.objects.filter(action="privacy.site_job_confirmed").count() == 1


def test_who_may_only_look_confirms_nothing_and_another_customer_finds_nothing(program, job):
    given = {"how": "removed", "evidence": "x"}
    reader = browser(member(Role.READ_ONLY, program.site.customer))
    assert "Confirm by hand" not in reader.get(url(job)).content.decode()
    reader.post(url(job), given)
    assert browser(member(Role.OWNER), verified=True).post(url(job), given).status_code == 404
    job.refresh_from_db()
    assert job.is_open


@pytest.mark.requirement("R-60")
def test_owners_and_admins_are_told_once_of_a_site_that_has_not_answered(program, job, owner):
    member(Role.READ_ONLY, program.site.customer)
    _request, (other,) = erasure_of(program.site.customer)
    siting.late(timezone.now() + timedelta(days=5, minutes=1))
    other.refresh_from_db()
    assert other.state == SiteJob.State.PENDING
    (message,) = Message.objects.filter(kind=siting.KIND)
    assert (message.user, message.context["site"]) == (owner, program.site.name)
    assert "ingrid" not in str(message.context)


def test_staff_see_how_it_stands_and_never_of_whom(program, job):
    staff = browser(StaffFactory(), verified=True)
    for page in ("", f"{job.pk}/change/"):
        text = staff.get(f"/staff/privacy/sitejob/{page}").content.decode()
        assert program.site.name in text
        assert "ingrid" not in text
    staff.post(f"/staff/privacy/sitejob/{job.pk}/change/", {"state": "done"})
    job.refresh_from_db()
    assert job.state == SiteJob.State.WAITING
