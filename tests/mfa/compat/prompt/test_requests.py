"""The request that a person brings: everything that is refused, one test for each, and where nobody is led."""

import secrets

import pytest
from django.test import Client

from mfa.models import PromptClient, Visit
from tests.factories import AuthenticatorFactory, UserFactory
from tests.mfa.compat.prompt.forging import unsigned
from tests.mfa.compat.prompt.site import AUTHORIZE, TOKEN, Ahead, app_code, lead, returned, sign, visit_at

pytestmark = pytest.mark.django_db


def refused(client, site, query):
    answer = client.get("/oauth/v1/authorize", query)
    assert answer.status_code == 400, answer.headers
    assert Visit.objects.count() == 0
    return answer.content.decode()


BAD_REQUESTS = {
    "expired": {"exp": Ahead(-120)},
    "good for more than an hour": {"exp": Ahead(4000)},
    "no end": {"exp": None},
    "by another": {"iss": "DIXXXXXXXXXXXXXXXXXX"},
    "of another client": {"client_id": "DIXXXXXXXXXXXXXXXXXX"},
    "of no client": {"client_id": None},
    "for another server": {"aud": "https://elsewhere.example"},
    "for our token endpoint, as an assertion is": {"aud": TOKEN},
    "with a sub, as an assertion has": {"sub": "DIXXXXXXXXXXXXXXXXXX"},
    "another address": {"redirect_uri": "https://nordvik.example/other"},
    "no address": {"redirect_uri": None},
    "a list of addresses": {"redirect_uri": ["https://nordvik.example/callback"]},
}


@pytest.mark.promise("S14", "S15")
@pytest.mark.parametrize("changed", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_request_that_is_not_in_order_leads_nowhere(client, site, changed):
    page = refused(client, site, site.query("nora", **changed))

    assert "nordvik.example" not in page


WRONG = {
    "no state": {"state": None},
    "a short state": {"state": "x" * 15},
    "a long state": {"state": "x" * 1025},
    "a state that is a number": {"state": 1234567890123456},
    "no name": {"duo_uname": None},
    "an empty name": {"duo_uname": ""},
    "a blank name": {"duo_uname": "   "},
    "a name that is a list": {"duo_uname": ["nora"]},
    "a name without end": {"duo_uname": "x" * 256},
    "a long nonce": {"nonce": "x" * 1025},
    "a nonce that is a number": {"nonce": 5},
    "another response": {"response_type": "token"},
    "another scope": {"scope": "profile"},
    "no scope": {"scope": None},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
@pytest.mark.product("prompt-9")
def test_a_fault_of_a_known_site_is_said_with_a_way_back(client, site, changed):
    page = refused(client, site, site.query("nora", **changed))

    assert 'href="https://nordvik.example/callback?error=invalid_request' in page


@pytest.mark.product("prompt-9")
def test_a_request_signed_with_another_secret_leads_nowhere(client, site):
    site.secret = secrets.token_hex(20)

    assert "nordvik.example" not in refused(client, site, site.query("nora"))


@pytest.mark.promise("S14")
@pytest.mark.product("prompt-9")
def test_a_request_by_another_algorithm_or_none_leads_nowhere(client, site):
    for request in (sign(site.claims(), site.secret, "HS256"), unsigned(site.claims())):
        refused(client, site, {"client_id": site.id, "response_type": "code", "request": request})


@pytest.mark.promise("S14")
def test_an_assertion_is_no_request(client, site):
    for assertion in (site.assertion(TOKEN), site.assertion(AUTHORIZE, **site.claims(sub=site.id))):
        refused(client, site, {"client_id": site.id, "response_type": "code", "request": assertion})


@pytest.mark.parametrize(
    "query",
    [
        {"request": None},
        {"request": ""},
        {"client_id": None},
        {"client_id": "DIXXXXXXXXXXXXXXXXXX"},
        {"client_id": "\0" * 20},
        {"response_type": "token"},
        {"request_uri": "https://elsewhere.example/request"},
    ],
)
def test_the_query_must_agree_with_what_was_signed(client, site, query):
    given = {name: value for name, value in (site.query("nora") | query).items() if value is not None}

    refused(client, site, given)


@pytest.mark.promise("S15")
def test_a_doubled_parameter_leads_nowhere(client, site):
    query = site.query("nora")

    for name in query:
        refused(client, site, {**query, name: [query[name], query[name]]})


ADDRESSES = """
https://nordvik.example/callback/
https://nordvik.example/callback?
https://nordvik.example/callback#
https://nordvik.example/callback#x
https://nordvik.example/callback?a=1
https://nordvik.example/Callback
https://NORDVIK.example/callback
HTTPS://nordvik.example/callback
http://nordvik.example/callback
https://nordvik.example:443/callback
https://nordvik.example./callback
https://nordvik.example//callback
https://nordvik.example/./callback
https://nordvik.example/x/../callback
https://nordvik.example/%63allback
https://nordvik.example/callback%20
https://nordvik.example/callback;x
https://nordvik.example\\callback
https://nordvik.example@elsewhere.example/callback
https://nordvik.example.elsewhere.example/callback
https://elsewhere.example/callback
https://elsewhere.example/?https://nordvik.example/callback
//nordvik.example/callback
/callback
javascript:alert(1)//https://nordvik.example/callback
data:text/html,x
https:nordvik.example/callback
https:///nordvik.example/callback
https://nordvik.exаmple/callback
https://nordvikXexample/callback
"""


@pytest.mark.promise("S15")
@pytest.mark.parametrize("any_query", [False, True])
@pytest.mark.product("prompt-9")
def test_nobody_is_led_to_an_address_that_is_not_registered(client, site, any_query):
    PromptClient.objects.update(redirects=[{"uri": site.callback, "any_query": any_query}])
    exact = {"https://nordvik.example/callback?", "https://nordvik.example/callback?a=1"} if any_query else set()

    for address in {*ADDRESSES.split(), f" {site.callback}", f"{site.callback}\n", ""} - exact:
        refused(client, site, site.query("nora", redirect_uri=address))
    for address in exact:
        assert client.get("/oauth/v1/authorize", site.query("nora", redirect_uri=address)).status_code == 303


def test_somebody_elses_visit_is_not_found_in_another_browser(client, site, nora):
    path = lead(client, site, "nora")
    other = Client()

    assert other.get(path).status_code == 404
    assert other.post(path, {"code": app_code()}).status_code == 404
    assert visit_at(path).state == "pending"


@pytest.mark.product("prompt-9")
def test_a_code_is_for_the_person_who_proved_themselves(client, site, nora, pair):
    AuthenticatorFactory(
        user=UserFactory(customer=pair.customer, username="olav", email=""), secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
    )
    path = lead(client, site, "olav")
    client.get(path)

    assert client.post(path, {"code": app_code()}).status_code == 200  # Nora's code opens nothing of Olav's
    code = returned(client.post(path, {"code": app_code("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")}))["duo_code"]
    assert site.opened(site.exchange(client, code).json()["id_token"])["preferred_username"] == "olav"
