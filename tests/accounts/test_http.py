"""Where a request came from: the first hop nobody vouches for, and nothing that a stranger writes."""

from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIRequest

from accounts.http import client_address, prefix_of
from config import wsgi

PROXY = "10.0.0.9"


@pytest.fixture(autouse=True)
def proxies(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "2001:db8:ffff::/48"]


@pytest.mark.promise("S12")
@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),  # no proxy of ours: what it says does not count
        (PROXY, "203.0.113.5", "203.0.113.5"),
        (PROXY, "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the left one was written by the stranger
        (PROXY, "203.0.113.5, 10.0.0.8", "203.0.113.5"),
        (PROXY, "a", PROXY),
        (PROXY, "203.0.113.5, a", PROXY),
        (PROXY, "::ffff:203.0.113.5", "203.0.113.5"),
        (PROXY, "fe80::1%eth0", "fe80::1"),
        ("2001:db8:ffff::1", "2001:db8::5", "2001:db8::5"),
        (PROXY, ", ".join(["203.0.113.5"] * 50), "203.0.113.5"),
        ("", "203.0.113.5", ""),
    ],
)
def test_the_address_is_the_first_untrusted_hop_from_the_right(remote, forwarded, expected):
    assert client_address(remote, forwarded) == expected


@pytest.mark.promise("S12", "S28")
def test_a_header_of_any_size_is_cut_and_read(client):
    assert (
        client.get("/healthz", headers={"X-Forwarded-For": "9" * 10_000, "User-Agent": "x" * 10_000}).status_code == 200
    )


@pytest.mark.parametrize(
    ("address", "prefix"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"), ("", "")],
)
def test_limits_count_by_the_network_that_one_person_can_hold(address, prefix):
    assert prefix_of(address) == prefix


@pytest.mark.promise("S17")
@pytest.mark.django_db
def test_a_forged_host_is_refused_and_a_forwarded_one_ignored(client):
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    response = client.get("/sign-in/", headers={"X-Forwarded-Host": "evil.example"})
    assert b"evil.example" not in response.content


@pytest.mark.requirement("R-09")
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/register/", "/nowhere", "/staff/"])
def test_every_page_has_the_headers_that_keep_others_out(client, path):
    headers = client.get(path).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.promise("S27")
@pytest.mark.parametrize("charset", ["hex", "idna", "utf-7", "no-such"])
def test_a_call_that_names_an_encoding_no_text_is_in_is_read_all_the_same(monkeypatch, charset):
    call = {"PATH_INFO": "/healthz", "QUERY_STRING": "q=%C3%A9", "CONTENT_TYPE": f"text/plain; Charset={charset}; x=y"}
    setup_testing_defaults(call)
    monkeypatch.setattr(wsgi, "_django", lambda told, _start_response: [WSGIRequest(told)])

    (request,) = wsgi.application(call, lambda status, headers: None)

    assert (request.GET["q"], request.content_params) == ("é", {"x": "y"})


@pytest.mark.requirement("R-55")
@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/nowhere", "/moas/api/auth/auth-status"])
def test_browsers_are_told_to_come_by_tls_alone_though_it_ends_at_a_proxy(client, settings, path):
    assert "Strict-Transport-Security" not in client.get(path).headers

    settings.SECURE_HSTS_SECONDS = 63072000  # as with a PUBLIC_URL of https

    assert client.get(path).headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.promise("S30")
def test_tasks_travel_as_json_with_ids_only_and_leave_no_result(settings):
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.CELERY_RESULT_BACKEND is None
