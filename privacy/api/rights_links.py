"""Links to the pages of their rights for people who are signed in at a site whose program says so."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.limits import HOUR, Limit
from accounts.scopes import Scope
from mfa.api.base import ApiView
from mfa.api.problems import Problem
from privacy.verbs import vouching

A_LINK = {
    "url": "https://kumquat.example.org/me/nordvik/rights/from-program/Nn3yXo0sT3u8m2mWkqO0Zg.c2ln",
    "expires_at": "2026-11-24T08:05:00Z",
}


@extend_schema_serializer(examples=[OpenApiExample("A link", A_LINK, response_only=True)])
class RightsLinkOut(serializers.Serializer[object]):
    """An address for the person's browser alone: it lets in whoever opens it first."""

    url = serializers.URLField()
    expires_at = serializers.DateTimeField()


class RightsLinks(ApiView):
    """Ways in for people whom the site vouches for."""

    scopes = {"post": Scope.PRIVACY}

    @extend_schema(operation_id="make_rights_link", request=None, responses={201: RightsLinkOut}, tags=["users"])
    def post(self, request: Request, user_id: str) -> Response:
        """Vouch for a user who is signed in at your site right now: the answer is where to redirect them.

        There they ask for a copy, a correction or erasure of their data. Your word is kept as the proof of who asked.
        The address works once and for five minutes.
        """
        user = self.user(user_id)
        if not user.is_active:
            raise Problem("refused", reason="disabled")
        over = limits.hit([Limit("rights link", str(user.pk), 20, HOUR)])
        if over is not None:
            raise Problem("limited", wait=over.wait)
        link = vouching.make_link(user, self.by)
        return Response({"url": vouching.url(link), "expires_at": link.expires_at}, 201)
