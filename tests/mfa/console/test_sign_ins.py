"""Sign-ins: the list with its filters, one as a timeline, the file."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from mfa.models import Transaction
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, MessageFactory, SiteFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = reverse("mfa_console:sign_ins")
State = Transaction.State


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def nora(browser):
    user = UserFactory(customer=browser.customer, username="nora@nordvik.example", first_name="Nora", last_name="Bjørk")
    return AuthenticatorFactory(user=user, method="email_code", secret=None)


def shown(browser, query=""):
    return [row["txn"] for row in browser.get(f"{LIST}{query}").context["rows"]]


def open_past_its_end(authenticator):
    return TransactionFactory(authenticator=authenticator, expires_at=timezone.now() - timedelta(minutes=1))


def test_sign_ins_are_filtered_by_the_beginning_of_a_username(browser, nora):
    mine = TransactionFactory(authenticator=nora)
    TransactionFactory(authenticator__user__customer=browser.customer, authenticator__user__username="olav")

    assert shown(browser, "?q=NORA") == [mine]
    assert shown(browser, "?q=zzz") == []
    assert shown(browser, "?q=%E2%80%AE") == []


def test_sign_ins_are_filtered_by_method(browser, nora):
    by_mail = TransactionFactory(authenticator=nora)
    by_app = TransactionFactory(authenticator=AuthenticatorFactory(user=nora.user))

    assert shown(browser, "?method=email_code") == [by_mail]
    assert shown(browser, "?method=totp") == [by_app]
    assert shown(browser, "?method=gone") == [by_app, by_mail]


def test_one_left_open_past_its_end_counts_as_expired(browser, nora):
    over = open_past_its_end(nora)
    expired = TransactionFactory(authenticator=nora, state=State.EXPIRED)
    waiting = TransactionFactory(authenticator=nora)

    assert shown(browser, "?outcome=expired") == [expired, over]
    assert shown(browser, "?outcome=pending") == [waiting]


@pytest.mark.parametrize("state", [State.APPROVED, State.DENIED, State.FAILED])
def test_sign_ins_are_filtered_by_outcome(browser, nora, state):
    wanted = TransactionFactory(authenticator=nora, state=state)
    TransactionFactory(authenticator=nora)

    assert shown(browser, f"?outcome={state}") == [wanted]


def test_sign_ins_are_filtered_by_day(browser, nora):
    today = TransactionFactory(authenticator=nora)
    day = timezone.localdate()

    assert shown(browser, f"?first={day}&last={day}") == [today]
    assert shown(browser, f"?last={day - timedelta(days=1)}") == []


def test_the_list_holds_nothing_of_another_customer(browser):
    TransactionFactory()

    assert shown(browser) == []
    assert "No sign-ins yet" in browser.text(LIST)


@pytest.mark.product("customer-10")
def test_one_sign_in_tells_what_happened_and_whether_each_message_arrived(browser, nora):
    txn = TransactionFactory(
        authenticator=nora,
        site=SiteFactory(customer=browser.customer, name="nordvik.example"),
        state=State.FAILED,
        tries=5,
        closed_at=timezone.now(),
    )
    MessageFactory(
        customer=browser.customer, transaction=txn.public_id, state="refused", reason="bad_address", kind="mfa.code"
    )
    MessageFactory(transaction=txn.public_id, to_masked="x•••@other.example")

    page = browser.text(reverse("mfa_console:sign_in", args=[txn.public_id]))

    for words in ("nordvik.example asked", "refused. The address cannot be reached", "5 wrong answers", "Failed"):
        assert words in page
    assert "other.example" not in page


def test_a_sign_in_that_waits_says_until_when(browser, nora):
    page = browser.text(reverse("mfa_console:sign_in", args=[TransactionFactory(authenticator=nora).public_id]))

    assert "Waits for an answer" in page


def test_the_proof_of_an_address_before_there_is_a_user_is_shown(browser):
    txn = TransactionFactory(
        authenticator=None, user=None, customer=browser.customer, method="email_code", purpose="enrol", sent_to="a•••@b"
    )

    assert "Not a user yet" in browser.text(LIST)
    assert "Proof of an address" in browser.text(reverse("mfa_console:sign_in", args=[txn.public_id]))


@pytest.mark.product("customer-10")
def test_the_file_holds_what_the_filters_select(browser, nora):
    TransactionFactory(authenticator=nora, state=State.APPROVED, sent_to="+47 ••• •• 123")
    TransactionFactory(authenticator=nora, state=State.FAILED)

    response = browser.get(f"{reverse('mfa_console:export')}?outcome=approved")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))

    assert [(row["Username"], row["Outcome"], row["Sent to"]) for row in rows] == [
        ("nora@nordvik.example", "approved", "'+47 ••• •• 123")
    ]


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_who_may_not_take_the_list_away_is_not_offered_it(role):
    browser = desk(role)

    assert reverse("mfa_console:export") not in browser.text(LIST)
    assert browser.get(reverse("mfa_console:export")).status_code == 403
