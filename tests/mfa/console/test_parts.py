"""What mfa adds to accounts' pages: methods of users, figures, the latest refusals, what goes with a user."""

import pytest
from django.urls import reverse
from django.utils import timezone

from mfa.console import parts
from mfa.models import Transaction
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, SiteFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db
State = Transaction.State


@pytest.fixture
def browser():
    made = desk()
    SiteFactory(customer=made.customer, connected_at=timezone.now())
    return made


def users(browser, query):
    return {row["user"].username for row in browser.get(f"{reverse('console:users')}{query}").context["rows"]}


def test_the_users_list_names_each_users_methods_once(browser):
    user = UserFactory(customer=browser.customer)
    AuthenticatorFactory(user=user)
    AuthenticatorFactory(user=user, method="sms_code", secret=None, address="+4740012345", address_hash="a")
    AuthenticatorFactory(user=user, method="sms_code", secret=None, address="+4740012346", address_hash="b")
    AuthenticatorFactory(user=user, method="kba", confirmed=False)

    assert parts.methods_of([user]) == {user.pk: "Authenticator app · Text message"}
    assert "Authenticator app · Text message" in browser.text(reverse("console:users"))


def test_users_are_filtered_by_method_or_by_having_none(browser):
    with_app = AuthenticatorFactory(user__customer=browser.customer).user
    bare = UserFactory(customer=browser.customer)
    unproved = AuthenticatorFactory(user__customer=browser.customer, confirmed=False).user

    assert users(browser, "?method=totp") == {with_app.username}
    assert users(browser, "?method=none") == {bare.username, unproved.username}


def test_figures_count_the_last_day_of_this_customer(browser):
    authenticator = AuthenticatorFactory(user__customer=browser.customer, method="email_code", secret=None)
    for state in (State.APPROVED, State.APPROVED, State.FAILED, State.DENIED, State.EXPIRED):
        TransactionFactory(authenticator=authenticator, state=state)
    TransactionFactory(state=State.FAILED)

    tiles = {str(tile["label"]): tile for tile in browser.get(reverse("console:start")).context["tiles"]}

    assert (tiles["Sign-ins"]["value"], tiles["Refused"]["value"]) == ("2", "2")
    assert tiles["Sign-ins"]["url"] == f"{reverse('mfa_console:sign_ins')}?outcome=approved"


def test_the_overview_shows_the_latest_refused_sign_ins(browser):
    page = browser.text(reverse("console:start"))
    assert "Nothing needs you today" in page

    txn = TransactionFactory(authenticator__user__customer=browser.customer, state=State.DENIED)
    assert reverse("mfa_console:sign_in", args=[txn.public_id]) in browser.text(reverse("console:start"))


def test_what_goes_with_a_user_is_counted():
    txn = TransactionFactory()

    assert parts.holdings(txn.user) == ["1 method", "1 sign-in"]
