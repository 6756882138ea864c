"""The way back to the site: the address with what the site is told, and the origin that a form may lead to."""

from urllib.parse import quote, urlsplit

from django.http import HttpResponse

from mfa.models import Visit
from mfa.verbs import redeeming


def to_site(visit: Visit) -> HttpResponse | None:
    """Back to the site with a code, by 303, so that no browser posts the proof there (RFC 9700 §4.12).

    None when the visit's code was used, or it is too late for one.
    """
    code = redeeming.issue(visit)
    return see_other(address(visit, **{visit.code_parameter: code})) if code is not None else None


def refused(visit: Visit, said: str) -> str:
    """The address that tells the site that nobody was let in."""
    return address(visit, error="access_denied", error_description=said)


def address(visit: Visit, **told: str) -> str:
    """The site's address, its own query kept, with more in it. `state` goes back to the letter, as UTF-8."""
    if visit.client_state:
        told["state"] = visit.client_state
    joint = "&" if urlsplit(visit.return_to).query else "" if visit.return_to.endswith("?") else "?"
    return visit.return_to + joint + "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())


def see_other(url: str) -> HttpResponse:
    """A redirect that is fetched by GET, to an address that the caller has checked."""
    response = HttpResponse(status=303)
    response.headers["Location"] = url
    return response


def origin(url: str) -> str:
    """The scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def lets_lead_to(response: HttpResponse, url: str) -> HttpResponse:
    """Let the forms of this page lead to the site: Chrome checks the redirect after a form (security.md §6)."""
    found = origin(url)
    if found:
        response._csp_update = {"form-action": [found]}  # type: ignore[attr-defined]  # as django-csp's decorator does
    return response
