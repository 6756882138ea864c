"""The page that connects a site, its live check, and what a site installs, with this server's address in it."""

import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import calls
from accounts.calls import Call
from accounts.console.access import dashboard
from accounts.console.listing import figure
from accounts.console.sites import site_context, site_of
from accounts.http import KumquatRequest
from accounts.models import ApiKey, Site
from accounts.roles import Right

DROP_IN = settings.BASE_DIR / "integrations" / "wordpress" / "kumquat-connect.php"
PLUGIN = DROP_IN.parent / "kumquat"
PLACEHOLDER = "__KUMQUAT_URL__"
UNSIGNED = {"clock", "key", "customer", "missing", "malformed"}  # reasons that lie in the connection, not in a person
CHANGES_MODE = [6, 0, 8]  # the first version of the plugin whose mode the drop-in changes
POLLS = 200  # ten minutes at one in three seconds: a forgotten tab must not keep its session alive for ever


@dashboard(Right.SEE)
def connect(request: KumquatRequest, public_id: str) -> HttpResponse:
    """The four steps of connecting a site, and how far it has come."""
    site = site_of(request.customer, public_id)
    context = site_context(request, site, "connect") | _live(request, site, polls=0) | {"steps": _steps(site)}
    context |= {"server": settings.PUBLIC_URL, "by_hand": _by_hand(), "email": request.membership.user.email}
    return render(request, "console/connect.html", context)


@dashboard(Right.SEE)
def live(request: KumquatRequest, public_id: str) -> HttpResponse:
    """The live check alone, as the page asks for it every three seconds."""
    site = site_of(request.customer, public_id)
    said = request.GET.get("n", "")
    polls = int(said) if said.isascii() and said.isdigit() and len(said) < 5 else POLLS
    return render(request, "console/connect_poll.html", _live(request, site, polls))


