"""The life of a WordPress site, call by call, against the running server: from registration to the last user."""

import json
import socket

import pytest

from tests.e2e.server import Server
from tests.e2e.wordpress import PASSWORD, Site, confirm, register, status

NOT_CONFIRMED = "Confirm your e-mail address first."


@pytest.mark.product("dialect-1")
@pytest.mark.requirement("R-04")
def test_a_site_owner_registers_and_the_keys_are_the_same_ever_after(server: Server) -> None:
    plugin = Site(server)
    assert plugin.ask("rest/customer/check-if-exists", email="owner@new.example")["status"] == "CUSTOMER_NOT_FOUND"

    site = register(server, "new.example")

    assert plugin.ask("rest/customer/check-if-exists", email="owner@new.example")["status"] == "SUCCESS"
    keys = plugin.call("rest/customer/key", email="owner@new.example", password=PASSWORD)
    assert (keys["status"], str(keys["id"]), keys["apiKey"]) == ("SUCCESS", site.number, site.secret)
    assert len(keys["token"]) >= 16
    secret = site.call("rest/customer/getapp-secret", customerId=int(site.number))
    assert secret["appSecret"] == keys["appSecret"]
    again = plugin.call("rest/customer/add", companyName="x", email="owner@new.example", password=PASSWORD)
    assert again["status"] == "CUSTOMER_USERNAME_ALREADY_EXISTS"


def test_a_wrong_password_is_answered_by_a_text_that_is_no_json(server: Server, site: Site) -> None:
    refused = Site(server).ask("rest/customer/key", email="owner@shop.example", password="no")

    assert refused == "Invalid username or password. Please try again."


def test_the_licence_is_the_free_one(site: Site) -> None:
    for application, kind in (
        ("otp_recharge_plan", "PREMIUM"),
        ("wp_otp_verification", "PREMIUM"),
        ("otp_recharge_plan", "WP_OTP_VERIFICATION_PLUGIN"),
    ):
        paid = status(
            site, "rest/customer/license", customerId=site.number, applicationName=application, licenseType=kind
        )
        assert paid == "FAILED"
    free = site.call("rest/customer/license", customerId=site.number, applicationName="-1", licenseType="DEMO")

    assert free["status"] == "SUCCESS"
    assert isinstance(free["emailRemaining"], int)
    assert isinstance(free["smsRemaining"], int)


@pytest.mark.product("customer-3")
def test_before_the_address_is_confirmed_codes_go_to_it_alone(server: Server) -> None:
    site, owner = register(server, "early.example"), "owner@early.example"
    assert status(site, "api/admin/users/update", username=owner, email=owner, authType="EMAIL") == "SUCCESS"

    mine = site.call("api/auth/challenge", username=owner, email=owner, authType="EMAIL")
    other = site.call("api/auth/challenge", username="nora@early.example", email="nora@early.example", authType="EMAIL")
    text = site.call("api/auth/challenge", username=owner, phone="+4791099000", authType="SMS")

    code = server.letter(transaction=mine["txId"]).code
    assert status(site, "api/auth/validate", txId=mine["txId"], token=code) == "SUCCESS"
    assert (other["status"], text["status"]) == ("ERROR", "ERROR")
    assert other["message"].startswith(NOT_CONFIRMED)

    confirm(server, owner)

    other = site.call("api/auth/challenge", username="nora@early.example", email="nora@early.example", authType="EMAIL")
    assert other["status"] == "SUCCESS"


def test_a_site_registered_by_plugin_agrees_to_the_terms_at_its_first_sign_in(server: Server) -> None:
    register(server, "terms.example")
    owner = confirm(server, "owner@terms.example")

    owner.sign_in("owner@terms.example", PASSWORD)
    assert owner.answer.url.path == "/agree/"
    owner.answer_form(agree="on")

    assert owner.answer.url.path == "/dashboard/"
    agreed = server.sql(
        "SELECT count(*) FROM accounts_acceptance a JOIN accounts_customer c ON c.id = a.customer_id WHERE c.name = %s",
        "terms.example",
    )
    assert agreed == [(2,)]


