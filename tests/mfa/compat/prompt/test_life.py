"""From the site to the prompt and back, in the words of every client."""

import secrets
import time

import pytest
from django.test import Client

from mfa.models import PromptClient, Visit
from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import AUTHORIZE, HEALTH, HOST, TOKEN, Ahead, Site, app_code, lead, returned, visit_at

pytestmark = pytest.mark.django_db
FIELDS = {"id_token", "access_token", "token_type", "expires_in"}
CONTEXT = {
    *("txid", "event_type", "factor", "reason", "result", "timestamp", "isotimestamp", "alias", "email"),
    *("ood_software", "trusted_endpoint_status", "user", "application", "access_device", "auth_device"),
}


def whole(at):
    """As C# writes a moment: a text of digits."""
    return str(int(at))


@pytest.mark.product("prompt-6")
def test_a_healthy_prompt_says_so_in_exactly_the_fields_that_clients_know(client, site):
    answer = client.post(
        "/oauth/v1/health_check", {"client_id": site.id, "client_assertion": site.assertion(HEALTH)}
    ).json()

    assert set(answer) == {"stat", "response"}
    assert answer["stat"] == "OK"
    assert set(answer["response"]) == {"timestamp"}
    assert abs(answer["response"]["timestamp"] - time.time()) < 5


def test_a_wrong_secret_is_told_at_200_in_exactly_the_fields_that_clients_know(client, site):
    site.secret = secrets.token_hex(20)
    answer = client.post("/oauth/v1/health_check", {"client_id": site.id, "client_assertion": site.assertion(HEALTH)})

    assert answer.status_code == 200
    assert set(answer.json()) == {"stat", "code", "message", "message_detail", "timestamp"}
    assert (answer.json()["stat"], answer.json()["code"], answer.json()["message"]) == (
        "FAIL",
        40002,
        "invalid_client",
    )


@pytest.mark.product("prompt-6")
def test_a_person_proves_themselves_and_the_site_learns_it_once(client, site, nora):
    path = lead(client, site, "nora")
    assert client.get(path).status_code == 200
    told = returned(client.post(path, {"code": app_code()}))
    answer = site.exchange(client, told["duo_code"])

    assert set(told) == {"duo_code", "state"}
    assert told["state"] == site.state
    assert answer.status_code == 200
    assert set(answer.json()) == FIELDS
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] > 0
    assert answer.headers["Cache-Control"] == "no-store"
    claims = site.opened(answer.json()["id_token"])
    assert claims["preferred_username"] == "nora"
    assert claims["sub"] == nora.public_id
    assert claims["auth_result"]["result"] == "allow"
    assert claims["exp"] - claims["iat"] == 300
    assert "nonce" not in claims
    assert set(claims["auth_context"]) == CONTEXT
    assert (claims["auth_context"]["factor"], claims["auth_context"]["reason"]) == ("passcode", "valid_passcode")
    assert site.exchange(client, told["duo_code"]).json()["error"] == "invalid_grant"


def test_no_address_and_no_place_is_told_to_the_site(client, site, nora, code):
    context = site.opened(site.exchange(client, code).json()["id_token"])["auth_context"]

    assert context["access_device"]["ip"] == context["auth_device"]["ip"] == context["email"] == ""
    assert context["access_device"]["location"] == {"city": "", "state": "", "country": ""}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"exp": Ahead(300), "iat": Ahead(0.5, float)}, id="Node"),
        pytest.param({"aud": [TOKEN]}, id="Go: a list of one"),
        pytest.param({"exp": Ahead(3600, float), "jti": "ä" * 32}, id="Java: an hour"),
        pytest.param({"exp": Ahead(300, whole), "jti": "þ" * 36}, id="C#: texts"),
    ],
)
@pytest.mark.product("prompt-6")
def test_every_clients_assertion_is_understood(client, site, nora, code, changed):
    assert site.exchange(client, code, client_assertion=site.assertion(TOKEN, **changed)).status_code == 200


def test_php_posts_a_form_in_parts_and_java_names_no_client(client, site, nora, code):
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": site.callback,
        "client_assertion": site.assertion(TOKEN),
    }
    assert client.post("/oauth/v1/token", given).status_code == 200  # Django's test client posts multipart


@pytest.mark.parametrize(
    ("changed", "parameter"),
    [
        pytest.param({"use_duo_code_attribute": None, "aud": AUTHORIZE, "jti": "x" * 36}, "code", id="C#'s default"),
        pytest.param({"use_duo_code_attribute": "true", "exp": Ahead(300, whole)}, "duo_code", id="C#"),
        pytest.param({"iss": None, "aud": None, "exp": Ahead(3600)}, "duo_code", id="Java"),
        pytest.param({"use_duo_code_attribute": False}, "code", id="code"),
    ],
)
@pytest.mark.product("prompt-6")
def test_every_clients_request_is_understood_and_answered_as_it_asks(client, site, nora, changed, parameter):
    path = lead(client, site, "nora", **changed)
    client.get(path)

    assert set(returned(client.post(path, {"code": app_code()}))) == {parameter, "state"}


