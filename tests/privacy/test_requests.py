"""Requests: one table of moves, one clock, duplicates joined, every move recorded and told."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRecord, ErasureRequest, Message, User
from accounts.verbs.customers import operator
from privacy import deadlines, moves, retention, showing, subjects
from privacy.models import Entry, PrivacyRequest
from privacy.moves import CLOSED, Height, Kind, Move, State, Who
from privacy.verbs import deciding, proving, requesting, working
from privacy.verbs.requesting import Asked, NotNow
from tests.factories import MembershipFactory, OperatorUserFactory, StaffFactory
from tests.privacy.asking import MAILBOX, STRONG, Case, fresh

pytestmark = pytest.mark.django_db
Channel = PrivacyRequest.Channel


@pytest.fixture
def case():
    return Case()


def told(kind="privacy.request_waits"):
    return [message.context["what"] for message in Message.objects.filter(kind=kind).order_by("pk")]


@pytest.mark.requirement("R-50")
@pytest.mark.parametrize(
    ("received", "due"),
    [
        (datetime(2026, 1, 31, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)),
        (datetime(2028, 1, 31, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2026, 12, 15, tzinfo=UTC), datetime(2027, 1, 15, tzinfo=UTC)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_months_last(received, due):
    assert deadlines.due(received) == due
    assert deadlines.due(received, extended=True) == deadlines.add_months(received, 3)


def test_every_open_state_has_a_way_out_and_every_ended_one_has_none():
    for kind in Kind:
        for state in set(State) - {State.DONE}:
            ways = [one for who in Who for one in moves.moves_of(kind, state, who)]
            reached = any(kind in one.kinds and one.target == state for one in moves.TABLE)
            if state in CLOSED:
                assert not ways
            elif reached or (state == State.EVIDENCE and kind != Kind.OBJECTION):
                assert ways, (kind, state)


@pytest.mark.requirement("R-59")
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OBJECTION])
def test_what_a_person_asks_reaches_the_customer_at_once_with_a_clock(case, kind):
    row = case.ask(kind)

    assert (row.state, row.customer) == (State.EVIDENCE, case.customer)
    assert row.due_at == deadlines.due(row.received_at)
    assert told() == ["made"]
    assert Message.objects.get().to == case.owner.email
    assert row.passed_on_at - row.received_at < deadlines.PASS_ON


@pytest.mark.requirement("R-50")
def test_the_clock_stands_still_until_it_is_known_who_asks(case):
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        row = case.ask(Kind.CLARIFICATION, text="Why?")
        clock.shift(timedelta(days=10))
        proving.prove(row, STRONG, case.person)
        assert fresh(row).due_at == datetime(2026, 4, 11, 10, tzinfo=UTC)

        deciding.ask_proof(fresh(row), "Once more, by your app.", case.decider)
        clock.shift(timedelta(days=5))
        proving.prove(fresh(row), STRONG, case.person)
    assert fresh(row).due_at == datetime(2026, 4, 16, 10, tzinfo=UTC)


@pytest.mark.requirement("R-50")
def test_two_months_more_take_a_reason_that_the_person_reads_and_come_once(case):
    row = case.proven(Kind.CLARIFICATION, text="Why?")
    with pytest.raises(NotNow):
        requesting.extend(row, " ", case.decider)
    before = fresh(row).due_at

    requesting.extend(fresh(row), "Five years of sign-ins to look through.", case.decider)

    assert fresh(row).due_at == deadlines.due(row.received_at, extended=True) + (
        before - deadlines.due(row.received_at)
    )
    assert "Five years of sign-ins to look through." in [one["text"] for one in showing.entries(row)]
    assert "extended" in told("privacy.request_news")
    with pytest.raises(NotNow):
        requesting.extend(fresh(row), "And more.", case.decider)


@pytest.mark.requirement("R-50")
def test_who_must_answer_is_reminded_before_and_after_and_then_staff_learn_of_it(case):
    staff = StaffFactory()
    with time_machine.travel("2026-03-01T10:00:00Z", tick=False) as clock:
        row = case.proven(Kind.CLARIFICATION, text="Why?")
        working.work()
        assert told() == ["made"]
        clock.move_to(row.due_at - timedelta(days=6))
        working.work()
        working.work()
        assert told() == ["made", "due_soon"]
        clock.move_to(row.due_at + timedelta(minutes=1))
        working.work()
        working.work()
    assert told() == ["made", "due_soon", "overdue", "overdue"]
    assert Message.objects.filter(user=staff, context__what="overdue").exists()
    assert not AuditRecord.objects.filter(action="privacy.request_overdue").exclude(person=case.user.pk).exists()


def test_a_clock_that_stands_still_reminds_nobody(case):
    row = case.ask(Kind.ACCESS)
    PrivacyRequest.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(days=1))

    assert working.work()["reminded"] == 0


@pytest.mark.requirement("R-59")
def test_what_reached_nobody_is_passed_on_as_soon_as_there_is_somebody(case):
    case.customer.memberships.all().delete()
    row = case.ask()
    assert row.passed_on_at is None

    MembershipFactory(customer=case.customer)
    assert working.work()["passed on"] == 1
    assert fresh(row).passed_on_at is not None
    assert told() == ["made"]


def test_the_same_matter_asked_again_is_joined_and_keeps_the_first_clock(case):
    first = case.ask(Kind.ERASURE)
    again = requesting.make(case.user, Asked(kind="erasure", text="Still waiting."), case.person)

    assert (again.request.pk, again.is_joined) == (first.pk, True)
    assert PrivacyRequest.objects.count() == 1
    assert fresh(first).received_at == first.received_at
    assert [entry["text"] for entry in showing.entries(first)] == ["", "Still waiting."]
    assert case.ask(Kind.CLARIFICATION, about="accounts.User.email", text="?").pk != first.pk


def test_ten_a_day_are_enough(case):
    for about in ["", *list(subjects.everything())[:9]]:
        case.ask(Kind.CLARIFICATION, about=about, text="?")
    with pytest.raises(requesting.TooMany):
        case.ask(Kind.ACCESS)
    case.ask(Kind.ACCESS, by=case.decider, channel=Channel.CUSTOMER)  # the customer's own tap is another one


def test_every_move_is_recorded_and_none_is_made_that_the_table_lacks(case):
    row = case.ask(Kind.CLARIFICATION, text="Why?")
    with pytest.raises(NotNow):
        deciding.answer(row, "Because.", case.decider)  # nobody has proven who asks
    proving.prove(row, STRONG, case.person)
    with pytest.raises(NotNow):
        deciding.answer(fresh(row), "Because.", case.person)  # nobody answers themselves
    deciding.answer(fresh(row), "Because.", case.decider)
    with pytest.raises(NotNow):
        deciding.cancel(fresh(row), case.person)

    actions = AuditRecord.objects.filter(object_kind="privacyrequest").order_by("pk").values_list("action", flat=True)
    assert [one.removeprefix("privacy.request_") for one in actions] == ["made", "passed_on", "prove", "answer"]
    assert list(Entry.objects.filter(request=row).order_by("pk").values_list("what", flat=True)) == [
        "asked",
        "prove",
        "answer",
    ]


@pytest.mark.requirement("R-65")
def test_a_question_about_a_datum_gets_an_answer_that_stays_with_it(case):
    row = case.proven(Kind.CLARIFICATION, about="accounts.User.phone", text="Why do you hold my number?")
    with pytest.raises(ValueError, match="says something"):
        deciding.answer(row, "  ", case.decider)

    deciding.answer(row, "Your site sent it for codes.", case.decider)

    assert fresh(row).state == State.DONE
    assert showing.about(row) == "Phone number"
    assert showing.entries(row)[-1]["text"] == "Your site sent it for codes."
    assert told("privacy.request_news") == ["answer"]


@pytest.mark.requirement("R-62")
def test_another_objection_is_decided_with_a_reason(case):
    row = case.proven(Kind.OBJECTION_OTHER, text="I do not want my country kept.")
    for grounds, text in (({}, "No."), ({"use": "safety"}, " "), ({"use": "because"}, "No.")):
        with pytest.raises(deciding.NoGround):
            deciding.refuse(row, grounds, text, case.decider)

    deciding.refuse(row, {"use": "safety"}, "It is how we notice thieves.", case.decider)

    assert fresh(row).state == State.REFUSED
    assert [str(ground) for _label, ground in showing.grounds(fresh(row))] == ["it is needed to keep the sign-in safe"]
    assert showing.entries(row)[-1]["text"] == "It is how we notice thieves."


def test_a_refusal_has_a_ground_for_each_datum(case):
    row = case.proven(Kind.ERASURE)
    data = subjects.data_of(row)
    some = dict.fromkeys(list(data)[:3], "law")
    with pytest.raises(deciding.NoGround):
        deciding.refuse(row, some, "Bookkeeping.", case.decider)

    deciding.refuse(row, dict.fromkeys(data, "law"), "Bookkeeping.", case.decider)

    assert len(showing.grounds(fresh(row))) == len(data)
    assert User.objects.living().filter(pk=case.user.pk).exists()


def test_who_never_proves_who_they_are_is_not_kept_waiting_for_ever(case):
    row = case.ask()
    assert working.work(timezone.now() + timedelta(days=29))["lapsed"] == 0
    assert working.work(timezone.now() + timedelta(days=31))["lapsed"] == 1
    assert fresh(row).state == State.LAPSED


@pytest.mark.requirement("R-58")
def test_a_customer_erases_a_person_who_asked_it_and_nobody_elses(case):
    other = Case()
    row = case.ask(Kind.ERASURE, by=case.decider, channel=Channel.CUSTOMER, reference="ticket 12")
    proving.vouch(row, "stood at the desk", case.decider)
    assert not Message.objects.filter(user=case.user).exists()  # their own wish, told by the customer

    assert working.work()["erased"] == 1
    assert ErasureRequest.objects.get().user == case.user
    from privacy.verbs import erase_due

    erase_due()
    assert (fresh(row).state, fresh(row).reference) == (State.DONE, "ticket 12")
    assert not User.objects.filter(pk=case.user.pk).exists()
    assert User.objects.filter(pk=other.user.pk).exists()


def test_what_was_written_is_forgotten_with_the_person_and_that_they_asked_is_not(case):
    row = case.ask(Kind.CLARIFICATION, text="Who is Sigridlein?")
    from accounts import verbs as people
    from privacy.verbs import erase_due

    people.request_erasure(case.user, audit.SYSTEM)
    erase_due()

    left = fresh(row)
    assert (left.state, left.user, left.person) == (State.CANCELLED, None, case.user.pk)
    assert [entry["text"] for entry in showing.entries(left)] == ["", ""]
    assert retention.forget(timezone.now() + timedelta(days=3 * 366))["PrivacyRequest"] == 1


@pytest.mark.requirement("R-68")
def test_members_have_the_same_rights_and_an_only_owner_hands_over_first(case):
    by = audit.member(case.owner, audit.NOWHERE)
    with pytest.raises(requesting.LastOwner):
        requesting.make(case.owner, Asked(kind="erasure"), by)
    second = MembershipFactory(customer=case.customer)

    row = requesting.make(case.owner, Asked(kind="erasure"), by).request
    assert row.customer == operator()
    proving.prove(row, STRONG, by)
    assert fresh(row).state == State.COOLING

    second.delete()  # meanwhile they are the only one again
    assert working.work(timezone.now() + timedelta(hours=73))["erased"] == 0
    assert fresh(row).state == State.EVIDENCE
    assert User.objects.living().filter(pk=case.owner.pk).exists()


def test_nobody_vouches_for_themselves(case):
    member = OperatorUserFactory()
    by = audit.member(member, audit.NOWHERE)
    row = requesting.make(member, Asked(kind="access"), by).request
    with pytest.raises(NotNow):
        proving.vouch(row, "I know me", by)


@pytest.mark.requirement("R-47", "R-49")
@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OBJECTION])
def test_the_height_of_the_proof_depends_on_what_is_asked(case, kind):
    row = case.ask(kind, text="?", about="email" if kind == Kind.RECTIFICATION else "", proposed="x@y.example")
    is_light = moves.height(kind, row.about) == Height.MAILBOX

    assert proving.prove(row, MAILBOX, case.person) is is_light
    assert (fresh(row).state == State.EVIDENCE) is not is_light
    if not is_light:
        assert proving.prove(fresh(row), STRONG, case.person)
    evidence = row.evidence.order_by("pk").last()
    assert (evidence.way, evidence.method) == ("own", MAILBOX if is_light else STRONG)


@pytest.mark.requirement("R-47", "R-49")
@pytest.mark.parametrize("kind", [Kind.ERASURE, Kind.ACCESS, Kind.PORTABILITY, Kind.RESTRICTION])
@pytest.mark.product("method-8")
def test_a_thief_with_the_mailbox_alone_gets_nothing_done(case, kind):
    row = case.ask(kind, text="?")
    for method in (MAILBOX, "email_link", "kba", "bypass_code", "", "nonsense"):
        assert not proving.prove(fresh(row), method, case.person)

    assert working.work(timezone.now() + timedelta(days=20))["erased"] == 0
    assert fresh(row).state == State.EVIDENCE
    assert User.objects.living().filter(pk=case.user.pk).exists()


def test_who_has_only_a_mailbox_is_vouched_for_and_that_is_the_evidence(case):
    row = case.ask(Kind.ACCESS)
    proving.prove(row, MAILBOX, case.person)
    with pytest.raises(ValueError, match="saying how"):
        proving.vouch(fresh(row), " ", case.decider)

    assert proving.vouch(fresh(row), "signed in at our shop", case.decider)

    one = row.evidence.order_by("pk").last()
    assert (one.way, one.method, one.by) == ("customer", "", case.owner.pk)
    assert AuditRecord.objects.get(action="privacy.request_prove").facts["way"] == "customer"


def test_a_name_is_corrected_when_the_customer_grants_it(case):
    row = case.proven(Kind.RECTIFICATION, about="first_name", proposed="Noora")
    deciding.grant(row, case.decider)

    assert User.objects.get(pk=case.user.pk).first_name == "Noora"
    assert fresh(row).state == State.DONE
    assert Move.CONFIRM in [entry.what for entry in Entry.objects.filter(request=row)]
