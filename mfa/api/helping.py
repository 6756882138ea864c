"""Help for someone who lost what they prove themselves with: a bypass code, given once; a mailed link to begin anew."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits, names
from accounts.limits import HOUR, Limit
from accounts.scopes import Scope
from mfa import verbs
from mfa.api.base import ApiView
from mfa.api.fields import Line
from mfa.api.problems import Problem
from mfa.contract import METHODS

GIVEN = next(key for key, method in METHODS.items() if not method.is_own)


class BypassIn(serializers.Serializer[object]):
    """For how long, how often and why."""

    hours = serializers.IntegerField(min_value=1, max_value=7 * 24, default=4)
    uses = serializers.IntegerField(min_value=1, max_value=10, default=1)
    reason = Line(max_length=200, help_text="The user and the owners are told it.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A bypass code",
            {"code": "482 913 775 021", "uses": 1, "expires_at": "2026-11-24T12:00:00Z"},
            response_only=True,
        )
    ]
)
class BypassOut(serializers.Serializer[object]):
    """A code that lets the user in."""

    code = serializers.CharField(help_text="Shown this once; only its hash is kept.")
    uses = serializers.IntegerField()
    expires_at = serializers.DateTimeField()


class BypassCodes(ApiView):
    """Bypass codes of a user."""

    scopes = {"post": Scope.HELP}

    @extend_schema(operation_id="give_bypass_code", request=BypassIn, responses={201: BypassOut})
    def post(self, request: Request, user_id: str) -> Response:
        """Give a code that lets the user in some times until then. An earlier one ends; user and owners are told."""
        user = self.user(user_id)
        body = BypassIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        if not user.is_active or user.restricted_at:
            raise Problem("refused", reason="disabled")
        until = timezone.now() + timedelta(hours=given["hours"])
        made = verbs.give_bypass(user, GIVEN, until, given["uses"], given["reason"], self.by)
        code = (made.shown_once or [""])[0]
        return Response({"code": code, "uses": given["uses"], "expires_at": until}, 201)


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A link was mailed",
            {"sent_to": "n•••@nordvik.example", "expires_at": "2026-11-25T08:00:00Z"},
            response_only=True,
        )
    ]
)
class LinkOut(serializers.Serializer[object]):
    """A mailed link; the link itself is in the mail alone."""

    sent_to = serializers.CharField(help_text="Masked.")
    expires_at = serializers.DateTimeField()


class EnrolmentLinks(ApiView):
    """Links by which a user adds a method."""

    scopes = {"post": Scope.HELP}

    @extend_schema(operation_id="send_enrolment_link", request=None, responses={201: LinkOut})
    def post(self, request: Request, user_id: str) -> Response:
        """Mail a user a link, good for one use, by which they add a method. An earlier one ends."""
        user = self.user(user_id)
        if not user.is_active or user.restricted_at:
            raise Problem("refused", reason="disabled")
        over = limits.hit([Limit("enrolment link", str(user.pk), 5, HOUR)])
        if over is not None:
            raise Problem("limited", wait=over.wait)
        try:
            link = verbs.send_enrolment_link(user, self.by)
        except ValueError as error:
            raise Problem("refused", _("No address of this user is known."), reason="no_address") from error
        return Response({"sent_to": names.mask(user.email), "expires_at": link.expires_at}, 201)
