"""What transactions take and answer over the native API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from mfa.api import paging
from mfa.api.fields import WORTH, Id, Username
from mfa.contract import METHODS, Prompt, Verdict
from mfa.models import Transaction

BEGUN: dict[str, Any] = {
    "id": "vX3m8cO1Rk6bQ0mC2dZ8Yw",
    "state": "pending",
    "user": "Nn3yXo0sT3u8m2mWkqO0Zg",
    "site": None,
    "method": next((key for key, method in METHODS.items() if method.channels), ""),
    "sent_to": "n•••@nordvik.example",
    "created_at": "2026-11-24T08:00:00Z",
    "expires_at": "2026-11-24T08:05:00Z",
    "closed_at": None,
    "questions": [],
    "options": None,
}


@extend_schema_serializer(examples=[OpenApiExample("A code was sent", BEGUN, response_only=True)])
class TransactionOut(serializers.Serializer[Transaction]):
    """One proof that was asked for, and how it stands."""

    id = serializers.CharField(source="public_id")
    state = serializers.ChoiceField(choices=Transaction.State.values, source="shown_state")
    user = serializers.SerializerMethodField(help_text="The user’s id.")
    site = serializers.SerializerMethodField(help_text="The site’s id, if it belongs to one.")
    method = serializers.CharField()
    sent_to = serializers.CharField(allow_blank=True, help_text="Where a code or link went, masked.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)

    def get_user(self, txn: Transaction) -> str | None:
        return txn.user.public_id if txn.user else None

    def get_site(self, txn: Transaction) -> str | None:
        return txn.site.public_id if txn.site else None


class BegunOut(TransactionOut):
    """A transaction that was just begun, with what its page shows."""

    questions = serializers.SerializerMethodField(help_text="What to ask, where the method asks questions.")
    options = serializers.SerializerMethodField(help_text="What a page hands `navigator.credentials.get`, or null.")

    def get_questions(self, txn: Transaction) -> list[str]:
        prompt: Prompt = self.context["prompt"]
        return list(prompt.questions)

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_options(self, txn: Transaction) -> dict[str, Any] | None:
        prompt: Prompt = self.context["prompt"]
        return prompt.options


class TransactionsOut(serializers.Serializer[object]):
    """One part of the list of transactions."""

    data = TransactionOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class TransactionsIn(paging.PageIn):
    """Which transactions are asked for."""

    user = Id(required=False, help_text="Of this user alone.")
    state = serializers.ChoiceField(choices=Transaction.State.values, required=False)


class BeginIn(serializers.Serializer[object]):
    """Who is asked, and how. Name the user by `user` or `username`."""

    user = Id(required=False, help_text="The user’s id.")
    username = Username(required=False)
    method = serializers.CharField(
        required=False, max_length=32, help_text="A method’s key. Without it: what the user used last."
    )
    authenticator = Id(required=False, help_text="One of the user’s own, where they have several addresses.")
    site = Id(required=False, help_text="The site’s id, unless the token is for one.")
    assessment = Id(
        required=False,
        help_text="What risk said of this sign-in: methods that are worth too little for it are refused.",
    )


@extend_schema_field(OpenApiTypes.ANY)
class Answer(serializers.JSONField):
    """Whatever a method takes as an answer."""


class VerifyIn(serializers.Serializer[object]):
    """The person's answer: the code as a text, answers as a list of texts, a passkey's assertion as an object."""

    response = Answer()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Passed", {"verdict": "passed", "transaction": BEGUN["id"], "assurance": "aal2"}, response_only=True
        )
    ]
)
class PassedOut(serializers.Serializer[object]):
    """The person has proved themselves. Nothing but this answer, with status 200, says so."""

    verdict = serializers.ChoiceField(choices=[Verdict.PASSED.value])
    transaction = serializers.CharField()
    assurance = serializers.ChoiceField(choices=WORTH, help_text="What the proof is worth (NIST SP 800-63B).")


class AnswerIn(serializers.Serializer[object]):
    """What the person would have decided on the page that a mailed link opens."""

    allow = serializers.BooleanField()
