"""What a user proves themselves with: listed, named, suspended, taken up again, removed. No secret, ever."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import names
from accounts.assurance import Assurance
from accounts.models import User
from accounts.scopes import Scope
from mfa import verbs
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import WORTH, Line
from mfa.contract import METHODS
from mfa.models import Authenticator
from mfa.verbs.owning import LONGEST_NAME

PHONE = {
    "id": "k2y0l9sQTaqvJq0mJ0l6pQ",
    "method": next(iter(METHODS), ""),
    "label": "Authenticator app",
    "name": "My phone",
    "address": "",
    "state": "active",
    "assurance": "aal2",
    "uses_left": None,
    "expires_at": None,
    "created_at": "2026-11-24T08:00:00Z",
    "last_used_at": "2026-11-24T08:30:00Z",
}


@extend_schema_serializer(examples=[OpenApiExample("An authenticator", PHONE, response_only=True)])
class AuthenticatorOut(serializers.Serializer[Authenticator]):
    """One method that a user has."""

    id = serializers.CharField(source="public_id")
    method = serializers.CharField(help_text="The method’s key.")
    label = serializers.SerializerMethodField(  # type: ignore[assignment]  # the member's name in the answer
        help_text="What the method is called, in the language asked for."
    )
    name = serializers.CharField(allow_blank=True, help_text="The name that the person knows it by.")
    address = serializers.SerializerMethodField(help_text="Masked; empty where there is none.")
    state = serializers.SerializerMethodField(
        help_text="active, pending (not proved yet), suspended, off (a hundred wrong answers) or ended."
    )
    assurance = serializers.SerializerMethodField(help_text="What a proof by it is worth (NIST SP 800-63B).")
    uses_left = serializers.IntegerField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)

    def get_label(self, one: Authenticator) -> str:
        method = METHODS.get(one.method)
        return str(method.label) if method else one.method

    def get_address(self, one: Authenticator) -> str:
        return " ".join(names.mask(part) for part in (one.address or "").split())

    def get_state(self, one: Authenticator) -> str:
        if one.off_at:
            return "off"
        if one.suspended_at:
            return "suspended"
        if not one.is_usable or one.uses_left == 0:
            return "ended"
        return "active" if one.confirmed else "pending"

    @extend_schema_field(serializers.ChoiceField(choices=WORTH))
    def get_assurance(self, one: Authenticator) -> str:
        method = METHODS.get(one.method)
        return (method.assurance if method else Assurance.NONE).name.lower()


class AuthenticatorsOut(serializers.Serializer[object]):
    """All of a user's authenticators."""

    data = AuthenticatorOut(many=True)  # type: ignore[assignment]  # the member's name in the answer


class NameIn(serializers.Serializer[object]):
    """Another name."""

    name = Line(max_length=LONGEST_NAME, allow_blank=True)


class Authenticators(ApiView):
    """A user's authenticators."""

    scopes = {"get": Scope.AUTHENTICATORS_READ, "delete": Scope.AUTHENTICATORS}

    @extend_schema(operation_id="list_authenticators", responses=AuthenticatorsOut)
    def get(self, request: Request, user_id: str) -> Response:
        """List what a user proves themselves with, newest first."""
        rows = Authenticator.objects.filter(user=self.user(user_id)).order_by("-pk")[:100]
        return Response({"data": paging.many(AuthenticatorOut, rows)})

    @extend_schema(operation_id="reset_authenticators", request=None, responses={204: None})
    def delete(self, request: Request, user_id: str) -> Response:
        """Remove all of a user's authenticators, after a lost phone say. They are told, and must add one anew."""
        user = self.user(user_id)
        for one in Authenticator.objects.filter(user=user):
            one.user = user
            verbs.reset(one, self.by)
        return Response(status=204)


class _OfAuthenticator(ApiView):
    """Calls about one authenticator."""

    def authenticator(self, user_id: str, public_id: str) -> Authenticator:
        user: User = self.user(user_id)
        found = Authenticator.objects.filter(user=user, public_id=public_id[:22]).first()
        if found is None:
            raise exceptions.NotFound
        found.user = user
        return found


class OneAuthenticator(_OfAuthenticator):
    """One authenticator."""

    scopes = {
        "get": Scope.AUTHENTICATORS_READ,
        "patch": Scope.AUTHENTICATORS,
        "delete": Scope.AUTHENTICATORS,
    }

    @extend_schema(operation_id="read_authenticator", responses=AuthenticatorOut)
    def get(self, request: Request, user_id: str, authenticator_id: str) -> Response:
        """Read one authenticator."""
        return Response(AuthenticatorOut(self.authenticator(user_id, authenticator_id)).data)

    @extend_schema(operation_id="rename_authenticator", request=NameIn, responses=AuthenticatorOut)
    def patch(self, request: Request, user_id: str, authenticator_id: str) -> Response:
        """Give it the name that the person knows it by."""
        one = self.authenticator(user_id, authenticator_id)
        body = NameIn(data=request.data)
        body.is_valid(raise_exception=True)
        verbs.rename(one, body.validated_data["name"], self.by)
        return Response(AuthenticatorOut(one).data)

    @extend_schema(operation_id="remove_authenticator", request=None, responses={204: None})
    def delete(self, request: Request, user_id: str, authenticator_id: str) -> Response:
        """Remove it for good: its secret never enrols itself anew. The person is told."""
        verbs.reset(self.authenticator(user_id, authenticator_id), self.by)
        return Response(status=204)


class Suspend(_OfAuthenticator):
    """A pause."""

    scopes = {"post": Scope.AUTHENTICATORS}
    repeatable = True

    @extend_schema(operation_id="suspend_authenticator", request=None, responses=AuthenticatorOut)
    def post(self, request: Request, user_id: str, authenticator_id: str) -> Response:
        """Let it open nothing until it is taken up again. The person is told."""
        one = self.authenticator(user_id, authenticator_id)
        if one.suspended_at is None:
            verbs.suspend(one, self.by)
        return Response(AuthenticatorOut(one).data)


class Resume(_OfAuthenticator):
    """The end of a pause."""

    scopes = {"post": Scope.AUTHENTICATORS}
    repeatable = True

    @extend_schema(operation_id="resume_authenticator", request=None, responses=AuthenticatorOut)
    def post(self, request: Request, user_id: str, authenticator_id: str) -> Response:
        """Let a suspended one open again. One that wrong answers switched off stays off."""
        one = self.authenticator(user_id, authenticator_id)
        if one.suspended_at is not None:
            verbs.resume(one, self.by)
        return Response(AuthenticatorOut(one).data)
