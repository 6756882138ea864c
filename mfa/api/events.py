"""Events: what happened, newest first; the same that webhooks tell."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import AuditRecord
from accounts.scopes import Scope
from accounts.webhooks import events
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Line
from mfa.contract import METHODS

PASSED = {
    "type": "authentication.passed",
    "timestamp": "2026-11-24T08:00:04.120000+00:00",
    "data": {
        "id": "evt_019341c27b3a7f10b9f4d0c2a1e85f66",
        "by": "token",
        "user": {"id": "Nn3yXo0sT3u8m2mWkqO0Zg", "username": "nora@nordvik.example"},
        "transaction": "vX3m8cO1Rk6bQ0mC2dZ8Yw",
        "facts": {"method": next(iter(METHODS), ""), "purpose": "sign_in"},
    },
}


class AboutOut(serializers.Serializer[object]):
    """The user that an event is about."""

    id = serializers.CharField()
    username = serializers.CharField(allow_null=True, help_text="null once the user is gone.")


class DataOut(serializers.Serializer[object]):
    """What an event says."""

    id = serializers.CharField(help_text="The same for every endpoint and every try; tell repetitions by it.")
    by = serializers.ChoiceField(choices=AuditRecord.Actor.values, help_text="Who acted.")
    user = AboutOut(allow_null=True)
    transaction = serializers.CharField(required=False)
    authenticator = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    link = serializers.CharField(required=False)
    recovery = serializers.CharField(required=False)
    facts = serializers.DictField(help_text="What else the kind of event tells.")


@extend_schema_serializer(examples=[OpenApiExample("Somebody passed", PASSED, response_only=True)])
class EventOut(serializers.Serializer[object]):
    """One event, as a webhook's body has it."""

    type = serializers.CharField()
    timestamp = serializers.DateTimeField()
    data = DataOut()  # type: ignore[assignment]  # the member's name in the answer


class EventsOut(serializers.Serializer[object]):
    """One part of the list of events."""

    data = EventOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class EventsIn(paging.PageIn):
    """Which events are asked for."""

    type = Line(required=False, max_length=48, help_text="Of this kind alone, such as authentication.failed.")


class Events(ApiView):
    """All of the customer's events."""

    scopes = {"get": Scope.EVENTS_READ}

    @extend_schema(operation_id="list_events", parameters=[EventsIn], responses=EventsOut)
    def get(self, request: Request) -> Response:
        """List what happened, newest first. Webhooks tell the same within seconds."""
        query = paging.asked(request, EventsIn)
        actions = [action for action, one in events.EVENTS.items() if query.get("type") in (None, one.name)]
        rows = AuditRecord.objects.filter(customer=self.customer, action__in=actions)
        shown, cursor = paging.page(rows, query)
        return Response({"data": events.shown(shown), "next": cursor})
