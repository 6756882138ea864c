"""What staff can do with rows: each act through its verb, told in words, and only where it makes sense."""

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    ApiKey,
    AuditRecord,
    Customer,
    ErasureRequest,
    Membership,
    Message,
    Session,
    Ticket,
    TicketEntry,
    User,
)
from accounts.verbs import closing, rotate_key
from tests.accounts.admin.conftest import BY, page_of, url
from tests.factories import MembershipFactory, MessageFactory, StaffFactory, UserFactory, member

pytestmark = pytest.mark.django_db
State = Message.State


def act(desk, action, *rows, key="pk", **more):
    """Choose rows in their list and run an action; the page that comes of it."""
    data = {"action": action, "_selected_action": [str(getattr(row, key)) for row in rows], **more}
    if "confirmed" not in more:
        data["index"] = "0"
    return desk.post(url(type(rows[0])), data, follow=True).content.decode()


def recorded(action):
    return AuditRecord.objects.filter(action=action)


@pytest.mark.product("customer-21")
def test_a_message_is_sent_again_and_the_trail_says_so(desk, staff, world):
    lost = MessageFactory(customer=world.customer, state=State.UNKNOWN, finished_at=timezone.now())

    assert "is sent again" in act(desk, "again", lost)
    lost.refresh_from_db()
    assert lost.state == State.QUEUED
    assert recorded("message.sent_again").get().actor_id == staff.pk


def test_each_message_that_cannot_be_sent_again_is_told_with_its_reason(desk):
    now = timezone.now()
    waiting = MessageFactory()
    late = MessageFactory(state=State.DEAD, finished_at=now, not_after=now)
    gone = MessageFactory(kind="accounts.ticket_answered", state=State.SENT, finished_at=now)
    fine = MessageFactory(state=State.REFUSED, finished_at=now)

    html = act(desk, "again", waiting, late, gone, fine)

    assert "still on its way" in html
    assert "too late" in html
    assert "text was erased" in html
    assert html.count("was not sent again") == 3
    assert list(recorded("message.sent_again").values_list("object_id", flat=True)) == [fine.public_id]


def test_an_action_is_never_for_more_than_was_chosen(desk):
    now = timezone.now()
    chosen, other = MessageFactory.create_batch(2, state=State.REFUSED, finished_at=now)

    act(desk, "again", chosen, select_across="1")

    other.refresh_from_db()
    assert other.state == State.REFUSED
    assert "select-across" not in desk.get(url(Message)).content.decode().replace('class="select-across"', "")


@pytest.mark.parametrize("key", ["x", "018f0000-0000-7000-8000-000000000000"])
def test_a_row_that_is_gone_is_said_to_be_gone(desk, key):
    response = desk.post(url(Message), {"action": "again", "index": "0", "_selected_action": key}, follow=True)

    assert "None of these is there any more" in response.content.decode()


def test_an_old_key_is_revoked_after_a_second_look(desk, world):
    rotate_key(world.key.site, BY)

    asked = act(desk, "revoke", world.key)
    world.key.refresh_from_db()
    assert world.key.revoked_at is None
    assert f"Revoke …{world.key.ending}" in asked
    assert f"Keep …{world.key.ending}" in asked

    act(desk, "revoke", world.key, confirmed="yes")
    world.key.refresh_from_db()
    assert not world.key.is_live
    assert ApiKey.objects.live().count() == 1
    assert recorded("key.revoked").get().facts == {"ending": world.key.ending}
    assert "Revoked already" in act(desk, "revoke", world.key)


def test_a_site_whose_key_is_revoked_gets_a_new_one(desk, world):
    html = act(desk, "revoke", world.key, confirmed="yes")

    world.key.refresh_from_db()
    assert not world.key.is_live
    new = ApiKey.objects.get(site=world.key.site, revoked_at=None, retires_at=None)
    assert new.is_live
    assert new.secret not in html


def test_people_are_kept_out_and_let_in_again(desk, world, staff):
    assert "is kept out" in act(desk, "keep_out", world.user)
    world.user.refresh_from_db()
    assert world.user.disabled_at
    assert recorded("user.disabled").get().actor_id == staff.pk

    act(desk, "let_in", world.user)
    world.user.refresh_from_db()
    assert world.user.disabled_at is None


def test_staff_cannot_keep_themselves_out(desk, staff):
    assert "This is you" in act(desk, "keep_out", staff)
    staff.refresh_from_db()
    assert staff.is_active


