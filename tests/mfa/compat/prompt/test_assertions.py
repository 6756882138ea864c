"""A site that calls proves who it is: every assertion that is refused, one test for each."""

import base64
import secrets
import time

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import SYSTEM
from accounts.models import Site as SiteRow
from mfa.models import PromptClient, UsedAssertion
from mfa.verbs import pairing
from tests.factories import PromptClientFactory
from tests.mfa.compat.prompt.forging import BAD_ASSERTIONS, raw, unsigned
from tests.mfa.compat.prompt.site import HEALTH, Site, health, sign

pytestmark = pytest.mark.django_db


@pytest.mark.promise("S14")
@pytest.mark.parametrize("changed", BAD_ASSERTIONS.values(), ids=BAD_ASSERTIONS)
@pytest.mark.product("prompt-9")
def test_an_assertion_that_is_not_in_order_is_refused(client, site, changed):
    assert health(client, site, site.assertion(HEALTH, **changed))["stat"] == "FAIL"
    assert UsedAssertion.objects.count() == 0


@pytest.mark.promise("S14")
@pytest.mark.product("prompt-9")
def test_an_assertion_serves_once(client, site):
    assertion = site.assertion(HEALTH)

    assert health(client, site, assertion)["stat"] == "OK"
    assert health(client, site, assertion)["stat"] == "FAIL"


@pytest.mark.promise("S14")
def test_the_same_id_in_another_clients_assertion_is_another_one(client, site):
    other = Site(PromptClientFactory())

    assert health(client, site, site.assertion(HEALTH, jti="x" * 32))["stat"] == "OK"
    assert health(client, other, other.assertion(HEALTH, jti="x" * 32))["stat"] == "OK"


@pytest.mark.promise("S14")
@pytest.mark.parametrize("algorithm", ["HS256", "HS384"])
@pytest.mark.product("prompt-9")
def test_another_algorithm_is_refused_though_the_secret_is_right(client, site, algorithm):
    claims = {
        "iss": site.id,
        "sub": site.id,
        "aud": HEALTH,
        "exp": int(time.time()) + 300,
        "jti": secrets.token_hex(16),
    }

    assert health(client, site, sign(claims, site.secret, algorithm))["stat"] == "FAIL"
    assert health(client, site, unsigned(claims))["stat"] == "FAIL"


@pytest.mark.promise("S14")
@pytest.mark.parametrize("hint", ["jwk", "jku", "x5u", "kid"])
def test_a_key_in_the_header_opens_nothing(client, site, hint):
    forged = secrets.token_hex(20)
    claims = {
        "iss": site.id,
        "sub": site.id,
        "aud": HEALTH,
        "exp": int(time.time()) + 300,
        "jti": secrets.token_hex(16),
    }
    key = base64.urlsafe_b64encode(forged.encode()).decode().rstrip("=")
    value = {"kty": "oct", "k": key} if hint == "jwk" else "https://elsewhere.example/key"

    assert health(client, site, sign(claims, forged, headers={hint: value}))["stat"] == "FAIL"


@pytest.mark.promise("S14", "S27")
@pytest.mark.parametrize(
    "assertion",
    ["", "x", "a.b.c", "..", "\ud800", "é.é.é", "x" * 20_000, "." * 100],
)
def test_what_is_no_token_is_refused_without_a_fault(client, site, assertion):
    given = {"client_id": site.id, "client_assertion": assertion.encode("utf-8", "surrogatepass")}

    assert client.post("/oauth/v1/health_check", given).json()["stat"] == "FAIL"


@pytest.mark.promise("S27")
@pytest.mark.parametrize(
    "payload",
    [
        b"[]",
        b"null",
        b"[" * 5000,
        b'{"a":' * 5000,
        b'{"exp": NaN}',
        b'{"exp": 1, "exp": 2}',
        b"\xff\xfe",
        b'{"jti": "\\ud800"}',
    ],
)
def test_signed_nonsense_is_refused_without_a_fault(client, site, payload):
    assert health(client, site, raw(payload, site.secret))["stat"] == "FAIL"
    assert health(client, site, raw(b"{}", site.secret, header=payload))["stat"] == "FAIL"


def test_a_client_that_nobody_knows_is_refused(client, site):
    site.id = "DIXXXXXXXXXXXXXXXXXX"

    assert health(client, site, site.assertion(HEALTH))["message"] == "invalid_client"


def test_the_named_client_must_be_the_one_that_signed(client, site):
    other = Site(PromptClientFactory())

    assert health(client, site, other.assertion(HEALTH))["stat"] == "FAIL"
    assert health(client, other, site.assertion(HEALTH))["stat"] == "FAIL"


@pytest.mark.parametrize("what", ["site archived", "customer suspended", "keys stopped", "customer closed"])
def test_whoever_is_out_of_business_is_refused(client, site, pair, what):
    now, customer = timezone.now(), pair.customer
    if what == "site archived":
        SiteRow.objects.filter(pk=pair.site_id).update(archived_at=now)
    else:
        name = {"customer suspended": "suspended_at", "keys stopped": "keys_stopped_at"}.get(what, "closed_at")
        type(customer).objects.filter(pk=customer.pk).update(**{name: now})

    assert health(client, site, site.assertion(HEALTH))["stat"] == "FAIL"
    assert client.get("/oauth/v1/authorize", site.query("nora")).status_code == 400


def test_a_secret_that_was_replaced_is_refused_after_its_time(client, site, pair):
    pairing.rotate(pair, SYSTEM)
    assert health(client, site, site.assertion(HEALTH))["stat"] == "OK"
    PromptClient.objects.update(earlier_until=timezone.now())

    assert health(client, site, site.assertion(HEALTH))["stat"] == "FAIL"


def test_sites_calls_are_posts(client):
    for name in ("health_check", "token"):
        assert client.get(f"/oauth/v1/{name}").status_code == 405


def test_the_pages_cookies_count_for_nothing_in_a_sites_call(site, nora):
    strict = Client(enforce_csrf_checks=True)
    given = {"client_id": site.id, "client_assertion": site.assertion(HEALTH)}

    assert strict.post("/oauth/v1/health_check", given).json()["stat"] == "OK"
