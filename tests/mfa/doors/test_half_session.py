"""A session that has given the password and no code opens no page (security.md S8)."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories import AuthenticatorFactory, StaffFactory, member
from tests.mfa.doors.help import sign_in

OPEN = {
    "", "about/", "terms/", "data-processing/", "privacy/", "privacy/changes/", "register/", "sign-in/",
    "sign-in/code/", "forgotten/", "sign-out/", "l/", "i18n/setlang/", "healthz", "readyz",
}  # fmt: skip
ELSEWHERE = (
    "moas/",
    "l/<",
    "demo/",
    "api/",
    "oauth/",
    "p/",
    "agree/<",
    "receipts/",
)  # open to everybody by their own rules, with no session read


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def paths():
    """An address for every route that is not open to everybody."""
    for route in sorted(set(patterns(get_resolver()))):
        if route not in OPEN and not route.startswith(ELSEWHERE):
            yield route


def filled(route):
    import re

    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]+>", "x", route)


@pytest.mark.product("customer-17")
@pytest.mark.promise("S8")
@pytest.mark.django_db
@pytest.mark.parametrize("staff", [False, True])
def test_it_opens_no_route(client, staff):
    user = StaffFactory() if staff else member()
    AuthenticatorFactory(user=user)
    sign_in(client, user)
    assert "half" in client.session

    walked = 0
    for route in paths():
        for response in (client.get(filled(route)), client.post(filled(route), {})):
            away = response.status_code == 302 and any(
                response["Location"].startswith(door) for door in ("/sign-in/", "/confirm/", "/staff/login/", "/staff/")
            )
            assert away or response.status_code in {403, 404, 405}, (route, response.status_code, response.headers)
            walked += 1
    assert walked > 60
    assert "_auth_user_id" not in client.session
