"""The exchange of a code: everything that is refused, and that a refusal spends no code."""

import pytest
from django.utils import timezone

from mfa.models import Visit
from tests.factories import PromptClientFactory
from tests.mfa.compat.prompt.forging import BAD_ASSERTIONS
from tests.mfa.compat.prompt.site import BEARER, HEALTH, TOKEN, Site, health, sign

pytestmark = pytest.mark.django_db


@pytest.mark.promise("S14")
@pytest.mark.parametrize("changed", BAD_ASSERTIONS.values(), ids=BAD_ASSERTIONS)
def test_no_code_is_spent_by_who_cannot_prove_to_be_the_client(client, site, code, changed):
    turned = {name: HEALTH if value == TOKEN else value for name, value in changed.items()}
    turned = {name: [TOKEN, value[1]] if isinstance(value, list) else value for name, value in turned.items()}
    answer = site.exchange(client, code, client_assertion=site.assertion(TOKEN, **turned))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert set(answer.json()) == {"error", "error_description"}
    assert site.exchange(client, code).status_code == 200


@pytest.mark.promise("S14")
def test_the_request_that_a_person_sees_is_no_assertion(client, site, code):
    for claims in (site.claims(), site.claims(aud=TOKEN, jti="x" * 32)):
        assert site.exchange(client, code, client_assertion=sign(claims, site.secret)).status_code == 401


@pytest.mark.promise("S14")
def test_our_own_token_is_neither_an_assertion_nor_a_request(client, site, code):
    ours = site.exchange(client, code).json()["id_token"]

    assert health(client, site, ours)["stat"] == "FAIL"
    assert client.get("/oauth/v1/authorize", {"client_id": site.id, "request": ours}).status_code == 400


BAD_EXCHANGES = {
    "another address": ({"redirect_uri": "https://nordvik.example/other"}, "invalid_grant"),
    "an address with a query more": ({"redirect_uri": "https://nordvik.example/callback?a=1"}, "invalid_grant"),
    "no address": ({"redirect_uri": None}, "invalid_grant"),
    "another code": ({"code": "x" * 32}, "invalid_grant"),
    "no code": ({"code": None}, "invalid_grant"),
    "an empty code": ({"code": ""}, "invalid_grant"),
    "another grant": ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
    "no grant": ({"grant_type": None}, "unsupported_grant_type"),
    "another kind of assertion": ({"client_assertion_type": BEARER.replace("jwt", "saml2")}, "invalid_request"),
}


@pytest.mark.promise("S16")
@pytest.mark.parametrize(("changed", "error"), BAD_EXCHANGES.values(), ids=BAD_EXCHANGES)
@pytest.mark.product("prompt-9")
def test_an_exchange_that_is_not_in_order_is_refused_and_spends_nothing(client, site, code, changed, error):
    answer = site.exchange(client, code, **changed)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert site.exchange(client, code).status_code == 200


@pytest.mark.promise("S16")
def test_another_clients_code_is_unknown(client, site, code, pair):
    other = Site(PromptClientFactory(site__customer=pair.customer))
    answer = other.exchange(client, code, redirect_uri=site.callback)

    assert answer.json()["error"] == "invalid_grant"
    assert site.exchange(client, code).status_code == 200


@pytest.mark.promise("S16")
@pytest.mark.product("prompt-9")
def test_a_code_is_too_old_after_a_minute(client, site, code):
    assert (Visit.objects.get().code_expires_at - timezone.now()).total_seconds() <= 60
    Visit.objects.update(code_expires_at=timezone.now())

    assert site.exchange(client, code).json()["error"] == "invalid_grant"


def test_a_code_is_kept_as_a_digest_alone(client, site, code):
    visit = Visit.objects.get()

    assert code not in {str(getattr(visit, field.name)) for field in Visit._meta.fields}
    assert len(code) >= 22


@pytest.mark.promise("S15")
@pytest.mark.parametrize("name", ["code", "redirect_uri", "client_id", "client_assertion", "grant_type"])
def test_a_parameter_that_is_there_twice_is_refused(client, site, code, name):
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": site.callback,
        "client_id": site.id,
        "client_assertion": site.assertion(TOKEN),
    }
    answer = client.post("/oauth/v1/token", {name: given[name]}, query_params=given)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.promise("S27")
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nContent-Disposition", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"%ff%fe=%00", "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"&" * 5000, "application/x-www-form-urlencoded"),
        (b"a=1&" * 300, "application/x-www-form-urlencoded"),
    ],
)
def test_a_body_that_cannot_be_read_is_answered_in_json(client, body, kind):
    answer = client.post("/oauth/v1/token", body, content_type=kind)

    assert answer.status_code in {400, 401}
    assert set(answer.json()) == {"error", "error_description"}
