"""Signed calls take a short way, on which nothing is lost that an answer must have."""

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils import translation

from mfa.compat.miniorange import urls
from tests.factories import UserFactory

HEADERS = (
    *("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"),
    *("Permissions-Policy", "Cache-Control", "X-Frame-Options", "Content-Security-Policy", "Content-Length"),
)


@pytest.fixture
def sessions(monkeypatch):
    """The paths of the requests that pass the middleware of pages."""
    passed = []
    usual = SessionMiddleware.process_request

    def noting(self, request):
        passed.append(request.path)
        usual(self, request)

    monkeypatch.setattr(SessionMiddleware, "process_request", noting)
    return passed


def test_a_signed_call_passes_nothing_of_pages(plugin, key, sessions):
    name = UserFactory(customer=key.customer).username

    assert plugin.post("api/admin/users/search", username=name)["status"] == "USER_FOUND"
    assert plugin.post("rest/customer/license", customerId=plugin.number)["status"]

    assert sessions == ["/moas/rest/customer/license"]


def test_its_answer_has_the_headers_of_every_other(plugin, key):
    plugin.post("api/admin/users/search", username="nobody")
    short = plugin.answer.headers
    plugin.post("rest/customer/license", customerId=plugin.number)
    long = plugin.answer.headers

    assert {name: short[name] for name in HEADERS[:-1]} == {name: long[name] for name in HEADERS[:-1]}
    assert int(short["Content-Length"]) > 0
    assert not short.get("Set-Cookie")


def test_a_wrong_host_is_told_so_on_the_short_way_too(plugin, key):
    plugin.client.defaults["HTTP_HOST"] = "elsewhere.example"

    assert "host name" in plugin.post("api/auth/validate", txId="x", token="1")["message"]
    assert plugin.answer.status_code == 400


def test_an_unknown_address_goes_the_usual_way(plugin, key, sessions):
    plugin.post("api/auth/unheard-of")

    assert plugin.answer.status_code == 404
    assert sessions == ["/moas/api/auth/unheard-of"]


def test_a_fault_is_answered_as_elsewhere(plugin, key, monkeypatch):
    monkeypatch.setattr("mfa.compat.miniorange.calling.identify", lambda _request: 1 / 0)
    plugin.client.raise_request_exception = False

    assert plugin.post("api/admin/users/search", username="x")["message"] == "The server failed. Nothing was done."
    assert plugin.answer.status_code == 500


def test_no_language_is_left_over_from_an_earlier_request(plugin, key):
    translation.activate("nb")

    plugin.post("api/admin/users/search", username="nobody")

    assert translation.get_language() == "en"


def test_only_calls_are_led_past(sessions, client):
    calls = [one for one in urls.urlpatterns if str(one.pattern).startswith("api/")]

    assert len(calls) >= 15
    assert all(hasattr(one.callback, "who") for one in calls)  # each is an endpoint, which checks who calls
