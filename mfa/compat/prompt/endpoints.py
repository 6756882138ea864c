"""The calls that sites make themselves: is the prompt well, and what a code stands for."""

import secrets
import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mfa.compat.prompt import claims, clients, parameters, tokens
from mfa.compat.prompt.parameters import Malformed
from mfa.compat.prompt.tokens import Refused
from mfa.verbs import redeeming

HEALTH, TOKEN = f"{tokens.PATH}health_check", f"{tokens.PATH}token"
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
INVALID_CLIENT = 40002  # the number that clients show beside "invalid_client"
MISSING = 40001
ASSERTION = ("client_id", "client_assertion")
EXCHANGE = (*ASSERTION, "client_assertion_type", "grant_type", "code", "redirect_uri")


@csrf_exempt
@require_POST
def health_check(request: HttpRequest) -> HttpResponse:
    """OK for a client with the right secret, else FAIL, at 200, which all clients read (prompt-protocol §3).

    Every sign-in begins with it, from the site's own address, so no limit counts it: a site that fails open would let
    people in without a second factor.
    """
    try:
        clients.authenticated(parameters.read(request, ASSERTION), HEALTH)
    except Malformed as error:
        return _fail(MISSING, "invalid_request", str(error))
    except Refused as error:
        return _fail(INVALID_CLIENT, "invalid_client", f"The client could not be authenticated: {error}.")
    return JsonResponse({"stat": "OK", "response": {"timestamp": int(time.time())}})


def _fail(code: int, message: str, detail: str) -> JsonResponse:
    told = {"code": code, "message": message, "message_detail": detail, "timestamp": int(time.time())}
    return JsonResponse({"stat": "FAIL", **told})


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """What a code stands for, once, signed. Whoever cannot prove to be the client spends no code."""
    try:
        given = parameters.read(request, EXCHANGE)
        caller = clients.authenticated(given, TOKEN)
    except Malformed as error:
        return _error(400, "invalid_request", str(error))
    except Refused as error:
        return _error(401, "invalid_client", f"The client could not be authenticated: {error}.")
    if given.get("client_assertion_type", BEARER) != BEARER:
        return _error(400, "invalid_request", "client_assertion_type")
    if given.get("grant_type") != "authorization_code":
        return _error(400, "unsupported_grant_type", "Only authorization_code is.")
    visit = redeeming.redeem(caller.client, given.get("code", ""), given.get("redirect_uri", ""))
    if visit is None:
        text = "The code is unknown, used, too old, or belongs to another client or another redirect_uri."
        return _error(400, "invalid_grant", text)
    return _no_store(
        JsonResponse(
            {
                "id_token": tokens.signed(claims.of(visit, caller), caller.secret),
                "access_token": secrets.token_urlsafe(24),  # opens nothing: clients insist that there is one
                "token_type": "Bearer",
                "expires_in": claims.LASTS,
            }
        )
    )


def _error(status: int, error: str, description: str) -> JsonResponse:
    return _no_store(JsonResponse({"error": error, "error_description": description}, status=status))


def _no_store(response: JsonResponse) -> JsonResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response