def test_a_site_may_post_the_person_to_us(client, site, nora):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/oauth/v1/authorize", site.query("nora")).status_code == 303


def test_java_cuts_its_own_address_in_two_and_it_does_not_matter(client, site, nora):
    query = site.query("nora") | {"redirect_uri": "https://elsewhere.example/?a=1", "scope": "openid", "b": "2"}

    assert client.get("/oauth/v1/authorize", query).status_code == 303


@pytest.mark.parametrize("state", ["s" * 16, "æøå€𝄞" * 8, "a&b=c#d e+f%20/?" * 2, "x" * 1024])
@pytest.mark.product("prompt-9")
def test_the_state_returns_to_the_letter(client, site, nora, state):
    site.state = state
    path = lead(client, site, "nora")
    client.get(path)

    assert returned(client.post(path, {"code": app_code()}))["state"] == state


@pytest.mark.product("prompt-9")
def test_a_nonce_comes_back_from_the_request_or_else_from_the_query(client, site, nora):
    for place in ("claim", "query"):
        changed = {"nonce": "n" * 24} if place == "claim" else {}
        query = site.query("nora", **changed) | ({"nonce": "n" * 24} if place == "query" else {})
        path = client.get("/oauth/v1/authorize", query).headers["Location"]
        client.get(path)
        ahead = 0 if place == "claim" else 1
        code = returned(client.post(path, {"code": app_code(ahead=ahead)}))["duo_code"]

        assert site.opened(site.exchange(client, code).json()["id_token"])["nonce"] == "n" * 24


def test_the_name_comes_back_as_it_was_sent(client, site, pair):
    AuthenticatorFactory(user=UserFactory(customer=pair.customer, username="Åse Fjellstad", email=""))
    path = lead(client, site, " ÅSE fjellstad ")
    client.get(path)
    code = returned(client.post(path, {"code": app_code()}))["duo_code"]

    assert site.opened(site.exchange(client, code).json()["id_token"])["preferred_username"] == " ÅSE fjellstad "


def test_an_address_with_a_query_keeps_it(client, nora, pair):
    pair.redirects = [{"uri": "https://nordvik.example/wp-login.php", "any_query": True}]
    pair.save()
    site = Site(pair)
    site.callback = "https://nordvik.example/wp-login.php?redirect_to=%2Fwp-admin%2F&reauth=1"
    path = lead(client, site, "nora")
    client.get(path)
    response = client.post(path, {"code": app_code()})

    assert response.headers["Location"].startswith(site.callback + "&duo_code=")
    assert site.exchange(client, returned(response)["duo_code"]).status_code == 200


@pytest.mark.product("prompt-7")
def test_after_a_rotation_both_secrets_work_and_each_gets_tokens_it_can_read(client, site, nora, pair, code):
    from accounts.audit import SYSTEM
    from mfa.verbs import pairing

    fresh = Site(pairing.rotate(PromptClient.objects.get(pk=pair.pk), SYSTEM))
    fresh.callback = site.callback

    assert site.opened(site.exchange(client, code).json()["id_token"])["sub"] == nora.public_id
    answer = client.post("/oauth/v1/health_check", {"client_id": fresh.id, "client_assertion": fresh.assertion(HEALTH)})
    assert answer.json()["stat"] == "OK"


def test_a_reload_of_the_sites_redirect_is_a_new_visit_and_no_fault(client, site, nora):
    query = site.query("nora")

    assert client.get("/oauth/v1/authorize", query).status_code == 303
    assert client.get("/oauth/v1/authorize", query).status_code == 303
    assert Visit.objects.count() == 2


def test_the_site_behind_another_of_our_names_is_answered_under_that_name(client, site, nora, code, settings):
    settings.ALLOWED_HOSTS = ["localhost", "testserver", "api-kumquat.example"]
    endpoint = "https://api-kumquat.example/oauth/v1/token"
    answer = site.exchange(client, code, client_assertion=site.assertion(endpoint))

    import jwt

    claims = jwt.decode(answer.json()["id_token"], options={"verify_signature": False})
    assert claims["iss"] == endpoint


def test_a_site_of_another_customer_does_not_find_the_person(client, nora):
    other = Site(PromptClientFactory())
    path = lead(client, other, "nora")

    assert visit_at(path).user is None
    assert HOST  # the names above are those of the tests' own server