def test_a_person_is_erased_after_a_second_look(desk, world):
    asked = act(desk, "erase", world.user)
    assert not ErasureRequest.objects.filter(user=world.user).exists()
    assert "Erase n•••@site.example" in asked
    assert "Keep n•••@site.example" in asked

    assert "Say what led to this" in act(desk, "erase", world.user, confirmed="yes", reference=" ")
    assert not ErasureRequest.objects.filter(user=world.user).exists()

    html = act(desk, "erase", world.user, confirmed="yes", reference="letter of 3 November")

    assert "is being erased" in html
    made = ErasureRequest.objects.get(user=world.user)
    assert (made.asked_by, made.reference) == ("staff", "letter of 3 November")
    assert page_of(world.user) not in desk.get(url(User)).content.decode()


def test_several_people_are_counted_in_the_question(desk):
    assert "Erase 2 people?" in act(desk, "erase", *UserFactory.create_batch(2))


def test_erasing_a_member_ends_their_memberships_and_sessions(desk, world):
    second = MembershipFactory(customer=world.customer, role="admin").user
    Session.objects.create(session_key="a" * 40, user=second, expire_date=timezone.now(), session_data="")

    act(desk, "erase", second, confirmed="yes", reference="26-1")

    assert not Membership.objects.filter(user=second).exists()
    assert not Session.objects.filter(user=second).exists()
    assert ErasureRequest.objects.filter(user=second).exists()


def test_neither_the_only_owner_nor_staff_are_erased(desk, world):
    colleague = StaffFactory()

    html = act(desk, "erase", world.member, colleague, confirmed="yes", reference="26-1")

    assert "only owner" in html
    assert "is staff" in html
    assert not ErasureRequest.objects.filter(user__in=[world.member, colleague]).exists()
    assert Membership.objects.filter(user=world.member).exists()


@pytest.mark.parametrize("action", ["erase", "revoke"])
def test_what_cannot_be_undone_wants_a_fresh_proof(desk, world, action):
    session = desk.session
    session["proved_at"] = time.time() - 11 * 60
    session.save()
    row = world.user if action == "erase" else world.key

    data = {"action": action, "_selected_action": str(row.pk), "confirmed": "yes"}
    response = desk.post(url(type(row)), data)

    assert response["Location"].startswith("/confirm/")
    assert not recorded("user.erasure_requested").exists()
    assert not recorded("key.revoked").exists()


def test_a_session_is_ended(desk, client):
    person = member()
    session = Session.objects.create(
        session_key="b" * 40, user=person, session_data="", expire_date=timezone.now() + timezone.timedelta(hours=1)
    )

    assert "has ended" in act(desk, "end", session, key="public_id")
    assert not Session.objects.filter(user=person).exists()
    assert recorded("member.session_ended").get().person == person.pk


def test_a_ticket_is_answered_and_the_answer_goes_out(desk, staff, world):
    response = desk.post(page_of(world.ticket), {"answer": "Mondays are <b>busy</b>.", "_save": "1"}, follow=True)

    html = response.content.decode()
    assert "Mondays are &lt;b&gt;busy&lt;/b&gt;." in html
    assert TicketEntry.objects.get(by_staff=True).user == staff
    mail = Message.objects.get(kind="accounts.ticket_answered")
    assert (mail.to, mail.body) == (world.member.email, "Mondays are <b>busy</b>.")
    world.ticket.refresh_from_db()
    assert world.ticket.state == Ticket.State.ANSWERED
    assert recorded("ticket.answered").get().actor_id == staff.pk
    assert not recorded("ticket.edited").exists()


def test_an_empty_answer_is_not_sent(desk, world):
    html = desk.post(page_of(world.ticket), {"answer": "  ", "_save": "1"}).content.decode()

    assert "Write a few words first." in html
    assert not TicketEntry.objects.filter(by_staff=True).exists()


def test_a_ticket_is_closed_without_an_answer(desk, world):
    desk.post(page_of(world.ticket), {"answer": "", "_put_away": "1"})

    world.ticket.refresh_from_db()
    assert world.ticket.state == Ticket.State.CLOSED
    assert recorded("ticket.closed").exists()
    assert not Message.objects.filter(kind="accounts.ticket_answered").exists()


def test_an_answer_to_a_stranger_goes_to_the_address_they_gave(desk):
    ticket = Ticket.objects.create(subject="How many sites?", email="ola@other.example")

    desk.post(page_of(ticket), {"answer": "As many as you like.", "_save": "1"})

    assert Message.objects.get(kind="accounts.ticket_answered").to == "ola@other.example"


def test_staff_see_what_closes_and_keep_it_open(desk, staff, world):
    closing.close_customer(world.customer, BY)
    closing_ones = url(Customer) + "?state=closing"
    assert "Closes " in desk.get(closing_ones).content.decode()
    assert "Customers closing" in desk.get(reverse("admin:index")).content.decode()

    assert "Nordvik stays open" in act(desk, "keep_open", world.customer)
    assert "is not closing" in act(desk, "keep_open", world.customer)

    world.customer.refresh_from_db()
    assert world.customer.closing_at is None
    assert recorded("customer.closing_taken_back").get().actor_id == staff.pk
