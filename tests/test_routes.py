"""Every route against everybody who may come: what each is answered, and that looking changes nothing."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AuditRecord, Disclosure, PersonKey, Role, User
from accounts.roles import may
from mfa.api.base import ApiView
from mfa.compat.miniorange.calling import PUBLIC, SIGNED
from tests.factories import ApiKeyFactory
from tests.mfa.compat.plugin import PUBLIC as PUBLISHED
from tests.mfa.compat.plugin import UNSIGNED, Plugin
from tests.routes.walking import Route, routes
from tests.routes.world import OUTSIDE, WHO, World, rows

pytestmark = pytest.mark.django_db

# What a GET is answered where the rule of a face does not tell
OPEN_TO_ALL = {
    **dict.fromkeys(
        (
            "front",
            "about",
            "terms",
            "data_processing",
            "privacy",
            "alive",
            "api:documents",
            "api:docs",
            "api:schema",
            "doors:forgotten",
        ),
        200,
    ),
    "api:docs_part": 200,
    "link": 302,
    "link_page": 410,
    "set_language": 302,
    "ready": 503,  # no worker runs beside the tests
    **dict.fromkeys(("privacy:who", "privacy:who_embed", "privacy_changes"), 200),
    "privacy_version": 404,
    "rights:package": 302,
    "rights:download": 302,
    "rights:choice_receipt": 302,
    **dict.fromkeys(("rights:from_site", "rights:from_program"), 410),
    **dict.fromkeys(
        ("rights:home", "rights:ask", "rights:request", "rights:prove", "rights:verify", "rights:package"), 302
    ),
    "privacy:terms": 404,  # none are published
    "privacy:agree": 410,
    "privacy:news_stop": 404,
    **dict.fromkeys(("privacy:agreement", "privacy:receipt", "privacy:erasure", "privacy:erasure_file"), 404),
    **dict.fromkeys(("privacy:verify", "privacy:receipt_keys"), 200),
    **dict.fromkeys(("doors:demo", "doors:demo_code", "doors:mailbox"), 404),  # this is no demo
}
# The persons' own pages, for who came without the session that opens them: their door, and all else leads to it
OWN_PAGES = {
    **dict.fromkeys(("privacy:data_seen", "privacy:data_withdraw", "privacy:let_look", "privacy:end_look"), 405),
    **dict.fromkeys(("me:home", "me:enter", "me:lost"), 200),
    **dict.fromkeys(("me:leave", "me:lost_cancel", "me:language", "me:risk_keep"), 405),
    **dict.fromkeys(("me:device_forget", "me:devices_forget", "me:session_end", "me:sessions_end"), 405),
}
# A stranger, somebody half signed in, somebody signed in
DOORS = {
    "doors:register": (200, 200, 302),
    "doors:sign_in": (200, 200, 302),
    "doors:code": (302, 200, 302),
    "doors:agree": (302, 302, 302),
    "doors:confirm": (302, 302, 200),
    "doors:factor": (302, 302, 200),
    "doors:put_off": (302, 302, 302),
    "doors:passkey": (302, 302, 302),
    "doors:factor_one": (302, 302, 404),
    "doors:factor_remove": (302, 302, 404),
    "privacy_console:mine": (302, 302, 200),
    "privacy_console:choice_receipt": (302, 302, 404),
    "privacy_console:mine_ask": (302, 302, 200),
    **dict.fromkeys(("privacy_console:mine_copy", "privacy_console:mine_download"), (302, 302, 404)),
    "console:account": (302, 302, 200),
    "console:account_password": (302, 302, 200),
    "console:account_email": (302, 302, 200),
}
# They act at once and so take a POST alone
POST_ONLY = {
    *("doors:sign_out", "console:account_session_end", "console:account_sessions_end", "console:switch"),
    *("console:send_test", "console:confirm_again", "console:ticket_close", "api:customers"),
    *("console:test_enter", "console:test_leave", "console:webhook_switch", "console:webhook_test"),
    "console:webhook_replay",
    *("console:close_keep", "console:close_stop_keys", "privacy_console:terms_stop", "privacy_console:seen"),
    *("privacy_console:mine_cancel", "rights:cancel", "site_jobs:fetch", "site_jobs:answer"),
    *("privacy_console:choose", "rights:choose", "rights:vouch"),
    "privacy_console:returns_seen",
    "privacy_console:bring_back",
    *("console:ticket_leave_end", "console:ticket_screen", "admin:accounts_user_unmask"),
    "admin:privacy_measure_act",
}
# Who may open the page is sent on
SENT_ON = {
    *(
        "console:users_delete",
        "console:user_enable",
        "console:group_move",
        "console:ticket_leave",
        "privacy_console:terms_publish",
        "mfa_console:prompt_make",
    ),
}
# Looking leaves a record of who looked
RECORDED = {
    "console:user",
    "admin:accounts_user_change",
    "console:keys",
    "console:audit_export",
    "mfa_console:export",
    "admin:accounts_auditrecord_change",
}
# Staff's pages that belong to no model
STAFF = {
    "admin:index": 200,
    "admin:app_list": 200,
    "admin:jsi18n": 200,
    "admin:accounts_message_test": 200,
    "admin:privacy_setaside_forecast": 200,
    "admin:accounts_ticket_trends": 200,
    "admin:privacy_measure_figures": 200,
    "admin:password_change": 302,
    "admin:password_change_done": 200,
    "admin:autocomplete": 403,
    "admin:view_on_site": 404,
    "staff/(?P<url>.*)": 404,
}


def expected(route: Route, who: str) -> int:
    """The status of a GET. Raises LookupError for a route that no rule speaks of."""
    name = str(route)
    if name in OPEN_TO_ALL:
        return OPEN_TO_ALL[name]
    is_shut = route.pattern.startswith("staff/") and who != "staff"  # the door comes before the method
    if (name in POST_ONLY and not is_shut) or hasattr(route.view, "who"):
        return 405
    if name in DOORS or name in OWN_PAGES or name.startswith(("me:", "privacy:data")):
        return of_door(name, who)
    if hasattr(route.view, "cls") and issubclass(route.view.cls, ApiView):
        return 401  # whoever has a cookie and no token
    if route.pattern.startswith(("p/", "oauth/v1/", "moas/")):
        return of_sites_people(route)
    if route.pattern.startswith("staff/"):
        return of_staff(route, who)
    if hasattr(route.view, "right"):
        return of_dashboard(route, who)
    raise LookupError(f"no rule speaks of {route.pattern}")


def of_sites_people(route: Route) -> int:
    """What sites call, and where they lead people: visits that belong to another browser."""
    if route.pattern.startswith("p/"):
        return 404
    if route.pattern.startswith("oauth/v1/"):
        return 400 if str(route) == "prompt_clients:authorize" else 405
    return 200 if str(route) == "moas:image" else 302


def of_door(name: str, who: str) -> int:
    if name not in DOORS:
        return OWN_PAGES.get(name, 302)
    return DOORS[name][OUTSIDE.index(who) if who in OUTSIDE else 2]


def of_dashboard(route: Route, who: str) -> int:
    """Signed out: to the door. No member: refused. Not one's own: not there. A member: as the matrix says."""
    if who in OUTSIDE:
        return 302
    if who.startswith("staff"):
        return 403
    if who == "another customer's owner" and route.arguments:
        return 404
    if who == "another customer's owner":
        who = str(Role.OWNER)
    if not may(who, route.view.right):  # type: ignore[attr-defined]
        return 403
    return 302 if str(route) in SENT_ON else 200


