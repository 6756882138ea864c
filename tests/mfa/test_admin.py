"""Transactions and authenticators on the staff's pages: how it went, and a way for who lost theirs; no secret."""

import time

import pytest

from accounts.models import AuditRecord, Message
from mfa.models import Authenticator, RetiredSecret, Transaction
from tests.accounts.admin.conftest import desk, page_of, staff, url
from tests.factories import AuthenticatorFactory, StaffFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db
__all__ = ("desk", "staff")  # fixtures of the staff's own pages


def reset(browser, *authenticators, **more):
    data = {"action": "reset", "_selected_action": [str(one.pk) for one in authenticators], **more}
    if "confirmed" not in more:
        data["index"] = "0"
    return browser.post(url(Authenticator), data)


def test_a_transaction_shows_how_it_went_and_neither_secret_nor_address(desk):
    authenticator = AuthenticatorFactory(method="sms_code", secret=None, address="+4740000123")
    txn = TransactionFactory(authenticator=authenticator, sent_to="+47 ••• •• 123", tries=3, state="failed")

    html = desk.get(page_of(txn)).content.decode()

    assert "Failed" in html
    assert "+47 ••• •• 123" in html
    assert "40000123" not in html
    assert txn.nonce not in html
    assert f"/staff/accounts/message/?customer={txn.customer_id}&amp;q={txn.public_id}" in html


def test_a_transaction_left_open_is_shown_as_expired(desk):
    txn = TransactionFactory()
    Transaction.objects.filter(pk=txn.pk).update(expires_at=txn.created_at)

    assert "Expired" in desk.get(page_of(txn)).content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state__exact=approved", True),
        ("state__exact=failed", False),
        ("method=email_code", True),
        ("method=totp", False),
        ("purpose__exact=sign_in&when=today", True),
        ("q=nothing", False),
    ],
)
def test_transactions_are_filtered(desk, query, found):
    txn = TransactionFactory(state="approved")

    assert (page_of(txn) in desk.get(f"{url(Transaction)}?{query}").content.decode()) is found


def test_a_user_s_page_leads_to_their_transactions_and_authenticators(desk):
    txn, other = TransactionFactory(), TransactionFactory()
    html = desk.get(page_of(txn.user)).content.decode()

    for row, another in ((txn, other), (txn.authenticator, other.authenticator)):
        address = f"{url(type(row))}?user={row.user_id}"
        assert address in html
        listed = desk.get(address).content.decode()
        assert page_of(row) in listed
        assert page_of(another) not in listed


def test_an_authenticator_shows_neither_secret_nor_whole_address(desk):
    totp = AuthenticatorFactory(pending_secret="ORSXG5DJNZTQ", data={"questions": "first-pet"})
    mail = AuthenticatorFactory(method="email_code", secret=None, user=UserFactory(email="nora@site.example"))

    pages = "".join(desk.get(page).content.decode() for page in (url(Authenticator), page_of(totp), page_of(mail)))

    for secret in (totp.secret, "ORSXG5DJNZTQ", "first-pet", "nora@site.example"):
        assert secret not in pages
    assert "n•••@site.example" in pages


def test_an_authenticator_is_reset_after_a_second_look_and_with_a_reason(desk, staff):
    totp = AuthenticatorFactory(user=StaffFactory())

    asked = reset(desk, totp)
    assert asked.status_code == 200
    assert "call them back" in asked.content.decode()
    without = reset(desk, totp, confirmed="yes", reason=" ")
    assert "Say why, in a few words." in without.content.decode()
    assert Authenticator.objects.filter(pk=totp.pk).exists()

    assert reset(desk, totp, confirmed="yes", reason="Lost on the ferry").status_code == 302
    assert not Authenticator.objects.filter(pk=totp.pk).exists()
    assert RetiredSecret.objects.filter(user=totp.user).exists()
    assert Message.objects.get(kind="mfa.factor_changed").user == totp.user
    record = AuditRecord.objects.get(action="mfa.reset")
    assert (record.actor_id, record.person) == (staff.pk, totp.user.pk)
    assert "ferry" not in str(record.facts) + record.sealed


def test_who_resets_an_authenticator_has_proven_themselves_just_now(desk):
    totp = AuthenticatorFactory()
    session = desk.session
    session["proved_at"] = time.time() - 11 * 60
    session.save()

    response = reset(desk, totp, confirmed="yes", reason="Lost")

    assert response["Location"].startswith("/confirm/")
    assert Authenticator.objects.filter(pk=totp.pk).exists()


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({}, "Active"),
        ({"confirmed": False}, "Not confirmed"),
        ({"off": True}, "Switched off"),
        ({"hold": True}, "Suspended"),
    ],
)
def test_an_authenticator_says_whether_it_counts(desk, changes, word):
    authenticator = AuthenticatorFactory(confirmed=changes.get("confirmed", True))
    authenticator.off_at = authenticator.created_at if changes.get("off") else None
    authenticator.suspended_at = authenticator.created_at if changes.get("hold") else None
    authenticator.save()

    assert word in desk.get(page_of(authenticator)).content.decode()
