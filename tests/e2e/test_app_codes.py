"""Authenticator apps, enrolled and used by a WordPress site, replaced and taken off."""

import secrets
from base64 import b32encode
from collections.abc import Callable

import pytest

from tests.e2e.person import Person
from tests.e2e.server import Server
from tests.e2e.wordpress import PASSWORD, Site, app_code, forget_steps, set_up_app, status


def enrol_by_our_secret(site: Site, name: str) -> str:
    """The server makes the secret and the person proves it."""
    offered = site.call("api/auth/google-auth-secret", username=name, authenticatorName="Shop")
    assert offered["qrCodeData"]
    proof = {"username": name, "secret": offered["secret"], "authenticatorType": "GOOGLE AUTHENTICATOR"}
    refused = site.call("api/auth/validate-google-auth-secret", otpToken="0", **proof)
    assert (refused["status"], refused["message"]) == ("FAILED", "The OTP you have entered is incorrect.")
    assert status(site, "api/auth/validate-google-auth-secret", otpToken=app_code(offered["secret"]), **proof) == (
        "SUCCESS"
    )
    return str(offered["secret"])


def enrol_by_its_own_secret(site: Site, name: str) -> str:
    """The plugin makes the secret itself, as its newest version does."""
    secret = b32encode(secrets.token_bytes(10)).decode()
    fields = {"username": name, "secret": secret, "authenticatorType": "GOOGLE AUTHENTICATOR"}
    assert status(site, "api/auth/validate-google-auth-secret", otpToken=app_code(secret), **fields) == "SUCCESS"
    return secret


def log_in_by_validate(site: Site, name: str, secret: str, code: str) -> str:
    return status(site, "api/auth/validate", username=name, authType="GOOGLE AUTHENTICATOR", token=code, txId=None)


def log_in_by_secret(site: Site, name: str, secret: str, code: str) -> str:
    return status(site, "api/auth/validate-google-auth-secret", username=name, secret=secret, otpToken=code)


@pytest.mark.requirement("R-04")
@pytest.mark.parametrize("log_in", [log_in_by_validate, log_in_by_secret])
@pytest.mark.parametrize("enrol", [enrol_by_our_secret, enrol_by_its_own_secret])
def test_an_authenticator_app_enrols_and_logs_in_either_way(
    server: Server,
    site: Site,
    name: str,
    enrol: Callable[[Site, str], str],
    log_in: Callable[[Site, str, str, str], str],
) -> None:
    secret = enrol(site, name)
    assert site.call("api/admin/users/get", username=name)["authType"] == "GOOGLE AUTHENTICATOR"
    forget_steps(server, name)
    code = app_code(secret)

    assert log_in(site, name, secret, "000000x") == "FAILED"
    assert log_in(site, name, secret, code) == "SUCCESS"

    for any_way in (log_in_by_validate, log_in_by_secret):
        assert any_way(site, name, secret, code) == "ALREADY_USED"


def test_an_app_set_up_anew_replaces_the_old_one_which_never_comes_back(server: Server, site: Site, name: str) -> None:
    old = enrol_by_our_secret(site, name)
    forget_steps(server, name)
    new = enrol_by_our_secret(site, name)
    forget_steps(server, name)

    assert log_in_by_secret(site, name, old, app_code(old)) == "FAILED"
    assert log_in_by_secret(site, name, new, app_code(new)) == "SUCCESS"
    server.letter(to=name, channel="email", saying="was set up anew")


def test_a_lost_phone_is_taken_off_by_the_owner_and_mail_lets_in(server: Server, site: Site, name: str) -> None:
    secret = enrol_by_its_own_secret(site, name)
    owner = Person(server)
    owner.sign_in("owner@shop.example", PASSWORD)
    if owner.answer.url.path == "/agree/":
        owner.answer_form(agree="on")
    set_up_app(owner)
    owner.open(f"/dashboard/users/?q={name}")
    owner.open(owner.find_link(r"/dashboard/users/[\w-]{22}/"))
    owner.open(owner.find_link(r"/dashboard/users/[\w-]{22}/methods/[\w-]{22}/reset/"))
    owner.answer_form(reason="Lost the phone")

    assert site.call("api/admin/users/get", username=name)["authType"] == "EMAIL"
    server.letter(to=name, saying="Lost the phone")
    forget_steps(server, name)
    assert log_in_by_secret(site, name, secret, app_code(secret)) == "FAILED", "the lost phone binds itself to nothing"
    asked = site.call("api/auth/challenge", username=name, authType="EMAIL")
    code = server.letter(transaction=asked["txId"]).code
    assert status(site, "api/auth/validate", txId=asked["txId"], token=code) == "SUCCESS"