def of_staff(route: Route, who: str) -> int:
    """Everybody but staff with a proven code: to the door. Staff: as each model's admin allows."""
    name = str(route)
    if name == "admin:login" and who not in (*OUTSIDE, "staff", "staff without a code"):
        return 403  # signed in, and no staff
    if who != "staff" or name in {"admin:login", "admin:logout"}:
        return 302
    return STAFF[name] if name in STAFF else of_model(route)


def of_model(route: Route) -> int:
    """The status that one page of a model's admin has for staff."""
    if str(route) == route.pattern and route.pattern.endswith("/<path:object_id>/"):
        return 302  # an older address of the page where an object is changed
    model, page = route.name.rpartition("_")[0].partition("_")[2], route.name.rpartition("_")[2]
    shown: Any = next(one for found, one in admin.site._registry.items() if found._meta.model_name == model)
    request = HttpRequest()
    request.user = User(is_staff=True)
    allowed = {
        "changelist": shown.has_view_permission(request),
        "change": shown.has_view_permission(request),
        "add": shown.has_add_permission(request),
        "delete": shown.has_delete_permission(request),
        "history": True,
    }
    if page == "history":
        return 302  # the trail has it
    return 200 if allowed[page] else 403


@pytest.fixture
def world() -> World:
    return World.build()


