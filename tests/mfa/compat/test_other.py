"""The dialect's smaller calls and its pages: time, address, where the login page leads."""

import pytest

from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin

pytestmark = pytest.mark.django_db


def test_iplookup_and_timestamp_answer_unsigned():
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/security/iplookup", ip="10.0.0.1", headers=UNSIGNED)["ip"] == "10.0.0.1"
    assert plugin.post("rest/security/iplookup", ip="no", headers=UNSIGNED)["status"] == "ERROR"
    assert str(plugin.post("rest/mobile/get-timestamp", headers=UNSIGNED)).isdigit()


@pytest.mark.promise("S15")
@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://localhost:8000/moas/viewtransactions", "/dashboard/sign-ins/"),
        ("/dashboard/users/", "/dashboard/users/"),
        ("https://evil.example/x", "/dashboard/"),
        ("//evil.example/x", "/dashboard/"),
        ("https:evil.example", "/dashboard/"),
        ("javascript:alert(1)", "/dashboard/"),
        ("http://localhost:8000@evil.example/", "/dashboard/"),
        ("\\\\evil.example", "/dashboard/"),
        ("", "/dashboard/"),
    ],
)
def test_the_login_page_leads_on_to_our_own_pages_only(target, expected):
    from mfa.compat.miniorange.other import own_path

    assert own_path(target) == expected


def test_the_time_is_told_to_a_client_that_sends_no_body(plugin):
    assert str(plugin.post("rest/mobile/get-timestamp", body="", headers=UNSIGNED)).isdigit()


def test_the_plugins_own_form_may_lead_to_our_sign_in(client):
    given = {"username": "ingrid@nordvik.example", "redirectUrl": "http://localhost:8000/moas/viewlicensekeys"}
    response = client.post("/moas/login", given)

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=%2Fdashboard%2Flimits%2F")
