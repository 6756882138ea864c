"""Policies: what holds for a user at a site, and which scope decided it."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.assurance import Assurance
from accounts.scopes import Scope
from mfa import policies, verbs
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Id
from mfa.models import Policy
from mfa.policies import Decided, Rule

ASSURANCE = {
    "rule": "assurance",
    "value": "aal1",
    "decided_by": {"policy": "pQ0s7mXcT1mJ0m9vQk2Z4g", "site": None, "group": None},
}


class ScopeOut(serializers.Serializer[Policy]):
    """The policy that decided a rule, and whom it is for."""

    policy = serializers.CharField(source="public_id")
    site = serializers.SerializerMethodField(help_text="The site’s id, if it is for one.")
    group = serializers.SerializerMethodField(help_text="The group’s id, if it is for one.")

    def get_site(self, policy: Policy) -> str | None:
        return policy.site.public_id if policy.site else None

    def get_group(self, policy: Policy) -> str | None:
        return policy.group.public_id if policy.group else None


@extend_schema_serializer(examples=[OpenApiExample("A rule", ASSURANCE, response_only=True)])
class RuleOut(serializers.Serializer[object]):
    """One rule as it holds."""

    rule = serializers.ChoiceField(choices=[str(rule) for rule in Rule])
    value = serializers.SerializerMethodField("get_content")
    decided_by = serializers.SerializerMethodField(help_text="null: this server’s default.")

    @extend_schema_field(OpenApiTypes.ANY)
    def get_content(self, line: tuple[str, Decided]) -> Any:
        rule, decided = line
        return Assurance(decided.value).name.lower() if rule == Rule.ASSURANCE else decided.value

    @extend_schema_field(ScopeOut(allow_null=True))
    def get_decided_by(self, line: tuple[str, Decided]) -> Any:
        return ScopeOut(line[1].by).data if line[1].by else None

    def to_representation(self, instance: Any) -> Any:
        return {
            "rule": str(instance[0]),
            "value": self.get_content(instance),
            "decided_by": self.get_decided_by(instance),
        }


class EffectiveOut(serializers.Serializer[object]):
    """All rules for one user at one site, and the methods that the user could prove themselves with there."""

    rules = RuleOut(many=True)
    methods = serializers.ListField(child=serializers.CharField(), help_text="Of the user, the first one tried first.")


class EffectiveIn(serializers.Serializer[object]):
    """For whom and where."""

    user = Id(required=False)
    site = Id(required=False)


class EffectivePolicy(ApiView):
    """What holds for a user at a site."""

    scopes = {"get": Scope.POLICIES_READ}

    @extend_schema(operation_id="read_effective_policy", parameters=[EffectiveIn], responses=EffectiveOut)
    def get(self, request: Request) -> Response:
        """Read which rules hold for a user at a site, and which policy decided each."""
        query = paging.asked(request, EffectiveIn)
        user = self.user(query["user"]) if query.get("user") else None
        rules = policies.effective(self.customer, self.site(query.get("site", "")), user)
        offered = verbs.ways(user, rules) if user else []
        methods = list(dict.fromkeys(way.method.key for way in offered))
        return Response({"rules": paging.many(RuleOut, rules.rules.items()), "methods": methods})
