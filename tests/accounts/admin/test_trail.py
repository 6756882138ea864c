"""The audit trail is read by staff, never written; what is sealed is opened on one page, and that is recorded."""

import pytest

from accounts import audit
from accounts.models import AuditRecord
from tests.accounts.admin.conftest import BY, page_of, url
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(world):
    return AuditRecord.objects.get(action="user.updated")


def test_a_list_shows_no_sealed_value(desk, record):
    assert "old@site.example" not in desk.get(url(AuditRecord)).content.decode()


def test_a_record_s_page_opens_what_is_sealed_and_the_look_is_recorded(desk, staff, world, record):
    html = desk.get(page_of(record)).content.decode()

    assert "old@site.example → nora@site.example" in html
    look = AuditRecord.objects.get(action="audit.opened")
    assert (look.actor_id, look.person, look.customer) == (staff.pk, world.user.pk, world.customer)
    assert (look.object_kind, look.object_id) == ("auditrecord", str(record.pk))
    assert look.facts == {"action": "user.updated"}


def test_an_open_record_is_looked_at_without_a_record_of_it(desk, world):
    audit.record("site.added", audit.SYSTEM, world.customer, facts={"name": "nordvik.example"})

    html = desk.get(page_of(AuditRecord.objects.get(action="site.added"))).content.decode()
    assert "nordvik.example" in html
    assert not AuditRecord.objects.filter(action="audit.opened").exists()


def test_the_address_of_a_member_is_opened_too(desk, staff, world):
    person = member()
    by = audit.member(person, BY.source)
    audit.record("site.added", by, world.customer)

    html = desk.get(page_of(AuditRecord.objects.get(action="site.added"))).content.decode()
    assert "198.51.100.7" in html
    assert AuditRecord.objects.get(action="audit.opened").person == person.pk


def test_a_forgotten_person_stays_forgotten(desk, world, record):
    audit.forget(world.user.pk)

    html = desk.get(page_of(record)).content.decode()
    assert "Forgotten" in html
    assert "old@site.example" not in html


def test_people_who_are_gone_are_called_so(desk, world, record):
    world.user.delete()

    for page in (url(AuditRecord), page_of(record)):
        assert "somebody who is gone" in desk.get(page).content.decode()


@pytest.mark.parametrize("term", ["user.up", "nora@site.example", "NORA@site.example"])
def test_a_record_is_found_by_action_or_person(desk, world, record, term):
    other = UserFactory()
    audit.record("key.issued", audit.SYSTEM, world.customer, other, person=other.pk)

    html = desk.get(url(AuditRecord), {"q": term}).content.decode()
    assert page_of(record) in html
    assert "key.issued" not in html


def test_a_record_is_found_by_what_it_is_about(desk, world, record):
    assert page_of(record) in desk.get(url(AuditRecord), {"q": record.object_id}).content.decode()
    assert page_of(record) not in desk.get(url(AuditRecord), {"q": "another-id"}).content.decode()


@pytest.mark.parametrize(("query", "found"), [("by=member", True), ("by=site", False), ("when=today", True)])
def test_filters_narrow_the_trail(desk, world, record, query, found):
    assert (page_of(record) in desk.get(f"{url(AuditRecord)}?{query}").content.decode()) is found
