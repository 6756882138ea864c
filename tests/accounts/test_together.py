"""Rows written together are those that `save` would have written, or none of them."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import SYSTEM
from accounts.http import Source
from accounts.models import AuditRecord, PersonKey, Session, User
from accounts.together import Insert, Update, write
from mfa.models import Authenticator, Transaction
from tests.factories import AuthenticatorFactory, MessageFactory, SiteFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def columns(row):
    """Everything that the database holds of a row, as it holds it, but for what makes it another row."""
    return {
        name: value
        for name, value in type(row)._base_manager.filter(pk=row.pk).values().get().items()
        if name not in {"id", "public_id", "session_key", "secret", "nonce", "key"}
    }


def transaction_of(one: Authenticator) -> Transaction:
    return Transaction(
        customer=one.customer,
        site=SiteFactory(customer=one.customer),
        user=one.user,
        authenticator=one,
        method=one.method,
        state=Transaction.State.APPROVED,
        asked=[{"question": 1}],
        key_id="k1",
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
    )


def test_a_new_row_is_the_one_that_save_writes():
    one = AuthenticatorFactory()
    by_save = transaction_of(one)
    together = transaction_of(one)
    together.site = by_save.site

    by_save.save()
    write(Insert(together))

    assert columns(together) == columns(by_save)
    assert not together._state.adding


def test_a_record_with_something_sealed_is_the_one_that_is_recorded():
    user = UserFactory()
    by = audit.member(user, Source("192.0.2.7"))
    given = {"about": user, "facts": {"n": [1, "two", None]}, "values": {"email": ["a@b.example", "c@d.example"]}}

    audit.record("user.changed", by, user.customer, **given)
    write(Insert(audit.entry("user.changed", by, user.customer, **given)))

    first, second = AuditRecord.objects.order_by("pk")
    different = {"at", "sealed", "address_sealed"}
    assert {k: v for k, v in columns(first).items() if k not in different} == {
        k: v for k, v in columns(second).items() if k not in different
    }
    assert audit.unseal(user.pk, first.sealed) == audit.unseal(user.pk, second.sealed)
    assert audit.unseal(user.pk, second.address_sealed) == "192.0.2.7"


def test_an_encrypted_field_is_encrypted():
    row = PersonKey(person=UserFactory().pk, key="secret")

    write(Insert(row))

    assert PersonKey.objects.get(pk=row.pk).key == "secret"
    assert PersonKey._base_manager.filter(pk=row.pk).values_list("key", flat=True).get() != "secret"


def test_what_is_updated_is_what_was_named_and_nothing_else():
    one = AuthenticatorFactory(failures=3, drift=0)
    before = columns(one)
    one.failures, one.drift, one.last_used_at, one.reason = 0, -1, NOW, "not named"

    write(Update(one, ("failures", "drift", "last_used_at")))

    assert columns(one) == {**before, "failures": 0, "drift": -1, "last_used_at": NOW}


def test_an_address_of_another_kind_of_field_is_written_as_it_is_saved():
    user = UserFactory(phone="+4740000001")
    user.phone = "+47 400 00 002"

    write(Update(user, ("phone",)))

    assert User.objects.get(pk=user.pk).phone == "+4740000002"


def test_several_rows_cost_one_query(django_assert_num_queries):
    txn = TransactionFactory()
    txn.tries, txn.authenticator.failures = 2, 4
    made = transaction_of(txn.authenticator)
    entry = audit.entry("mfa.refused", SYSTEM, txn.customer, txn)

    with django_assert_num_queries(1):
        write(Update(txn, ("tries",)), Update(txn.authenticator, ("failures",)), Insert(made), Insert(entry))

    txn = Transaction.objects.get(pk=txn.pk)
    assert (txn.tries, txn.authenticator.failures) == (2, 4)
    assert Transaction.objects.filter(pk=made.pk, state="approved").exists()
    assert AuditRecord.objects.get().object_id == txn.public_id


def test_rows_may_refer_to_rows_that_are_written_with_them():
    message = MessageFactory()
    session = Session(session_key="k", session_data="d", expire_date=NOW, user=UserFactory())

    with transaction.atomic():
        write(Insert(session), Update(message, ("kind",)), Insert(audit.entry("x", SYSTEM, message.customer, message)))

    assert Session.objects.get().user == session.user


def test_a_row_that_is_gone_is_told_and_nothing_is_written():
    one = AuthenticatorFactory()
    Authenticator.objects.filter(pk=one.pk).delete()

    with pytest.raises(DatabaseError, match="1 of 2 rows"), transaction.atomic():
        write(Insert(audit.entry("x", SYSTEM, one.customer, one)), Update(one, ("failures",)))

    assert not AuditRecord.objects.exists()


def test_a_row_that_may_not_be_written_fails_as_it_does_when_saved():
    txn = TransactionFactory()
    double = transaction_of(txn.authenticator)
    double.public_id = txn.public_id

    with pytest.raises(IntegrityError), transaction.atomic():
        write(Insert(double))
