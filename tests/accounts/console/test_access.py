"""Who may open which page: every route of the dashboard against strangers, roles and another customer's member."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts import audit, verbs
from accounts.console import urls as console_urls
from accounts.models import AuditRecord, Customer, Invitation, Role
from accounts.roles import MATRIX, Right, may
from accounts.scopes import Scope
from accounts.support import verbs as support
from accounts.verbs import team
from accounts.verbs.tokens import make_token
from accounts.webhooks import verbs as webhooks
from mfa.console import urls as mfa_urls
from mfa.verbs import pairing, recovering
from tests.accounts.console.cast import desk
from tests.factories import (
    ApiKeyFactory,
    AuthenticatorFactory,
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    TransactionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CALLBACK = "https://site.example/callback"


def routes():
    """Every page of the dashboard with a right of its own, as (name, route, view)."""
    for namespace, patterns in (("console", console_urls.urlpatterns), ("mfa_console", mfa_urls.urlpatterns)):
        for pattern in patterns:
            if isinstance(pattern, URLPattern):  # the member's own account is included, and needs no membership
                yield pytest.param(f"{namespace}:{pattern.name}", pattern, id=f"{namespace}:{pattern.name}")


ROUTES = list(routes())
WITH_OBJECTS = [param for param in ROUTES if param.values[1].pattern.converters]


def a_site(customer: Customer) -> dict[str, object]:
    key = ApiKeyFactory(site__customer=customer)
    client = pairing.rotate(pairing.make_pair(key.site, audit.SYSTEM), audit.SYSTEM)
    pairing.add_address(client, CALLBACK, False, audit.SYSTEM)
    return {"public_id": key.site.public_id, "ending": key.ending, "name": pairing.name_of(CALLBACK)}


def a_user(customer: Customer) -> dict[str, object]:
    method = AuthenticatorFactory(user__customer=customer)
    return {"public_id": method.user.public_id, "method_id": method.public_id}


def an_invitation(customer: Customer) -> dict[str, object]:
    invitation: Invitation = team.invite(customer, "oda@site.example", Role.READ_ONLY, audit.SYSTEM)
    return {"public_id": invitation.public_id}


def a_ticket(customer: Customer) -> dict[str, object]:
    ticket = support.open_ticket(customer=customer, subject="Help", text="Help", by=audit.SYSTEM)
    return {"public_id": ticket.public_id}


def a_record(customer: Customer) -> dict[str, object]:
    audit.record("customer.edited", audit.SYSTEM, customer, customer)
    return {"record_id": AuditRecord.objects.filter(customer=customer)[0].pk}


def a_token(customer: Customer) -> dict[str, object]:
    token, _text = make_token(customer, "shop", [Scope.USERS_READ], audit.SYSTEM)
    return {"public_id": token.public_id}


def a_webhook(customer: Customer) -> dict[str, object]:
    endpoint = webhooks.add(customer, "shop", "https://shop.example/in", [], audit.SYSTEM)
    return {
        "public_id": endpoint.public_id,
        "delivery_id": webhooks.test(endpoint, audit.SYSTEM).public_id,
    }


def a_group(customer: Customer) -> dict[str, object]:
    user = UserFactory(customer=customer)
    group = verbs.add_group(customer, "Editors", audit.SYSTEM)
    verbs.put_in_group(group, [user], audit.SYSTEM)
    return {"public_id": group.public_id, "user_id": user.public_id}


def a_recovery(customer: Customer) -> dict[str, object]:
    recovery = recovering.begin(UserFactory(customer=customer), audit.SYSTEM)
    assert recovery is not None
    return {"public_id": recovery.public_id}


# For each first part of an address, what makes the object that it names and gives its ids.
OBJECTS: dict[str, Callable[[Customer], dict[str, object]]] = {
    "sites": a_site,
    "users": a_user,
    "groups": a_group,
    "recoveries": a_recovery,
    "messages": lambda customer: {"public_id": MessageFactory(customer=customer).public_id},
    "team": lambda customer: {"public_id": MembershipFactory(customer=customer, role=Role.HELP_DESK).public_id},
    "team/invited": an_invitation,
    "support": a_ticket,
    "tokens": a_token,
    "webhooks": a_webhook,
    "audit": a_record,
    "sign-ins": lambda customer: {"public_id": TransactionFactory(authenticator__user__customer=customer).public_id},
}


def address(name: str, pattern: URLPattern, customer: Customer) -> str:
    """The address of a route, for an object of the customer's that is made for it."""
    if not pattern.pattern.converters:
        return reverse(name)
    ids = OBJECTS[str(pattern.pattern).split("/<")[0]](customer)
    return reverse(name, kwargs={arg: ids[arg] for arg in pattern.pattern.converters})


