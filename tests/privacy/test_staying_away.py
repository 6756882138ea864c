"""Three years go by: what is kept goes at its printed time, and who stays away is told, set aside, and erased."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from accounts import audit, retention
from accounts import verbs as people
from accounts.models import AuditRecord, Customer, Message, User
from mfa import retention as of_mfa
from mfa import verbs as mfa
from mfa.contract import Refusal
from mfa.models import Authenticator, Transaction
from privacy import deadlines, forecast
from privacy import retention as of_privacy
from privacy import verbs as privacy
from privacy.models import SetAside
from privacy.verbs import apart, idling, packing
from rba import retention as of_rba
from tests.factories import AuthenticatorFactory, MembershipFactory, StaffFactory, TransactionFactory, UserFactory
from tests.privacy.asking import Case

pytestmark = pytest.mark.django_db
START = datetime.now(UTC).replace(microsecond=0)  # ids of rows tell the time by the system's own clock
DAY = timedelta(days=1)
STEP = 15  # days


def beat(at):
    """What beat does by the hour."""
    for part in (retention, of_mfa, of_rba, of_privacy):
        part.forget(at)
    idling.work(at)
    privacy.erase_due()


def away(days, **given):
    """An end user who has not been seen for that long."""
    user = UserFactory(**given)
    User.objects.filter(pk=user.pk).update(created_at=START - days * DAY, last_sign_in_at=None)
    return User.objects.select_related("customer").get(pk=user.pk)


@pytest.mark.requirement("R-44", "R-45")
def test_over_three_years_each_thing_goes_at_its_printed_time():
    with time_machine.travel(START, tick=False):
        nora = UserFactory(username="nora@shop.example", created_at=START, last_sign_in_at=START)
        ida = UserFactory(username="ida@shop.example", customer=nora.customer, created_at=START)
        old = TransactionFactory(user=nora, authenticator=AuthenticatorFactory(user=nora))
        audit.record("test.begun", audit.SYSTEM, nora.customer, ida)
    seen = {}
    for day in range(0, 3 * 365 + 2 * STEP, STEP):
        at = START + day * DAY
        with time_machine.travel(at, tick=False):
            User.objects.filter(pk=nora.pk).update(last_sign_in_at=at)
            beat(at)
        state = {
            "sign-in": Transaction.objects.filter(pk=old.pk).exists(),
            "told": SetAside.objects.filter(user=ida.pk).exists(),
            "apart": User.objects.filter(pk=ida.pk, restricted_at__isnull=False).exists(),
            "there": User.objects.filter(pk=ida.pk).exists(),
            "trail": AuditRecord.objects.filter(action="test.begun").exists(),
        }
        for name, holds in state.items():
            if holds:
                seen.setdefault(name, []).append(day)
    months = (deadlines.add_months(START, 18) - START).days

    assert 60 - STEP <= max(seen["sign-in"]) <= 60
    assert 0 <= min(seen["told"]) - (months - 30) <= STEP
    assert 0 <= min(seen["apart"]) - months <= 2 * STEP
    assert 90 - STEP <= max(seen["there"]) - min(seen["apart"]) <= 90
    assert 3 * 365 + 1 - STEP <= max(seen["trail"]) <= 3 * 365 + 1
    assert User.objects.get(pk=nora.pk).restricted_at is None
    assert not SetAside.objects.exists()


@pytest.mark.requirement("R-44")
def test_who_signs_in_after_being_told_is_left_alone():
    user = away(18 * 31)
    assert idling.work(START)["told"] == 1
    message = Message.objects.get(kind=idling.INACTIVE)
    assert (message.to, message.user) == (user.email, user)
    User.objects.filter(pk=user.pk).update(last_sign_in_at=START + DAY)

    assert idling.work(START + 31 * DAY) == {"told": 0, "set aside": 0, "erased": 0}
    assert not SetAside.objects.exists()


def test_nobody_is_set_aside_sooner_than_thirty_days_after_being_told():
    away(5 * 365)
    idling.work(START)
    assert idling.work(START + 30 * DAY - timedelta(minutes=1))["set aside"] == 0
    assert idling.work(START + 30 * DAY)["set aside"] == 1


def test_a_customer_chooses_its_own_months_and_members_and_staff_stay():
    away(100)
    quick = away(100)
    Customer.objects.filter(pk=quick.customer_id).update(inactive_months=3)
    for one in (StaffFactory(), MembershipFactory().user):
        User.objects.filter(pk=one.pk).update(created_at=START - 5 * 365 * DAY)

    assert idling.work(START)["told"] == 1
    assert SetAside.objects.get().user == quick


@pytest.mark.requirement("R-45", "R-46")
def test_what_is_set_aside_stands_nowhere_in_clear_and_comes_back_whole():
    user = away(5 * 365, username="Ida@Nordvik.example", phone="+4791234567")
    AuthenticatorFactory(user=user, method="email_code", secret=None)
    idling.work(START)
    Message.objects.all().delete()
    idling.work(START + 30 * DAY)

    row = User.objects.get(pk=user.pk)
    kept = SetAside.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT u::text || s::text FROM accounts_user u JOIN privacy_setaside s ON s.user_id = u.id")
        stored = cursor.fetchone()[0].casefold()
    assert not [word for word in ("ida@", "nordvik", "91234567", "nora") if word in stored]
    assert Authenticator.objects.get(user=user).address is None
    assert apart.whole(row).email == "Ida@Nordvik.example"

    found = people.find_user(user.customer, "ida@nordvik.example")
    assert found == row
    assert isinstance(mfa.begin(user.customer, method="email_code", user=found, by=audit.SYSTEM), Refusal)
    with pytest.raises(people.NameTaken):
        people.create_user(user.customer, "ida@nordvik.example", audit.SYSTEM)
    assert idling.bring_back(found, audit.SYSTEM)
    again = User.objects.get(pk=user.pk)
    assert (again.username, again.canonical_username) == ("Ida@Nordvik.example", "ida@nordvik.example")
    assert (str(again.phone), again.first_name, again.restricted_at) == ("+4791234567", "Nora", None)
    assert Authenticator.objects.get(user=user).address == user.email
    assert kept.sealed


@pytest.mark.requirement("R-46")
def test_the_copy_of_set_aside_data_holds_what_was_set_aside():
    case = Case(first_name="Ida", phone="+4791234567")
    AuthenticatorFactory(user=case.user, method="email_code", secret=None)
    email = case.user.email
    apart.put(case.user, SetAside.Why.INACTIVE, START, audit.SYSTEM)
    case.user = User.objects.select_related("customer").get(pk=case.user.pk)
    row = case.proven()
    assert packing.make(row.pk)
    text = "".join(packing.text(packing.ready(row), case.person))

    assert email in text and '"Ida"' in text and "+4791234567" in text
    assert Message.objects.filter(to_masked__contains="•", kind="privacy.request_news").exists()


@pytest.mark.requirement("R-45")
def test_an_erasure_of_set_aside_data_keeps_the_very_name_from_coming_back():
    user = away(0, username="ida@nordvik.example")
    apart.put(user, SetAside.Why.REQUEST, START, audit.SYSTEM)
    people.request_erasure(user, audit.SYSTEM)
    privacy.erase_due()

    assert people.was_erased(user.customer, "Ida@nordvik.example")
    assert not SetAside.objects.exists()


def test_a_person_whom_somebody_holds_waits_for_the_next_run(monkeypatch):
    away(5 * 365)
    monkeypatch.setattr(idling, "_locked", lambda *given: False)
    assert idling.work(START)["told"] == 0


@pytest.mark.requirement("R-45")
def test_each_personal_table_with_a_time_has_a_rule_and_the_forecast_says_it(capsys):
    away(5 * 365)
    with time_machine.travel(START, tick=False):
        call_command("retention")
        told = capsys.readouterr().out
        assert User.objects.filter(set_aside=None).count() == 1
        call_command("retention", "--run")

    names = {rule.name for rule in forecast.RULES}
    assert all(f"{name}: " in told for name in names)
    assert "idle.told: 1, 1, 1, 1" in told
    assert "Transaction: 0, 0, 0, 0  (kept: 60 days" in told
    assert "told: 1" in capsys.readouterr().out
    assert SetAside.objects.count() == 1
