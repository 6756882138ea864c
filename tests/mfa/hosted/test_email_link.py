"""The page behind a mailed link: looking never decides, the button does, once."""

import pytest
from django.utils import timezone

from accounts import audit, links
from mfa import verbs
from mfa.models import Transaction
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def begun():
    site = SiteFactory(name="nordvik.example")
    user = UserFactory(customer=site.customer)
    return verbs.begin(site.customer, method="email_link", user=user, site=site, by=audit.SYSTEM).transaction


def mailed(txn):
    return links.url(txn.user.messages.get().link).removeprefix("http://localhost:8000")


def state(txn):
    return Transaction.objects.get(pk=txn.pk).state


@pytest.mark.promise("S18")
@pytest.mark.product("method-4")
def test_fifty_looks_decide_nothing_and_the_link_lives_on(client, begun):
    for _ in range(25):
        client.get(mailed(begun), follow=True)
        client.head(mailed(begun))
    assert state(begun) == "pending"

    client.get(mailed(begun), follow=True)
    client.post("/l/", {"answer": "allow"})
    assert state(begun) == "approved"


@pytest.mark.product("method-4")
def test_the_page_says_where_and_when_and_has_two_equal_answers(client, begun):
    text = client.get(mailed(begun), follow=True).content.decode()

    assert "nordvik.example" in text
    assert begun.user.username in text
    assert text.count('class="btn btn--lg"') == 2


def test_the_token_leaves_the_address_at_once(client, begun):
    response = client.get(mailed(begun))

    assert response["Location"] == "/l/"


@pytest.mark.product("method-4")
def test_deny_denies_and_says_what_to_do(client, begun):
    client.get(mailed(begun), follow=True)
    response = client.post("/l/", {"answer": "deny"})

    assert state(begun) == "denied"
    assert b"change it there" in response.content


@pytest.mark.parametrize("answer", ["", "yes", "ALLOW", None])
def test_anything_but_the_two_answers_decides_nothing(client, begun, answer):
    client.get(mailed(begun), follow=True)
    client.post("/l/", {} if answer is None else {"answer": answer})

    assert state(begun) == "pending"


def test_only_the_first_decision_counts(client, begun):
    client.get(mailed(begun), follow=True)
    client.post("/l/", {"answer": "deny"})
    client.get(mailed(begun), follow=True)
    again = client.post("/l/", {"answer": "allow"})

    assert again.status_code == 410
    assert state(begun) == "denied"


def test_a_forged_token_opens_nothing(client, begun):
    response = client.get(mailed(begun)[:-2] + "xx", follow=True)

    assert response.status_code == 410


def test_an_expired_request_says_so(client, begun):
    Transaction.objects.update(expires_at=timezone.now())

    assert client.get(mailed(begun), follow=True).status_code == 410


def test_the_button_needs_the_forms_token(begun):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.get(mailed(begun), follow=True)

    assert strict.post("/l/", {"answer": "allow"}).status_code == 403
    assert state(begun) == "pending"


def test_once_its_sign_in_was_given_up_the_link_says_that_it_is_over(client, begun):
    verbs.cancel(begun.customer, begun.public_id, audit.SYSTEM)

    response = client.get(mailed(begun), follow=True)

    assert response.status_code == 410
    assert "What it was for has ended without it" in response.content.decode()
