"""Users: listed and searched, made, read, changed, kept out and let in again, given over to erasure."""

from functools import partial

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import verbs
from accounts.console.users import matching
from accounts.models import User
from accounts.scopes import Scope
from accounts.verbs.people import end_users
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Email, Line, Phone, Username
from mfa.api.problems import Problem

NORA = {
    "id": "Nn3yXo0sT3u8m2mWkqO0Zg",
    "username": "nora@nordvik.example",
    "email": "nora@nordvik.example",
    "phone": "+4791234567",
    "first_name": "Nora",
    "last_name": "Berg",
    "language": "nb",
    "state": "active",
    "created_at": "2026-11-24T08:00:00Z",
    "last_sign_in_at": None,
}


@extend_schema_serializer(examples=[OpenApiExample("A user", NORA, response_only=True)])
class UserOut(serializers.Serializer[User]):
    """A person who proves themselves at the customer's sites."""

    id = serializers.CharField(source="public_id")
    username = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    phone = Phone(allow_blank=True, help_text="In E.164.")
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    language = serializers.CharField(allow_blank=True, help_text="Empty: as the account.")
    state = serializers.SerializerMethodField(help_text="active, disabled, or restricted at the person’s request.")
    created_at = serializers.DateTimeField()
    last_sign_in_at = serializers.DateTimeField(allow_null=True)

    def get_state(self, user: User) -> str:
        if user.disabled_at:
            return "disabled"
        return "restricted" if user.restricted_at else "active"


class UserIn(serializers.Serializer[object]):
    """What may be said of a user."""

    username = Username()
    email = Email(required=False, allow_blank=True)
    phone = Phone(required=False, allow_blank=True)
    first_name = Line(required=False, allow_blank=True, max_length=100)
    last_name = Line(required=False, allow_blank=True, max_length=100)
    language = serializers.ChoiceField(choices=["", "en", "nb"], required=False)


class UsersIn(paging.PageIn):
    """Which users are asked for."""

    search = Line(required=False, max_length=255, help_text="The beginning of a name, username or e-mail address.")
    username = Username(required=False, help_text="Exactly this one, in any spelling.")


class UsersOut(serializers.Serializer[object]):
    """One part of the list of users."""

    data = UserOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True, help_text="The cursor of the next part; null at the end.")


class Users(ApiView):
    """All of the customer's users."""

    scopes = {"get": Scope.USERS_READ, "post": Scope.USERS}

    @extend_schema(operation_id="list_users", parameters=[UsersIn], responses=UsersOut)
    def get(self, request: Request) -> Response:
        """List users, newest first, or find some by the beginning of a name."""
        query = paging.asked(request, UsersIn)
        rows = end_users(self.customer)
        if query.get("username"):
            found = verbs.find_user(self.customer, query["username"])
            rows = rows.filter(pk=found.pk) if found else rows.none()
        if query.get("search"):
            rows = rows.filter(matching(query["search"]))
        shown, cursor = paging.page(rows, query)
        return paging.answer(UserOut, shown, cursor)

    @extend_schema(operation_id="create_user", request=UserIn, responses={201: UserOut})
    def post(self, request: Request) -> Response:
        """Add a user. They are told nothing, and have no method but their addresses until they add one."""
        body = UserIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        try:
            user = verbs.create_user(self.customer, given.pop("username"), self.by, **given)
        except verbs.NameTaken as error:
            raise _taken() from error
        except verbs.ErasedBefore as error:
            self.afterwards = partial(verbs.note_return, self.customer, body.validated_data["username"], self.by)
            raise _erased() from error
        return Response(UserOut(user).data, 201)


class DeleteIn(serializers.Serializer[object]):
    """What led to it."""

    reference = serializers.CharField(
        max_length=64,
        required=False,
        default="",
        help_text="How you find the request again, such as a ticket's number. It stays, so no name in it.",
    )


class OneUser(ApiView):
    """One user."""

    scopes = {"get": Scope.USERS_READ, "patch": Scope.USERS, "delete": Scope.USERS}

    @extend_schema(operation_id="read_user", responses=UserOut)
    def get(self, request: Request, user_id: str) -> Response:
        """Read one user."""
        return Response(UserOut(self.user(user_id)).data)

    @extend_schema(operation_id="change_user", request=UserIn(partial=True), responses=UserOut)
    def patch(self, request: Request, user_id: str) -> Response:
        """Change some fields of a user. A changed e-mail address is no longer a confirmed one."""
        user = self.user(user_id)
        body = UserIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        try:
            verbs.update_user(user, self.by, **body.validated_data)
        except verbs.NameTaken as error:
            raise _taken() from error
        except verbs.ErasedBefore as error:
            raise _erased() from error
        return Response(UserOut(user).data)

    @extend_schema(operation_id="delete_user", parameters=[DeleteIn], request=None, responses={204: None})
    def delete(self, request: Request, user_id: str) -> Response:
        """Ask for a user to be erased: gone from every list and door at once, from every table within a minute.

        The person is told nothing, and the sites are asked to erase their half. The name is refused from then on, until
        a member allows it again in the dashboard.
        """
        query = DeleteIn(data=request.query_params)
        query.is_valid(raise_exception=True)
        verbs.request_erasure(self.user(user_id), self.by, reference=query.validated_data["reference"])
        return Response(status=204)


class _Switch(ApiView):
    """Keeps a user out or lets them in."""

    scopes = {"post": Scope.USERS}
    repeatable = True

    def switch(self, user_id: str, enabled: bool) -> Response:
        user = self.user(user_id)
        if (user.disabled_at is None) is not enabled:
            verbs.set_enabled(user, enabled, self.by)
        return Response(UserOut(user).data)


class Disable(_Switch):
    """Keep a user out."""

    @extend_schema(operation_id="disable_user", request=None, responses=UserOut)
    def post(self, request: Request, user_id: str) -> Response:
        """Keep a user out until they are enabled again."""
        return self.switch(user_id, False)


class Enable(_Switch):
    """Let a user in again."""

    @extend_schema(operation_id="enable_user", request=None, responses=UserOut)
    def post(self, request: Request, user_id: str) -> Response:
        """Let a disabled user in again."""
        return self.switch(user_id, True)


def _taken() -> Problem:
    return Problem("conflict", _("Another user has this username."), reason="name_taken")


def _erased() -> Problem:
    words = _("A person of this name was erased. A member can allow the name again in the dashboard.")
    return Problem("conflict", words, reason="erased_before")
