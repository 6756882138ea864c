"""What the lists cost: a stated number of queries, however many rows there are."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import Role
from accounts.support import verbs as support
from tests.accounts.console.cast import desk
from tests.factories import (
    ApiKeyFactory,
    AuthenticatorFactory,
    MembershipFactory,
    MessageFactory,
    SiteFactory,
    TransactionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# Session, user, the factor they proved, membership, the other customers for the switcher, what is new to the member,
# erased people whom a site sent again; then the list's own: the rows and how many they are.
FRAME = 7
COSTS = {
    "console:sites": FRAME + 2,
    "console:users": FRAME + 3,  # and their methods
    "mfa_console:sign_ins": FRAME + 2,
    "console:messages": FRAME + 2,
    "console:team": FRAME + 3,  # and the invitations
    "console:audit": FRAME + 5,  # the members to choose from; the names of people and of sites
    "console:support": FRAME + 2,
    "console:start": FRAME + 13,  # steps, whether a site is connected, seven figures, what is overdue, latest refusals
}


def fill(browser, count):
    customer = browser.customer
    for _ in range(count):
        user = UserFactory(customer=customer)
        site = SiteFactory(customer=customer, connected_at=timezone.now())
        ApiKeyFactory(site=site)
        TransactionFactory(
            authenticator=AuthenticatorFactory(user=user, method="email_code", secret=None), site=site, state="failed"
        )
        MessageFactory(customer=customer, user=user)
        MembershipFactory(customer=customer, role=Role.HELP_DESK)
        support.open_ticket(customer=customer, user=browser.user, subject="Help", text="Help", by=audit.SYSTEM)
        audit.record("user.created", audit.site(site, audit.NOWHERE), customer, user)


@pytest.mark.product("speed-2")
@pytest.mark.parametrize("count", [3, 12])
@pytest.mark.parametrize(("name", "cost"), COSTS.items())
def test_a_list_costs_the_same_however_long_it_is(name, cost, count, django_assert_num_queries):
    browser = desk()
    fill(browser, count)
    url = reverse(name)
    browser.get(url)  # the first visit of a session asks once whether the customer has agreed

    with django_assert_num_queries(cost):
        browser.text(url)


def test_one_user_costs_the_same_however_much_they_signed_in(django_assert_num_queries):
    browser = desk()
    user = UserFactory(customer=browser.customer)
    authenticator = AuthenticatorFactory(user=user, method="email_code", secret=None)
    for _ in range(15):
        TransactionFactory(authenticator=authenticator, created_at=timezone.now() - timedelta(days=1))
    url = reverse("console:user", args=[user.public_id])
    browser.get(url)

    with django_assert_num_queries(
        FRAME + 6
    ):  # the user, whether the look is noted, methods, sign-ins, groups, requests
        browser.text(url)