@pytest.mark.product("dialect-1")
@pytest.mark.requirement("R-58", "R-63")
def test_a_user_is_searched_made_changed_and_deleted(server: Server, site: Site, name: str) -> None:
    assert status(site, "api/admin/users/search", username=name) == "USER_NOT_FOUND"
    assert status(site, "api/admin/users/create", username=name, firstName="Nora", email=name) == "SUCCESS"
    assert status(site, "api/admin/users/create", username=name) == "SUCCESS"
    assert status(site, "api/admin/users/search", username=name.upper()) == "USER_FOUND"

    fields = {"username": name, "phone": "+4791098000", "authType": "SMS", "email": None, "transactionName": None}
    assert status(site, "api/admin/users/update", **fields) == "SUCCESS"
    got = site.call("api/admin/users/get", username=name)
    assert (got["firstName"], got["email"], got["phone"], got["authType"]) == ("Nora", name, "+4791098000", "SMS")

    assert status(site, "api/admin/users/disable", username=name) == "SUCCESS"
    assert status(site, "api/auth/challenge", username=name, authType="SMS") == "FAILED"
    assert status(site, "api/admin/users/enable", username=name) == "SUCCESS"

    assert status(site, "api/admin/users/delete", username=name) == "SUCCESS"
    assert status(site, "api/admin/users/search", username=name) == "USER_NOT_FOUND"
    gone = site.call("api/admin/users/get", username=name)
    assert (gone["status"], gone["message"]) == ("FAILED", "Invalid username or email.")
    assert status(site, "api/admin/users/create", username=name) == "ERROR"


def test_the_same_signed_challenge_is_refused_the_second_time(server: Server, site: Site, name: str) -> None:
    headers, body = site.headers(), json.dumps({"email": name, "authType": "EMAIL"}).encode()

    first, second = (site.send("api/auth/challenge", body, headers).json() for _ in range(2))

    assert (first["status"], second["status"]) == ("SUCCESS", "ERROR")
    server.letter(transaction=first["txId"])
    assert len(server.letters(to=name)) == 1


def test_small_calls_are_answered(server: Server, site: Site) -> None:
    plugin = Site(server)

    question = {"email": "owner@shop.example", "query": "[WordPress 2FA : 6.2.4] <b>How</b>?", "phone": ""}
    assert plugin.ask("rest/customer/contact-us", **question) == "Query submitted."
    assert plugin.ask("rest/mobile/get-timestamp").isdigit()
    assert plugin.ask("rest/security/iplookup", ip="10.1.2.3")["ip"] == "10.1.2.3"
    assert status(plugin, "rest/customer/password-reset", email="owner@shop.example") == "SUCCESS"
    assert status(site, "rest/rba/acs", userKey="nobody@shop.example") == "FAILED"


def test_an_old_client_gets_its_answer_whole_and_a_new_one_keeps_its_connection(server: Server, site: Site) -> None:
    body = json.dumps({"username": "nobody@shop.example"})

    def request(version: str) -> bytes:
        head = [f"POST /moas/api/admin/users/get HTTP/{version}", f"Host: localhost:{server.port}"]
        head += [f"{name}: {value}" for name, value in site.headers().items()]
        return "\r\n".join([*head, f"Content-Length: {len(body)}", "", body]).encode()

    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as old, old.makefile("rb") as answer:
        old.sendall(request("1.0"))
        whole = answer.read()
    head, _, rest = whole.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:])
    assert headers["content-length"] == str(len(rest))
    assert "transfer-encoding" not in headers
    assert json.loads(rest)["message"] == "Invalid username or email."

    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as new, new.makefile("rb") as answer:
        for _ in range(2):
            new.sendall(request("1.1"))
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
            lines = [line.lower() for line in iter(answer.readline, b"\r\n")]
            length = next(
                int(line.split(b":")[1]) for line in list(lines) if line.lower().startswith(b"content-length")
            )
            assert json.loads(answer.read(length))["status"] == "FAILED"
