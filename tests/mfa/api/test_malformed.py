"""No body of the native API, however broken, is answered by an error of ours."""

import json

import pytest

from accounts.models import Customer

pytestmark = [pytest.mark.django_db, pytest.mark.promise("S27")]
GOOD = {"company": "shop.example", "email": "owner@shop.example", "password": "heron under lantern"}
ODD: list[object] = [
    None,
    True,
    7,
    1.5,
    [],
    {},
    ["x"],
    "\0",
    "a\0b",
    "\ud800",
    "a\u202eb",
    "x" * 100_000,
    "１２３",
    " ",
]
BROKEN = [
    b"", b"null", b"[]", b"7", b"{", b"\xff\xfe{}", b'{"email": NaN}', b"[" * 100_000,
    b'{"a":' * 2000 + b"1" + b"}" * 2000, b'{"email": ' + b"9" * 5000 + b"}", b'{"email": 1e999}',
]  # fmt: skip


def test_a_call_under_another_host_name_is_a_problem_that_says_so(client):
    response = client.post("/api/v1/customers", GOOD, content_type="application/json", headers={"host": "old.example"})

    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    said = response.json()
    assert (said["code"], said["status"]) == ("not_usable", 400)
    assert "host name" in said["detail"]
    assert not Customer.objects.filter(name="shop.example").exists()


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:12]))
def test_what_is_no_registration_is_refused(client, body):
    response = client.post("/api/v1/customers", body, content_type="application/json")

    assert response.status_code == (413 if len(body) > 64 * 1024 else 400)
    assert response.json()["type"].startswith("http")


@pytest.mark.parametrize("field", ["company", "email", "password", "first_name", "phone", "language", "agreed"])
def test_a_field_of_any_kind_is_answered(client, field):
    agreed = [document["sha256"] for document in client.get("/api/v1/documents").json()]
    for odd in ODD:
        body = json.dumps({**GOOD, "agreed": agreed, field: odd})
        response = client.post("/api/v1/customers", body, content_type="application/json")
        assert response.status_code in {202, 400, 413, 429}, odd
    assert Customer.objects.filter(is_operator=False).count() <= 1