@pytest.mark.product("shown-3")
@pytest.mark.requirement("R-07", "R-35")
@pytest.mark.promise("S10")
@pytest.mark.parametrize("who", WHO)
def test_everybody_sees_what_is_theirs_and_changes_nothing_by_looking(world, who):
    client = WHO[who](world)
    wrong = []
    for route, response, changed in walked(world, client.get, routes()):
        if response.status_code != expected(route, who):
            wrong.append((str(route), response.status_code, f"not {expected(route, who)}"))
        if changed - ({AuditRecord, Disclosure, PersonKey} if str(route) in RECORDED else set()):
            wrong.append((str(route), "changed", changed))
    assert not wrong


@pytest.mark.promise("S10")
@pytest.mark.parametrize("who", WHO)
def test_who_may_not_look_may_not_act_either(world, who):
    client = WHO[who](world)
    refused = {route: status for route in routes() if (status := refusal(route, who)) is not None}
    wrong = []
    for route, response, changed in walked(world, lambda path: client.post(path, ANSWERS), refused):
        if response.status_code not in {refused[route], 405} or changed:
            wrong.append((str(route), response.status_code, f"not {refused[route]}", changed))
    assert not wrong


ANSWERS = {"reason": "x", "hours": "4", "role": "owner", "answer": "allow", "agree": "on", "email": "a@b.example"}


def walked(
    world: World, request: Callable[[str], Any], chosen: Iterable[Route]
) -> Iterator[tuple[Route, Any, set[type]]]:
    """Each route with its response, and the models whose rows changed meanwhile."""
    was = rows()
    for route in chosen:
        response = request(route.path(world.arguments(route.name)))
        response.getvalue()  # a file that is streamed is made only now
        now = rows()
        yield route, response, {model for model in now if now[model] != was[model]}
        was = now


def refusal(route: Route, who: str) -> int | None:
    """The status of a POST by who may not make it; None where they may, or where its own tests try it."""
    if hasattr(route.view, "right"):
        status = of_dashboard(route, who)
        return status if who in OUTSIDE or status in {403, 404} else None
    if str(route).startswith("console:account") and who in OUTSIDE:
        return 302
    if str(route) == "console:account_session_end":
        return 404  # a colleague's
    if route.pattern.startswith("p/"):
        return 404
    if route.pattern.startswith("staff/") and who != "staff" and str(route) not in {"admin:login", "admin:logout"}:
        return 302
    return None


def calls() -> list[Route]:
    """The dialect's API."""
    return [route for route in routes() if hasattr(route.view, "who")]


@pytest.mark.parametrize("route", calls(), ids=str)
def test_a_call_that_needs_a_sites_key_is_refused_to_all_others(world, route):
    path, who = route.pattern.removeprefix("moas/"), route.view.who
    body = {"username": world.user.username, "txId": world.transaction.public_id, "email": "who@else.example"}
    before = rows()
    if who == (SIGNED,):
        refused = [Plugin(*PUBLISHED), Plugin(str(world.customer.number), "not the key of this customer")]
        for plugin in refused:
            assert plugin.post(path, body=body)["status"] == "ERROR"
            assert plugin.answer.status_code == 401
    if (SIGNED in who and PUBLIC not in who) or who == (PUBLIC,):
        unsigned = Plugin(*PUBLISHED)
        answer = unsigned.post(path, body=body, headers=UNSIGNED)
        assert answer["status"] in ({"ERROR"} if len(who) == 1 else {"FAILED"})
    assert rows() == before


@pytest.mark.requirement("R-07")
@pytest.mark.promise("S10")
@pytest.mark.parametrize("route", calls(), ids=str)
def test_another_customers_site_reaches_nothing_of_ours(world, route):
    other = Plugin.of(ApiKeyFactory())
    body = {
        "username": world.user.username,
        "txId": world.transaction.public_id,
        "authType": "EMAIL",
        "token": "123456",
        "secret": "JBSWY3DPEHPK3PXP",
        "otpToken": "123456",
    }
    before = rows(world.customer)
    other.post(route.pattern.removeprefix("moas/"), body=body)

    assert rows(world.customer) == before
    assert other.answer.status_code in {200, 400, 401}
    for secret in (world.user.email.encode()[6:], b"91234567", world.key.secret.encode()):
        assert secret not in other.answer.content.replace(world.user.username.encode(), b"")


def test_every_route_has_a_rule():
    for route in routes():
        for who in WHO:
            assert expected(route, who)
