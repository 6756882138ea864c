"""Registering through the native API makes the record that the page makes, and tells strangers no more."""

import pytest
from django.core import mail

from accounts.models import Acceptance, Customer, Membership, Message
from tests.factories import OperatorUserFactory

pytestmark = pytest.mark.django_db
BODY = {"company": "shop.example", "email": "owner@shop.example", "password": "heron under lantern"}


@pytest.fixture
def agreed(client):
    return [document["sha256"] for document in client.get("/api/v1/documents").json()]


def post(client, **fields):
    return client.post("/api/v1/customers", fields, content_type="application/json")


@pytest.mark.product("customer-1")
@pytest.mark.requirement("R-19")
def test_a_registration_makes_customer_owner_site_key_and_agreements(client, agreed):
    response = post(client, **BODY, agreed=agreed)

    customer = Customer.objects.get(is_operator=False)
    assert response.status_code == 202
    assert customer.website == "https://shop.example"
    assert Membership.objects.get(customer=customer).role == "owner"
    assert customer.sites.get().api_keys.count() == 1
    assert Acceptance.objects.filter(customer=customer).count() == len(agreed)
    assert Message.objects.get().kind == "accounts.confirm_email"
    assert mail.outbox == []


@pytest.mark.promise("S21")
def test_a_known_address_gets_the_very_same_answer(client, agreed):
    OperatorUserFactory(username="owner@shop.example")
    known = post(client, **BODY, agreed=agreed)
    fresh = post(client, **{**BODY, "email": "new@shop.example"}, agreed=agreed)

    assert (known.status_code, known.content) == (fresh.status_code, fresh.content)
    assert Customer.objects.filter(is_operator=False).count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"company": ""}, "company"),
        ({"agreed": []}, "agreed"),
        ({"agreed": ["0" * 64]}, "agreed"),
        ({"phone": "12"}, "phone"),
        ({"language": "xx"}, "language"),
    ],
)
def test_what_is_wrong_is_named_by_field_and_nothing_is_made(client, agreed, change, field):
    response = post(client, **{**BODY, "agreed": agreed, **change})

    assert response.status_code == 400
    assert field in [error["field"] for error in response.json()["errors"]]
    assert not Customer.objects.filter(is_operator=False).exists()


@pytest.mark.parametrize("raw", ["{", "[]", "null", '"x"', '{"agreed": {"a": 1}}', '{"email": ["a"]}'])
def test_a_malformed_body_is_a_400(client, raw):
    assert client.post("/api/v1/customers", raw, content_type="application/json").status_code == 400


def test_a_flood_is_told_when_to_come_back(client, agreed):
    answers = [post(client, **{**BODY, "email": f"a{n}@shop.example"}, agreed=agreed) for n in range(21)]

    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
