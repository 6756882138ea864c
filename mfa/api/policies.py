"""Policies: what holds for a user at a site and which scope decided it; reading the scopes, and publishing one."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.assurance import Assurance
from accounts.models import Group
from accounts.scopes import Scope
from mfa import policies, verbs
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.fields import Id
from mfa.api.problems import Problem, not_usable
from mfa.models import Policy
from mfa.policies import Decided, Rule
from mfa.verbs import governing

DECIDED_BY = {"policy": "pQ0s7mXcT1mJ0m9vQk2Z4g", "site": None, "group": None}
ASSURANCE = {"rule": "assurance", "value": "aal1", "decided_by": DECIDED_BY}
POLICY = {
    "id": "pQ0s7mXcT1mJ0m9vQk2Z4g",
    "site": None,
    "group": None,
    "rules": {"assurance": "aal1", "tries": 5},
    "draft": None,
    "version": 3,
    "published_at": "2026-11-24T08:00:00Z",
}


def outward(rules: dict[str, Any] | None) -> dict[str, Any] | None:
    """Rules as the API says them: levels by their names."""
    if rules is None or Rule.ASSURANCE not in rules:
        return rules
    return {**rules, str(Rule.ASSURANCE): Assurance(rules[Rule.ASSURANCE]).name.lower()}


def inward(rules: dict[str, Any]) -> dict[str, Any]:
    """Rules as they are stored. Raises Problem for a level that does not exist."""
    named = rules.get(Rule.ASSURANCE)
    if named is None:
        return rules
    levels = {level.name.lower(): int(level) for level in Assurance}
    if not isinstance(named, str) or named not in levels:
        raise not_usable("rules.assurance", _("There is no such level."))
    return {**rules, str(Rule.ASSURANCE): levels[named]}


class ScopeOut(serializers.Serializer[Policy]):
    """The policy that decided a rule, and whom it is for."""

    policy = serializers.CharField(source="public_id")
    site = serializers.SerializerMethodField(help_text="The site's id, if it is for one.")
    group = serializers.SerializerMethodField(help_text="The group's id, if it is for one.")

    def get_site(self, policy: Policy) -> str | None:
        return policy.site.public_id if policy.site else None

    def get_group(self, policy: Policy) -> str | None:
        return policy.group.public_id if policy.group else None


@extend_schema_serializer(examples=[OpenApiExample("A rule", ASSURANCE, response_only=True)])
class RuleOut(serializers.Serializer[object]):
    """One rule as it holds."""

    rule = serializers.ChoiceField(choices=[str(rule) for rule in Rule])
    value = serializers.SerializerMethodField("get_content")
    decided_by = serializers.SerializerMethodField(help_text="null: this server's default.")

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


@extend_schema_serializer(examples=[OpenApiExample("A policy", POLICY, response_only=True)])
class PolicyOut(serializers.Serializer[Policy]):
    """The rules of one scope: the customer, a site, a group, or a group at a site. What it leaves out is not its."""

    id = serializers.CharField(source="public_id")
    site = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField(help_text="What is in force, by the rules' keys.")
    draft = serializers.SerializerMethodField(help_text="What was edited and not published yet; null for nothing.")
    version = serializers.IntegerField(help_text="How often it was published; 0 is not in force.")
    published_at = serializers.DateTimeField(allow_null=True)

    def get_site(self, policy: Policy) -> str | None:
        return policy.site.public_id if policy.site else None

    def get_group(self, policy: Policy) -> str | None:
        return policy.group.public_id if policy.group else None

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_rules(self, policy: Policy) -> dict[str, Any] | None:
        return outward(policy.rules)

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_draft(self, policy: Policy) -> dict[str, Any] | None:
        return outward(policy.draft)


class PoliciesOut(serializers.Serializer[object]):
    """One part of the list of policies."""

    data = PolicyOut(many=True)  # type: ignore[assignment]  # the member's name in the answer
    next = serializers.CharField(allow_null=True)


class PolicyIn(serializers.Serializer[object]):
    """The scope and all of its rules."""

    site = Id(required=False, help_text="For this site alone.")
    group = Id(required=False, help_text="For this group alone.")
    rules = serializers.DictField(help_text="All that this scope decides itself, by the rules' keys.")
    locks_out = serializers.IntegerField(
        min_value=0, default=0, help_text="How many users it may lock out; if it would be more, nothing is published."
    )


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


class Policies(ApiView):
    """All of the customer's policies."""

    scopes = {"get": Scope.POLICIES_READ, "post": Scope.POLICIES}

    @extend_schema(operation_id="list_policies", parameters=[paging.PageIn], responses=PoliciesOut)
    def get(self, request: Request) -> Response:
        """List the policies of all scopes, newest first."""
        query = paging.asked(request, paging.PageIn)
        rows = Policy.objects.filter(customer=self.customer).select_related("site", "group")
        shown, cursor = paging.page(rows, query)
        return paging.answer(PolicyOut, shown, cursor)

    @extend_schema(operation_id="publish_policy", request=PolicyIn, responses=PolicyOut)
    def post(self, request: Request) -> Response:
        """Put rules in force for a scope, in place of those that it had.

        Whoever would be left without a way is counted first: if it is more than `locks_out`, the answer is 409 with
        how many and who first, and nothing changes.
        """
        body = PolicyIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        policy = governing.find(self.customer, self.site(given.get("site", "")), self._group(given.get("group", "")))
        policy.customer = self.customer
        rules = self._checked(given["rules"])
        found = governing.locked_out(policy, rules)
        if found.count > given["locks_out"]:
            words = _("It would lock out %(count)d users. Say so in locks_out if that is meant.")
            users = [user.public_id for user in found.first]
            raise Problem(
                "conflict", words % {"count": found.count}, reason="locks_out", count=found.count, users=users
            )
        if policy.version and policy.rules == rules and policy.draft is None:
            return Response(PolicyOut(policy).data)
        try:
            edited = governing.edit(policy, rules, governing.stamp(policy), self.by)
            if edited.draft is not None:
                edited = governing.publish(edited, governing.stamp(edited), self.by)
        except governing.Changed as error:
            words = _("Somebody else changed this policy just now. Read it again.")
            raise Problem("conflict", words, reason="changed") from error
        return Response(PolicyOut(edited).data)

    def _checked(self, rules: dict[str, Any]) -> dict[str, Any]:
        try:
            return policies.checked(inward(rules))
        except (ValueError, TypeError) as error:
            raise not_usable("rules", _("This rule cannot be so: %(rule)s.") % {"rule": str(error)[:40]}) from error

    def _group(self, public_id: str) -> Group | None:
        if not public_id:
            return None
        found = Group.objects.filter(customer=self.customer, public_id=public_id).first()
        if found is None:
            raise not_usable("group", _("You have no such group."))
        return found
