"""Staff see people masked; in full only under a leave that ends, is recorded, and that the person can see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.admin import masking
from accounts.models import AuditRecord, Grant, Ticket, User
from accounts.support import granting, verbs
from tests.accounts.admin.conftest import MODELS, desk, page_of, staff, url, world
from tests.accounts.console.cast import desk as dashboard
from tests.factories import CustomerFactory, UserFactory
from tests.mfa.hosted.me.person import Person

pytestmark = pytest.mark.django_db
__all__ = ("desk", "staff", "world")
PERSON = {"username": "quirin@zz-nordvik.example", "first_name": "Quirinius", "last_name": "Abercrombie"}
WORDS = ("quirin@zz-nordvik", "Quirinius", "Abercrombie", "91234567")


@pytest.fixture
def quirin(world):
    return UserFactory(customer=world.customer, phone="+4791234567", **PERSON)


@pytest.fixture
def ticket(world):
    return verbs.open_ticket(subject="Help", text="?", customer=world.customer, user=world.member, by=audit.SYSTEM)


def shown(browser, user):
    html = browser.get(page_of(user)).content.decode()
    return [word for word in WORDS if word in html]


def unmask(browser, user):
    return browser.post(reverse("admin:accounts_user_unmask", args=[user.pk]))


@pytest.mark.requirement("R-21", "R-35")
def test_without_a_leave_no_page_of_the_staff_s_shows_who_somebody_is(desk, world, quirin):
    for model in MODELS:
        for page in (url(model), *(page_of(row) for row in model._default_manager.all()[:5])):
            html = desk.get(page).content.decode()
            assert [word for word in WORDS if word in html] == [], page
    assert unmask(desk, quirin).status_code == 403
    assert not AuditRecord.objects.filter(action="user.unmasked").exists()


@pytest.mark.requirement("R-21", "R-35")
@pytest.mark.parametrize("whole", [True, False])
def test_under_a_leave_staff_see_one_person_in_full_until_it_ends(desk, quirin, ticket, whole):
    grant = granting.give(ticket, None if whole else quirin, 1, audit.SYSTEM)
    other = UserFactory(customer=CustomerFactory())
    assert shown(desk, quirin) == []
    assert unmask(desk, quirin).status_code == 302
    assert shown(desk, quirin) == list(WORDS)
    assert unmask(desk, other).status_code == 403
    record = AuditRecord.objects.get(action="user.unmasked")
    assert (record.person, record.facts["ticket"]) == (quirin.pk, ticket.public_id)

    granting.end(grant, audit.SYSTEM)
    assert shown(desk, quirin) == []
    Grant.objects.update(ended_at=None, ends_at=timezone.now() - timedelta(seconds=1))
    assert shown(desk, quirin) == []


def test_a_look_lasts_a_quarter_of_an_hour(desk, quirin, ticket, monkeypatch):
    granting.give(ticket, quirin, 72, audit.SYSTEM)
    monkeypatch.setattr(masking, "SEEN_FOR", -1)
    unmask(desk, quirin)
    assert shown(desk, quirin) == []


@pytest.mark.requirement("R-35")
def test_a_member_gives_leave_in_a_ticket_for_one_of_their_people_and_takes_it_back():
    browser = dashboard()
    user = UserFactory(customer=browser.customer)
    found = verbs.open_ticket(subject="Q", text="Q", customer=browser.customer, user=browser.user, by=audit.SYSTEM)
    give = reverse("console:ticket_leave", args=[found.public_id])

    page = browser.said(give, {"leave-username": "nobody@else.example", "leave-hours": "8"})
    assert "Nobody of this name is among your people." in page
    assert "Support may look." in browser.said(give, {"leave-username": user.username, "leave-hours": "8"})
    assert granting.covering(user).user == user
    assert granting.covering(UserFactory(customer=browser.customer)) is None
    browser.said(reverse("console:ticket_leave_end", args=[found.public_id]))
    assert granting.covering(user) is None


@pytest.mark.requirement("R-35")
def test_a_person_lets_support_look_sees_who_did_and_takes_it_back():
    nora = Person().enter()
    user = User.objects.select_related("customer").get(pk=nora.user.pk)
    found = verbs.open_ticket(subject="Q", text="Q", customer=user.customer, by=audit.SYSTEM)
    others = verbs.open_ticket(subject="Q", text="Q", customer=CustomerFactory(), by=audit.SYSTEM)
    nora.post("data/look/", ticket=others.public_id, hours="1")
    assert granting.covering(user) is None
    nora.post("data/look/", ticket=found.public_id, hours="1")
    assert granting.covering(user).is_own
    granting.unmask(user, audit.SYSTEM)

    page = nora.text("data/")
    assert f"Ticket {found.public_id}, until" in page
    assert f"Support saw you in full, for ticket {found.public_id}" in page
    nora.post("data/look/end/")
    assert granting.covering(user) is None


def test_a_leave_is_for_a_customer_s_ticket_and_for_hours(ticket):
    for hours in (0, 100):
        with pytest.raises(ValueError, match="three days"):
            granting.give(ticket, None, hours, audit.SYSTEM)
    with pytest.raises(ValueError, match="three days"):
        granting.give(Ticket.objects.create(subject="?"), None, 1, audit.SYSTEM)
