"""What risk takes and answers over the native API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from mfa.api import paging
from mfa.api.fields import WORTH, Id, Username
from rba.contract import Outcome
from rba.models import RiskDecision
from rba.rules import Band

OUTCOMES = [str(one) for one in Outcome]
SEEN: dict[str, Any] = {
    "id": "019341c27b3a7f10b9f4d0c2a1e85f66",
    "user": "Nn3yXo0sT3u8m2mWkqO0Zg",
    "site": None,
    "transaction": None,
    "at": "2026-11-24T08:00:00Z",
    "where": "api",
    "decision": "step_up",
    "minimum": "aal2",
    "would": "step_up",
    "report_only": False,
    "band": "medium",
    "score": 71.4,
    "rule": "bands",
    "country": "BR",
    "reasons": ["a country you have not signed in from", "a browser you have not used before"],
    "contact": "",
    "dropped": 1,
    "learned": False,
}


@extend_schema_field(OpenApiTypes.STR)
class Told(serializers.Field[str, Any, str, Any]):
    """A text as a browser sent it. What is too long is cut and what cannot be read is dropped: neither makes safer."""

    def to_internal_value(self, data: Any) -> str:
        return data if isinstance(data, str) else ""

    def to_representation(self, value: str) -> str:
        return value


class ShownIn(serializers.Serializer[object]):
    """What the person's browser showed you. Send what you have; what you leave out speaks for nobody."""

    address = Told(required=False, help_text="Its network address, as your own server sees it.")
    user_agent = Told(required=False, help_text="Its User-Agent header.")
    language = Told(required=False, help_text="Its Accept-Language header.")
    zone = Told(required=False, help_text="Its time zone, as in Europe/Oslo, if a script of yours asked.")
    device_type = Told(required=False, help_text="desktop, mobile or tablet, where the user agent does not say.")
    fingerprint = Told(
        required=False, help_text="Looked at only where it is switched on and the person has said yes to it."
    )


class AssessIn(serializers.Serializer[object]):
    """Whose sign-in it is, and what was seen of it. Name the user by `user` or `username`."""

    user = Id(required=False, help_text="The user’s id.")
    username = Username(required=False)
    site = Id(required=False, help_text="The site’s id, unless the token is for one.")
    shown = ShownIn()


@extend_schema_serializer(examples=[OpenApiExample("A new country", SEEN, response_only=True)])
class AssessmentOut(serializers.Serializer[object]):
    """One sign-in as risk saw it. Nothing of what the browser showed is in it: that was looked at and dropped."""

    id = serializers.CharField(allow_null=True, help_text="Null where it could not be kept; then it asks for more.")
    user = serializers.CharField(help_text="The user’s id.")
    site = serializers.CharField(allow_null=True, help_text="The site’s id, if it belongs to one.")
    transaction = serializers.CharField(allow_null=True, help_text="The proof that was asked for, if one was.")
    at = serializers.DateTimeField()
    where = serializers.ChoiceField(choices=["", *RiskDecision.Where.values], help_text="Through which face they came.")
    decision = serializers.ChoiceField(
        choices=OUTCOMES, help_text="What holds: allow (nothing more than your policies ask), step_up, deny."
    )
    minimum = serializers.ChoiceField(choices=WORTH, help_text="What a proof must be worth at least, on step_up.")
    would = serializers.ChoiceField(
        choices=OUTCOMES, help_text="What the policy wants; it differs where it only reports."
    )
    report_only = serializers.BooleanField()
    band = serializers.ChoiceField(choices=["", *(str(one) for one in Band)])
    score = serializers.FloatField(allow_null=True, help_text="0 to 100; null without a history. Not for the person.")
    rule = serializers.CharField(allow_blank=True, help_text="The rule that decided.")
    country = serializers.CharField(allow_blank=True, help_text="Of the address; empty where it cannot be told.")
    reasons = serializers.ListField(
        child=serializers.CharField(),
        help_text="For the person, in the language asked for; empty if nothing is unusual.",
    )
    contact = serializers.CharField(
        allow_blank=True, help_text="Whom to name to somebody who is refused; empty: your own help desk."
    )
    dropped = serializers.IntegerField(help_text="How many fields of `shown` were none that is looked at.")
    learned = serializers.BooleanField(help_text="Whether it was proved and is usual from now on.")


class AssessmentsOut(serializers.Serializer[object]):
    """One part of the list of assessments."""

    data = AssessmentOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class AssessmentsIn(paging.PageIn):
    """Which assessments are asked for."""

    user = Id(required=False, help_text="Of this user alone.")
    band = serializers.ChoiceField(choices=[str(one) for one in Band], required=False)
    decision = serializers.ChoiceField(choices=OUTCOMES, required=False)


class FeedbackIn(serializers.Serializer[object]):
    """Whose the sign-in was."""

    mine = serializers.BooleanField(help_text="What the person says: it was me, or it was not.")


class FeedbackOut(serializers.Serializer[object]):
    """What is known now."""

    id = serializers.CharField()
    mine = serializers.BooleanField()
