"""Where a site leads a person with a signed request: checked to the last claim, then a visit of the prompt begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.verbs import people
from mfa.compat.prompt import clients, parameters, tokens
from mfa.compat.prompt.parameters import Malformed
from mfa.compat.prompt.tokens import Refused
from mfa.hosted import prompt_browser, returning, shown_by
from mfa.models import PromptClient, Visit
from mfa.verbs import visiting

PATH = f"{tokens.PATH}authorize"
READ = ("client_id", "response_type", "request", "request_uri", "nonce")
STATE = (16, 1024)
LONGEST_NAME = 255
LONGEST_NONCE = 1024
LONGEST_ADDRESS = 4096


@dataclass(frozen=True)
class Wanted:
    """What a good request asks for."""

    username: str
    return_to: str
    state: str
    nonce: str
    code_parameter: str


class Faulty(Exception):
    """A request of a known client that leads back to one of its addresses, yet cannot be met."""

    def __init__(self, said: str, visit: Visit) -> None:
        super().__init__(said)
        self.visit = visit


@csrf_exempt  # sites post here from their own pages (OIDC Core §3.1.2.1); nothing is decided
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Begin a visit and lead to its page. What is wrong is said on a page of ours, with a way back to a known site."""
    try:
        given = parameters.read(request, READ, from_query=request.method != "POST")
        client = _client(given)
        claims, _secret = tokens.read(given["request"], client)
        wanted = _wanted(claims, given, client)
    except (Malformed, Refused) as error:
        return _refuse(request, str(error))
    except Faulty as fault:
        return _refuse(request, str(fault), fault.visit)
    return _begin(request, client, wanted)


def _client(given: Mapping[str, str]) -> PromptClient:
    if "request_uri" in given or not given.get("request"):
        raise Refused("request")
    client = clients.find(given.get("client_id", ""))
    if client is None:
        raise Refused("client_id")
    return client


def _wanted(claims: Mapping[str, Any], given: Mapping[str, str], client: PromptClient) -> Wanted:
    """The signed claims decide; copies in the query must agree or are ignored (OIDC Core §6.1)."""
    _check_kind(claims, client)
    return_to = claims.get("redirect_uri")
    if not isinstance(return_to, str) or not is_registered(return_to, client):
        raise Refused("redirect_uri")
    state = claims.get("state")
    good_state = state if isinstance(state, str) and STATE[0] <= len(state) <= STATE[1] else ""
    back = Visit(client=client, return_to=return_to, client_state=good_state, site=client.site)
    back.customer = client.customer
    if not good_state:
        raise Faulty("state", back)
    name = claims.get("duo_uname")
    if not isinstance(name, str) or not name.strip() or len(name) > LONGEST_NAME:
        raise Faulty("duo_uname", back)
    nonce = claims.get("nonce", given.get("nonce", ""))
    if not isinstance(nonce, str) or len(nonce) > LONGEST_NONCE:
        raise Faulty("nonce", back)
    if claims.get("response_type") != "code" or given.get("response_type", "code") != "code":
        raise Faulty("response_type", back)
    scope = claims.get("scope")
    if not isinstance(scope, str) or "openid" not in scope.split():
        raise Faulty("scope", back)
    return Wanted(name, return_to, good_state, nonce, _code_parameter(claims))


def _check_kind(claims: Mapping[str, Any], client: PromptClient) -> None:
    """A request, by this client, for us: no assertion has no `sub`, and none of ours is issued by the client."""
    if claims.get("client_id") != client.client_id or "sub" in claims:
        raise Refused("not a request of this client")
    if claims.get("iss", client.client_id) != client.client_id:
        raise Refused("iss")
    if "aud" in claims and not tokens.is_ours(tokens.audience(claims), "", PATH):  # C# says the endpoint, Java nothing
        raise Refused("aud")


def is_registered(return_to: str, client: PromptClient) -> bool:
    """Whether a site may have people led there: the exact address, or one marked for any query (RFC 9700 §2.1)."""
    if len(return_to) > LONGEST_ADDRESS or not return_to.isascii() or not return_to.isprintable():
        return False
    if any(char in return_to for char in ' #\\"<>'):
        return False
    bare = return_to.partition("?")[0]
    return any(
        return_to == entry["uri"] or (entry["any_query"] and bare == entry["uri"].partition("?")[0])
        for entry in client.redirects
    )


def _code_parameter(claims: Mapping[str, Any]) -> str:
    """Python asks for `duo_code` by a true, C# by a text; its default is to say nothing."""
    wanted = claims.get("use_duo_code_attribute")
    return "duo_code" if wanted is True or (isinstance(wanted, str) and wanted.lower() == "true") else "code"


def _begin(request: HttpRequest, client: PromptClient, wanted: Wanted) -> HttpResponse:
    browser = prompt_browser.of(request)
    visit = visiting.open_visit(
        client.customer,
        people.find_user(client.customer, wanted.username),
        browser,
        site=client.site,
        client=client,
        username=wanted.username,
        return_to=wanted.return_to,
        client_state=wanted.state,
        nonce=wanted.nonce,
        code_parameter=wanted.code_parameter,
        shown=shown_by.browser(request),
    )
    response = returning.see_other(reverse("prompt:show", args=[visit.public_id]))
    return prompt_browser.keep(response, browser)


def _refuse(request: HttpRequest, said: str, visit: Visit | None = None) -> HttpResponse:
    """Our own page. A way back only where the client and the address are known to be good."""
    back = returning.address(visit, error="invalid_request", error_description=said) if visit is not None else ""
    where = visit.site.name if visit is not None and visit.site is not None else ""
    context = {"said": said, "back_url": back, "where": where, "host": urlsplit(back).netloc}
    return render(request, "hosted/prompt/refused.html", context, status=400)
