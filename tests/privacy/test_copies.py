"""The copy of a person's data is what the database holds, for one person, for a week; a pause takes data out of use."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import User
from mfa import verbs as mfa
from mfa.contract import Refusal
from mfa.models import Authenticator
from privacy import exporting, subjects
from privacy.models import Package, PackagePart, PrivacyRequest
from privacy.moves import Kind, State
from privacy.verbs import deciding, packing, restricting, working
from tests.factories import AuthenticatorFactory
from tests.mfa.hosted.me.person import Person
from tests.privacy.asking import Case, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return Case(phone="+4791234567", first_name="Nora")


def copy_of(case, kind=Kind.ACCESS):
    row = case.proven(kind)
    assert packing.make(row.pk)
    return json.loads("".join(packing.text(packing.ready(row), case.person)))


@pytest.mark.requirement("R-67", "R-66", "R-42")
def test_the_copy_holds_every_row_and_datum_that_the_database_holds_and_no_secret(case):
    AuthenticatorFactory(user=case.user)
    mfa.begin(case.customer, method="email_code", user=case.user, by=audit.SYSTEM)
    people.update_user(case.user, audit.SYSTEM, first_name="Noora")
    case.ask(Kind.CLARIFICATION, text="Why my number?")
    row = case.proven(Kind.ACCESS)
    exporting.ROWS = 2  # so that tables take several stretches
    try:
        packing.make(row.pk)
    finally:
        exporting.ROWS = 500
    text = "".join(packing.text(packing.ready(row), case.person))
    told = {one["table"]: one for one in json.loads(text)["tables"]}

    for model in exporting.tables(case.user):
        table = told[model._meta.label]
        assert {one["field"] for one in table["about"]} == set(exporting.fields_of(model))
        assert all(one["purposes"] and one["sources"] and one["kept"] and one["bases"] for one in table["about"])
        if model._meta.app_label == "mfa":
            assert len(table["rows"]) == subjects.rows_of(model, case.user).count()
    assert told["accounts.User"]["rows"][0]["email"] == case.user.email
    assert told["accounts.User"]["rows"][0]["phone"] == "+4791234567"
    for held in ("Noora", "Why my number?"):
        assert held in text
    assert Authenticator.objects.get(method="totp").secret not in text


@pytest.mark.requirement("R-67")
def test_what_can_be_taken_elsewhere_is_what_was_given(case):
    told = {one["table"]: one for one in copy_of(case, Kind.PORTABILITY)["tables"]}
    assert told["accounts.User"]["rows"][0]["first_name"] == "Nora"
    assert "last_sign_in_at" not in told["accounts.User"]["rows"][0]
    assert "accounts.AuditRecord" not in told or "network" in told["accounts.AuditRecord"]["rows"][0]


@pytest.mark.requirement("R-67")
def test_it_is_encrypted_and_gone_after_seven_days(case):
    copy_of(case)
    row = PrivacyRequest.objects.get()
    assert row.state == State.DONE
    assert not any(case.user.email in part.sealed for part in PackagePart.objects.all())
    working.work(timezone.now() + timedelta(days=6))
    assert Package.objects.exists()
    working.work(timezone.now() + timedelta(days=7, minutes=1))
    assert not PackagePart.objects.exists()
    assert packing.ready(row) is None


@pytest.mark.promise("R1", "R10")
def test_a_copy_that_a_worker_left_is_made_once_by_the_next(case, monkeypatch):
    row = case.proven(Kind.ACCESS)
    rows = exporting.rows
    monkeypatch.setattr(exporting, "rows", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        packing.make(row.pk)
    monkeypatch.setattr(exporting, "rows", rows)
    assert not packing.make(row.pk)  # the other one may still live
    Package.objects.update(claimed_at=timezone.now() - timedelta(hours=1))

    assert packing.make(row.pk)
    assert not packing.make(row.pk)
    json.loads("".join(packing.text(packing.ready(row), case.person)))


@pytest.mark.requirement("R-67", "R-47")
def test_the_copy_opens_for_its_person_after_a_fresh_proof_alone(case):
    nora = Person(customer=case.customer)
    case.user, case.person = nora.user, audit.end_user(nora.user, audit.NOWHERE)
    row = case.proven(Kind.ACCESS)
    packing.make(row.pk)
    path = f"rights/{row.public_id}/copy/"
    assert nora.get(path)["Location"].startswith(nora.url())
    nora.enter()
    assert nora.user.email in nora.text(path)
    assert json.loads(nora.get(path + "my-data.json").getvalue())["person"] == nora.user.username

    session = nora.session()
    session["proved_at"] = 0
    session.save()
    assert "/again/" in nora.get(path)["Location"]
    other = Person("ida@nordvik.example", customer=case.customer).enter()
    assert other.get(path).status_code == 404


@pytest.mark.requirement("R-46")
def test_data_that_is_paused_leaves_every_use_but_can_be_asked_for(case):
    row = case.proven(Kind.RESTRICTION, text="It is wrong.")
    until = timezone.now() + timedelta(days=30)
    deciding.grant(row, case.decider, until=until, then="back")

    user = User.objects.select_related("customer").get(pk=case.user.pk)
    assert user.restricted_at is not None
    assert isinstance(mfa.begin(case.customer, method="email_code", user=user, by=audit.SYSTEM), Refusal)
    case.user = user
    assert packing.make(case.proven(Kind.ACCESS).pk)

    working.work(until - timedelta(days=1))
    assert fresh(row).state == State.IN_FORCE
    working.work(until + timedelta(minutes=1))
    assert fresh(row).state == State.DONE
    assert User.objects.get(pk=user.pk).restricted_at is None


def test_a_pause_may_end_in_erasure_and_may_be_ended_early(case):
    row = case.proven(Kind.RESTRICTION, text="It is wrong.")
    deciding.grant(row, case.decider, until=timezone.now() + timedelta(days=30), then="erase")
    restricting.lift(fresh(row), case.decider)
    assert User.objects.get(pk=case.user.pk).erased_at is not None
