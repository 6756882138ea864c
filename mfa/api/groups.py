"""Groups of users and who is in them."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Group
from accounts.scopes import Scope
from accounts.verbs import groups as verbs
from accounts.verbs.people import end_users
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Id, Line
from mfa.api.problems import Problem
from mfa.api.users import UserOut, UsersOut

ADMINS = {"id": "x7fMTmkzTk2YcO3ZQ1cN9w", "name": "Administrators", "position": 1, "created_at": "2026-11-24T08:00:00Z"}


@extend_schema_serializer(examples=[OpenApiExample("A group", ADMINS, response_only=True)])
class GroupOut(serializers.Serializer[Group]):
    """Some users under one name, to whom a policy may apply."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    position = serializers.IntegerField(help_text="Of several groups that disagree, the lowest decides.")
    created_at = serializers.DateTimeField()


class GroupIn(serializers.Serializer[object]):
    """What may be said of a group."""

    name = Line(max_length=100)


class GroupsOut(serializers.Serializer[object]):
    """One part of the list of groups."""

    data = GroupOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class GroupChange(serializers.Serializer[object]):
    """What changes of a group."""

    name = Line(max_length=100, required=False)
    position = serializers.IntegerField(min_value=1, max_value=verbs.MOST_GROUPS, required=False)


class MemberIn(serializers.Serializer[object]):
    """Who is put in."""

    user = Id(help_text="The user’s id.")


class _OfGroup(ApiView):
    """Calls about one group."""

    def group(self, public_id: str) -> Group:
        found = Group.objects.filter(customer=self.customer, public_id=public_id).first()
        if found is None:
            raise exceptions.NotFound
        found.customer = self.customer
        return found


class Groups(ApiView):
    """All of the customer's groups."""

    scopes = {"get": Scope.GROUPS_READ, "post": Scope.GROUPS}

    @extend_schema(operation_id="list_groups", parameters=[paging.PageIn], responses=GroupsOut)
    def get(self, request: Request) -> Response:
        """List groups, newest first."""
        query = paging.asked(request, paging.PageIn)
        shown, cursor = paging.page(Group.objects.filter(customer=self.customer), query)
        return paging.answer(GroupOut, shown, cursor)

    @extend_schema(operation_id="create_group", request=GroupIn, responses={201: GroupOut})
    def post(self, request: Request) -> Response:
        """Make a group; it comes after all others."""
        body = GroupIn(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            group = verbs.add_group(self.customer, body.validated_data["name"], self.by)
        except verbs.GroupNameTaken as error:
            raise _taken() from error
        except verbs.TooManyGroups as error:
            words = _("There are %(most)d groups, as many as one customer can have.")
            raise Problem("conflict", words % {"most": verbs.MOST_GROUPS}, reason="too_many") from error
        return Response(GroupOut(group).data, 201)


class OneGroup(_OfGroup):
    """One group."""

    scopes = {"get": Scope.GROUPS_READ, "patch": Scope.GROUPS, "delete": Scope.GROUPS}

    @extend_schema(operation_id="read_group", responses=GroupOut)
    def get(self, request: Request, group_id: str) -> Response:
        """Read one group."""
        return Response(GroupOut(self.group(group_id)).data)

    @extend_schema(operation_id="change_group", request=GroupChange, responses=GroupOut)
    def patch(self, request: Request, group_id: str) -> Response:
        """Give a group another name or position; the others close ranks."""
        group = self.group(group_id)
        body = GroupChange(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            if "name" in body.validated_data:
                verbs.rename_group(group, body.validated_data["name"], self.by)
            if "position" in body.validated_data:
                verbs.move_group(group, body.validated_data["position"], self.by)
        except verbs.GroupNameTaken as error:
            raise _taken() from error
        return Response(GroupOut(self.group(group_id)).data)

    @extend_schema(operation_id="delete_group", request=None, responses={204: None})
    def delete(self, request: Request, group_id: str) -> Response:
        """Delete a group and the policy for it; its users stay."""
        verbs.delete_group(self.group(group_id), self.by)
        return Response(status=204)


class Members(_OfGroup):
    """Who is in a group."""

    scopes = {"get": Scope.GROUPS_READ, "post": Scope.GROUPS}
    repeatable = True

    @extend_schema(operation_id="list_group_members", parameters=[paging.PageIn], responses=UsersOut)
    def get(self, request: Request, group_id: str) -> Response:
        """List the users in a group, newest first."""
        query = paging.asked(request, paging.PageIn)
        inside = end_users(self.customer).filter(group_members__group=self.group(group_id))
        shown, cursor = paging.page(inside, query)
        return paging.answer(UserOut, shown, cursor)

    @extend_schema(operation_id="add_group_member", request=MemberIn, responses={204: None})
    def post(self, request: Request, group_id: str) -> Response:
        """Put a user in a group. One who is in it stays."""
        group = self.group(group_id)
        body = MemberIn(data=request.data)
        body.is_valid(raise_exception=True)
        verbs.put_in_group(group, [self.user(body.validated_data["user"])], self.by)
        return Response(status=204)


class OneMember(_OfGroup):
    """One user in a group."""

    scopes = {"delete": Scope.GROUPS}

    @extend_schema(operation_id="remove_group_member", request=None, responses={204: None})
    def delete(self, request: Request, group_id: str, user_id: str) -> Response:
        """Take a user out of a group."""
        verbs.take_from_group(self.group(group_id), self.user(user_id), self.by)
        return Response(status=204)


def _taken() -> Problem:
    return Problem("conflict", _("Another group has this name."), reason="name_taken")
