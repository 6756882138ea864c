"""Small calls, and the pages that plugins open in a browser."""

import ipaddress
import time
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import locate
from accounts.limits import Limit
from mfa.compat.miniorange.calling import UNSIGNED, Call, Reply, Stop, endpoint


@endpoint(UNSIGNED)
def iplookup(call: Call) -> Reply:
    """What the local database says of an address; private ones answer themselves."""
    call.limited(Limit("iplookup", call.source.network_prefix, 60, 60))
    text = call.body.needed("ip", most=45)
    try:
        address = ipaddress.ip_address(text)
    except ValueError as error:
        raise Stop("ERROR", "This is no IP address.", "malformed") from error
    reply: Reply = {"status": "SUCCESS", "ip": str(address), "hostname": str(address)}
    place = locate["by"](str(address)) if address.is_global else None
    reply["country"] = place.country if place is not None else ""
    reply["ipDetails"] = ", ".join(part for part in (str(address), reply["country"]) if part)
    return {**reply, "city": "", "region": "", "timezone": "", "message": reply["ipDetails"]}


@endpoint(UNSIGNED, needs_body=False)
def get_timestamp(call: Call) -> HttpResponse:
    """Our time in milliseconds, for clients that doubt their own clock."""
    return HttpResponse(str(int(time.time() * 1000)), content_type="text/plain")


# Where each page that a plugin opens leads to: our page of that purpose
PAGES = {
    "viewtransactions": "mfa_console:sign_ins",
    "viewlicensekeys": "console:limits",
    "initializepayment": "console:limits",
    "admin/customer/smsconfig": "console:limits",
    "admin/customer/showsmstemplate": "console:messages",
    "admin/customer/staticwelcomeemailtemplate": "console:messages",
    "admin/customer/emailtemplateconfiguration": "console:messages",
    "admin/customer/customerrebrandingconfig": "console:settings",
    "admin/customer/customerpreferences": "console:settings",
    "idp/resetpassword": "doors:forgotten",
    "idp/userforgotpassword": "doors:forgotten",
}


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Lead a plugin's link to our page; the page itself asks for sign-in where that is needed."""
    return redirect(reverse(PAGES[name]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Sign in, then go on to a page of ours; a foreign address is dropped. The plugin comes by link or by form.

    Nothing is decided here, so a form from another origin may lead here as a link may.
    """
    given = request.POST if request.method == "POST" else request.GET
    query = {"next": own_path(given.get("redirectUrl", ""))}
    if username := given.get("username", "")[:254]:
        query["username"] = username
    return redirect(f"{reverse('doors:sign_in')}?{urlencode(query)}")


def own_path(target: str) -> str:
    """The path of an address on this server, mapped to our page where a plugin means one; else the dashboard."""
    start = reverse("console:start")
    host = urlsplit(settings.PUBLIC_URL).netloc
    if not target or not url_has_allowed_host_and_scheme(target[:2000], {host}):
        return start
    parts = urlsplit(target[:2000])
    if parts.path.startswith("/moas/"):
        name = parts.path.removeprefix("/moas/").strip("/")
        return reverse(PAGES[name]) if name in PAGES else start
    query = f"?{parts.query}" if parts.query else ""
    own = parts.path.startswith("/") and not parts.path.startswith(("//", "/\\"))
    return f"{parts.path}{query}" if own else start


@require_safe
def image(request: HttpRequest, name: str) -> FileResponse:
    """Every picture that a plugin asks for is our logo; its pages are on other origins."""
    response = FileResponse((settings.BASE_DIR / "static/img/logo.svg").open("rb"), content_type="image/svg+xml")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
