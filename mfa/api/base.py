"""What every call of the native API shares: who calls, what they may, how often, and how a body is read."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import audit, limits
from accounts.audit import Actor
from accounts.http import KumquatRequest
from accounts.limits import MINUTE, Limit
from accounts.models import ApiToken, Customer, Site, User
from accounts.scopes import LABELS, Scope
from accounts.strict_json import LONGEST
from accounts.verbs import tokens
from accounts.verbs.people import end_users
from mfa.api import idempotency
from mfa.api.problems import Problem
from mfa.api.wire import Json

STRANGERS = 60  # calls a minute without a token that works, from one network


class Bearer(BaseAuthentication):
    """`Authorization: Bearer kq_…`. Whatever is wrong with a token is answered alike."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "")[:200].partition(" ")
        token = tokens.find_token(text.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            _count_stranger(request)
            raise exceptions.NotAuthenticated
        tokens.note_use(token)
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _count_stranger(request: Request) -> None:
    source = cast(KumquatRequest, request._request).source
    over = limits.hit([Limit("api stranger", source.network_prefix, STRANGERS, MINUTE)])
    if over is not None:
        raise Problem("limited", wait=over.wait)


class HasScope(BasePermission):
    """The token was made for what this call does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = cast(ApiToken, request.auth)
        if tokens.is_suspended(token):
            raise Problem("suspended")
        needed = view.scopes.get(cast(str, request.method).lower())
        if needed is None or needed in token.scopes:
            return True  # a method that the view lacks is answered 405
        words = _("This token was not made to do that. It needs the scope %(scope)s (%(words)s).")
        raise Problem("forbidden", words % {"scope": needed, "words": LABELS[needed]}, scope=str(needed))


class ByToken(BaseThrottle):
    """So many calls a minute for each token."""

    def allow_request(self, request: Request, view: Any) -> bool:
        token = cast(ApiToken, request.auth)
        over = limits.hit([Limit("api token", str(token.pk), settings.API_TOKEN_MINUTE, MINUTE)])
        self.seconds = over.wait if over else 0
        return over is None

    def wait(self) -> float:
        return float(self.seconds)


class ApiView(APIView):
    """A call by a token. `scopes` says for each method what the token must have been made for.

    A POST that is not `repeatable` may carry an Idempotency-Key: then it and its answer are one, and asking again
    repeats the answer.
    """

    authentication_classes = [Bearer]
    permission_classes = [HasScope]
    throttle_classes = [ByToken]
    parser_classes = [Json]
    scopes: ClassVar[dict[str, Scope]] = {}
    repeatable: ClassVar[bool] = False
    longest: ClassVar[int] = LONGEST  # characters of a text
    afterwards: Callable[[], None] | None = None  # what is written even when the call is refused

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = self._dispatch(request, *args, **kwargs)
        if self.afterwards is not None:
            self.afterwards()
        return response

    def _dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get(idempotency.HEADER)
        if key is None or request.method != "POST" or self.repeatable:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and not self.repeatable:
            self.again = idempotency.begin(request, self.token)
            if self.again is not None and self.again.answer is not None:
                repeated = self.again.answer
                # What was said once is said again, whatever the call would do now
                self.post = lambda *_args, **_kwargs: repeated

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        again = getattr(self, "again", None)
        if again is not None and again.answer is None and isinstance(response, Response) and final.status_code < 400:
            idempotency.keep(again, self.token, final)
        return final

    @property
    def token(self) -> ApiToken:
        return cast(ApiToken, self.request.auth)

    @property
    def customer(self) -> Customer:
        return self.token.customer

    @property
    def by(self) -> Actor:
        return audit.token(self.token, cast(KumquatRequest, self.request._request).source)

    def user(self, public_id: str) -> User:
        """The customer's living end user of this id. Members, staff and everybody else's are not found."""
        found = end_users(self.customer).filter(public_id=public_id).first()
        if found is None:
            raise exceptions.NotFound
        found.customer = self.customer
        return found

    def site(self, public_id: str = "") -> Site | None:
        """The site that a call is for: the token's own, or the one it names."""
        if self.token.site is not None:
            if public_id and public_id != self.token.site.public_id:
                raise Problem("not_usable", errors=[{"field": "site", "message": _("This token is for another site.")}])
            return self.token.site
        if not public_id:
            return None
        found = Site.objects.filter(customer=self.customer, public_id=public_id, archived_at=None).first()
        if found is None:
            raise Problem("not_usable", errors=[{"field": "site", "message": _("You have no such site.")}])
        found.customer = self.customer
        return found