@pytest.mark.parametrize(("name", "pattern"), ROUTES)
def test_a_page_says_which_right_opens_it(name, pattern):
    assert pattern.callback.right in Right


@pytest.mark.parametrize(("name", "pattern"), ROUTES)
def test_strangers_are_asked_to_sign_in_first_and_nothing_happens(name, pattern):
    customer = CustomerFactory()
    url = address(name, pattern, customer)
    before = AuditRecord.objects.count()

    for response in (Client().get(url), Client().post(url)):
        assert response.status_code in {302, 405}
        assert response.status_code == 405 or response["Location"].startswith(reverse("doors:sign_in"))
    assert AuditRecord.objects.count() == before


@pytest.mark.promise("S10")
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(("name", "pattern"), ROUTES)
def test_a_role_opens_what_the_matrix_gives_it_and_no_more(name, pattern, role):
    browser = desk(role)
    url = address(name, pattern, browser.customer)

    response = browser.get(url)

    if may(role, pattern.callback.right):
        assert response.status_code in {200, 302, 404, 405}
        return
    assert response.status_code in {403, 405}
    before = AuditRecord.objects.count()
    refused = browser.post(url)
    assert refused.status_code in {403, 405}
    assert AuditRecord.objects.count() == before
    if refused.status_code == 403:
        assert "Not for your role" in refused.content.decode()


@pytest.mark.promise("S10")
@pytest.mark.parametrize(("name", "pattern"), WITH_OBJECTS)
def test_another_customers_objects_are_not_there(name, pattern):
    browser = desk(Role.OWNER)
    url = address(name, pattern, CustomerFactory())
    before = AuditRecord.objects.count()

    for response in (browser.get(url), browser.post(url, {"reason": "x", "hours": "1", "role": "owner"})):
        assert response.status_code in {404, 405}
    assert AuditRecord.objects.count() == before


@pytest.mark.parametrize(("name", "pattern"), WITH_OBJECTS)
def test_ones_own_objects_are_there(name, pattern):
    browser = desk(Role.OWNER)

    response = browser.get(address(name, pattern, browser.customer))

    gone = {"console:key_revoke"}  # the current key is replaced before it can be revoked
    assert response.status_code == (404 if name in gone else response.status_code)
    assert name in gone or response.status_code in {200, 302, 405}


def test_a_refusal_names_the_role_and_who_can_help():
    browser = desk(Role.HELP_DESK)
    owner = MembershipFactory(customer=browser.customer, role=Role.OWNER).user

    page = browser.get(reverse("console:settings")).content.decode()

    assert "Your role, help desk," in page
    assert owner.email in page


def test_every_role_sees_the_entries_of_its_rights_only():
    for role in Role:
        browser = desk(role)
        shown = browser.text(reverse("console:start"))
        assert (reverse("console:settings") in shown) == (Right.EDIT_ACCOUNT in MATRIX[role])
        assert (f'href="{reverse("console:audit")}"' in shown) == (Right.SEE_AUDIT in MATRIX[role])


def test_a_part_that_refreshes_itself_takes_its_whole_page_to_the_sign_in():
    page = reverse("console:users")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}

    response = Client().get(reverse("console:sites"), headers=headers)

    assert response["HX-Redirect"] == f"{reverse('doors:sign_in')}?next=%2Fdashboard%2Fusers%2F"


def test_a_removed_member_is_out_at_the_next_click():
    browser = desk(Role.ADMIN)
    browser.user.memberships.all().delete()

    assert browser.get(reverse("console:sites")).status_code == 403