@require_safe
@dashboard(Right.SEE)
def connector(request: KumquatRequest) -> HttpResponse:
    """The drop-in for wp-content/mu-plugins, with this server's address in it."""
    answer = HttpResponse(drop_in(), content_type="application/x-php; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{DROP_IN.name}"'
    return answer


@require_safe
@dashboard(Right.SEE)
def plugin(request: KumquatRequest) -> HttpResponse:
    """Our plugin for WordPress as WordPress takes it: a zip, with the drop-in in it and this server's address."""
    answer = HttpResponse(packed(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{PLUGIN.name}.zip"'
    return answer


def drop_in() -> str:
    """The drop-in's text with this server's address, as PHP wants it between single quotes."""
    address = settings.PUBLIC_URL.replace("\\", "\\\\").replace("'", "\\'")
    return DROP_IN.read_text().replace(PLACEHOLDER, address)


def packed() -> bytes:
    """The plugin's files, packed: the same bytes for the same version and address."""
    files = {path.relative_to(PLUGIN.parent): path.read_bytes() for path in PLUGIN.rglob("*") if path.is_file()}
    files[Path(PLUGIN.name, "includes", DROP_IN.name)] = drop_in().encode()
    files[Path(PLUGIN.name, "LICENSE")] = (PLUGIN.parent / "LICENSE").read_bytes()
    packet = io.BytesIO()
    with zipfile.ZipFile(packet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name.as_posix()), files[name], zipfile.ZIP_DEFLATED)
    return packet.getvalue()


def _live(request: KumquatRequest, site: Site, polls: int) -> dict[str, Any]:
    """What the live check shows: the checks, the last calls, and calls whose key fitted no site."""
    recent, strays = calls.recent(site), calls.recent_unmatched(request.customer)
    is_newer = strays and (not recent or strays[0].at > recent[0].at)
    key = ApiKey.objects.filter(site=site, retires_at=None, revoked_at=None).first()
    return {
        "site": site,
        "ending": key.ending if key else "",
        "number": request.customer.number,
        "checks": _checks(site, recent, strays[0] if is_newer else None),
        "calls": recent,
        "strays": strays,
        "polls": polls + 1,
        "is_listening": polls < POLLS and site.archived_at is None,
    }


def _steps(site: Site) -> dict[str, str]:
    """Which of the four steps is done, and which is the one to do now."""
    reached = site.connected_at is not None
    done = {"plugin": bool(site.plugin_version) or reached, "point": bool(site.connector_version) or reached}
    done |= {"sign_in": reached}
    now = next((name for name, is_done in done.items() if not is_done), "try")
    return {name: "step--done" if done.get(name) else "step--now" if name == now else "" for name in (*done, "try")}


def _checks(site: Site, recent: list[Call], stray: Call | None) -> list[dict[str, Any]]:
    """The live checks: each a state, a title and what to do about it."""
    newest = next((call for call in recent if call.connector), None)  # beat writes it to the site's row a minute later
    version, mode = (newest.connector, newest.mode) if newest else (site.connector_version, site.mode)
    plugin = newest.plugin if newest else site.plugin_version
    return [
        _reached(site, recent, stray),
        _signed(site, recent, stray),
        _drop_in(site, version),
        _mode(mode, plugin, site.users_on_site),
        _tried(recent),
    ]


def _reached(site: Site, recent: list[Call], stray: Call | None) -> dict[str, Any]:
    if recent or site.connected_at:
        took = _("%(ms)s ms") % {"ms": figure(recent[0].milliseconds)} if recent else ""
        return {"state": "good", "title": _("Your site reaches us"), "figure": took}
    if stray:
        text = _("A call came under your customer key, but with a key that fits none of your sites.")
        return {"state": "warn", "title": _("Someone reaches us, but not as this site"), "text": text}
    text = _("Waiting for step 3. If the file of step 2 is in place, Tools, Kumquat in WordPress says what holds it.")
    return {"state": "wait", "title": _("Nothing from your site yet"), "text": text}


def _signed(site: Site, recent: list[Call], stray: Call | None) -> dict[str, Any]:
    if stray:
        return {"state": "bad", "title": _("The newest call fits no key of yours"), "text": stray.words}
    if recent and not recent[0].ok and recent[0].reason in UNSIGNED:
        return {"state": "bad", "title": _("The last call was refused"), "text": recent[0].words}
    if site.connected_at:
        text = _("Your key, and a clock that agrees with ours")
        return {"state": "good", "title": _("The signature is right"), "text": text}
    return {"state": "wait", "title": _("No signed call yet"), "text": _("Waiting for step 3")}


def _drop_in(site: Site, version: str) -> dict[str, Any]:
    if version:
        return {"state": "good", "title": _("The drop-in works on your site"), "figure": version}
    if site.connected_at:
        text = _("Without it the plugin trusts any server that answers in our name. With the file of step 2 it checks.")
        return {"state": "warn", "title": _("Certificate checks are off"), "text": text}
    return {"state": "wait", "title": _("Drop-in not seen yet"), "text": _("Waiting for step 2")}


def _mode(mode: str, plugin: str, users_on_site: int | None) -> dict[str, Any]:
    if mode == Site.Mode.CLOUD:
        return {"state": "good", "title": _("This server asks for the second factor")}
    if mode == Site.Mode.ON_SITE:
        title = _("The plugin still asks for it on the site itself")
        old = _("Plugins older than 6.0.8 keep their own mode, whoever is enrolled. Update yours: it is %(version)s.")
        text = old % {"version": plugin} if _is_old(plugin) else _on_site(users_on_site)
        return {"state": "warn", "title": title, "text": text}
    return {"state": "wait", "title": _("Who asks for the second factor is not known yet")}


def _is_old(plugin: str) -> bool:
    """Whether the plugin keeps its users where the drop-in cannot mark them. What is no version is not."""
    parts = plugin.split(".")[:3]
    return bool(plugin) and all(part.isdigit() for part in parts) and [int(part) for part in parts] < CHANGES_MODE


def _on_site(users: int | None) -> str:
    if users is None:
        return _(
            "Whether anybody is enrolled there is not known. In WordPress, Tools, Kumquat says why the mode stays."
        )
    if not users:
        return _("Nobody is enrolled there, so it can change: put the file of step 2 in place.")
    return ngettext(
        "%(n)s person is enrolled there, and nobody may be locked out by connecting. The mode changes by itself once "
        "that person has enrolled here or was taken off the plugin’s list.",
        "%(n)s people are enrolled there, and nobody may be locked out by connecting. The mode changes by itself once "
        "all of them have enrolled here or were taken off the plugin’s list.",
        users,
    ) % {"n": figure(users)}


def _tried(recent: list[Call]) -> dict[str, Any]:
    if any(call.ok and "/auth/" in call.path for call in recent):
        return {"state": "good", "title": _("A sign-in was seen")}
    return {"state": "wait", "title": _("No sign-in seen yet"), "text": _("Waiting for step 4")}


def _by_hand() -> str:
    """What to put into wp-config.php instead of the drop-in."""
    return f"define( 'MO_HOST_NAME', '{settings.PUBLIC_URL}' );"
