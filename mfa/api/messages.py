"""What was sent for the customer, and how it went."""

from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Message
from accounts.scopes import Scope
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Id

MAIL = {
    "id": "0cVvR8nTQz2mEYkqj9nC1g",
    "kind": "mfa.code",
    "channel": "email",
    "to": "n•••@nordvik.example",
    "user": "Nn3yXo0sT3u8m2mWkqO0Zg",
    "transaction": "vX3m8cO1Rk6bQ0mC2dZ8Yw",
    "state": "sent",
    "reason": "",
    "created_at": "2026-11-24T08:00:00Z",
    "finished_at": "2026-11-24T08:00:01Z",
}


@extend_schema_serializer(examples=[OpenApiExample("A mail", MAIL, response_only=True)])
class MessageOut(serializers.Serializer[Message]):
    """One message by one channel to one address; its text is not kept."""

    id = serializers.CharField(source="public_id")
    kind = serializers.CharField()
    channel = serializers.ChoiceField(choices=Message.Channel.values)
    to = serializers.CharField(source="to_masked", allow_blank=True, help_text="Masked.")
    user = serializers.SerializerMethodField()
    transaction = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(
        choices=Message.State.values,
        help_text="queued, claimed, sending: on its way. sent. refused, dead: not delivered. unknown: perhaps. "
        "expired: too late. kept: test mode.",
    )
    reason = serializers.SerializerMethodField(help_text="Why it went so, in the language asked for.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)

    def get_user(self, message: Message) -> str | None:
        return message.user.public_id if message.user else None

    def get_reason(self, message: Message) -> str:
        return str(message.reason_in_words)


class MessagesOut(serializers.Serializer[object]):
    """One part of the list of messages."""

    data = MessageOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class MessagesIn(paging.PageIn):
    """Which messages are asked for."""

    user = Id(required=False, help_text="To this user alone.")
    transaction = Id(required=False, help_text="Of this transaction alone.")
    state = serializers.ChoiceField(choices=Message.State.values, required=False)


class Messages(ApiView):
    """All of the customer's messages."""

    scopes = {"get": Scope.MESSAGES_READ}

    @extend_schema(operation_id="list_messages", parameters=[MessagesIn], responses=MessagesOut)
    def get(self, request: Request) -> Response:
        """List messages, newest first. Addresses are masked; texts and codes are not kept."""
        query = paging.asked(request, MessagesIn)
        rows = Message.objects.filter(customer=self.customer).select_related("user").defer("to", "body", "context")
        if query.get("user"):
            rows = rows.filter(user=self.user(query["user"]))
        if query.get("transaction"):
            rows = rows.filter(transaction=query["transaction"])
        if query.get("state"):
            rows = rows.filter(state=query["state"])
        shown, cursor = paging.page(rows, query)
        return paging.answer(MessageOut, shown, cursor)


class OneMessage(ApiView):
    """One message."""

    scopes = {"get": Scope.MESSAGES_READ}

    @extend_schema(operation_id="read_message", responses=MessageOut)
    def get(self, request: Request, message_id: str) -> Response:
        """Read how one message went."""
        rows = Message.objects.filter(customer=self.customer, public_id=message_id[:22]).select_related("user")
        found = rows.first()
        if found is None:
            raise exceptions.NotFound
        return Response(MessageOut(found).data)
