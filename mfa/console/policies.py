"""Policies: the scopes with their precedence, one scope's draft, what publishing it changes, and its history."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console import listing
from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, refuse, say
from accounts.http import KumquatRequest
from accounts.models import AuditRecord, Group, Site
from accounts.roles import Right, may
from mfa import policies as rules_of
from mfa.console import policy_words
from mfa.console.policy_forms import PolicyForm, ScopeForm
from mfa.models import Policy
from mfa.policies import Effective, Rule
from mfa.verbs import governing

NO_CHANGE = gettext_lazy("No rule. It only says from now on that this scope follows the others.")
MEANWHILE = gettext_lazy(
    "Somebody else changed this policy meanwhile. Here it is as it stands now; nothing of yours was kept."
)
DECIDES = ngettext_lazy("Decides %(n)d rule itself", "Decides %(n)d rules itself", "n")
LATEST = 10


class ConfirmForm(forms.Form):
    """That somebody who publishes has seen whom it locks out, and which draft it was."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sure = forms.BooleanField(
        label=gettext_lazy("I have seen who cannot get in any more until they add a method or ask for help."),
        error_messages={"required": gettext_lazy("Tick this first, or change the draft.")},
    )

    def __init__(self, *args: Any, asks: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["sure"]


def scope_of(request: KumquatRequest) -> Policy:
    """The policy of the scope that the address names; 404 for a site or group of another customer's."""
    site, group = request.GET.get("site", ""), request.GET.get("group", "")
    mine = {"customer": request.customer}
    return governing.find(
        request.customer,
        get_object_or_404(Site, **mine, public_id=site) if site else None,
        get_object_or_404(Group, **mine, public_id=group) if group else None,
    )


def address(name: str, policy: Policy) -> str:
    """A page about one scope."""
    named = {"site": policy.site, "group": policy.group}
    query = urlencode({kind: one.public_id for kind, one in named.items() if one is not None})
    return reverse(f"mfa_console:{name}") + (f"?{query}" if query else "")


def inherited(policy: Policy) -> Effective:
    """What would hold for this scope without rules of its own."""
    wider = Policy.objects.filter(customer=policy.customer, version__gt=0).select_related("site", "group")
    groups = {policy.group_id} if policy.group_id else set()
    return rules_of.among([one for one in wider if one.pk != policy.pk], policy.site_id, groups)


@dashboard(Right.SEE_PEOPLE)
def policies(request: KumquatRequest) -> HttpResponse:
    """Every scope that says something, in the order in which they decide, and the default behind them all."""
    written = list(Policy.objects.filter(customer=request.customer).select_related("site", "group"))
    if not any(one.site_id is None and one.group_id is None for one in written):
        written.append(Policy(customer=request.customer))
    rows = [_row(one) for one in sorted(written, key=rules_of.precedence)]
    context = {
        "rows": rows,
        "default": [(policy_words.LABELS[rule], policy_words.value(rule, rules_of.DEFAULTS[rule])) for rule in Rule],
        "form": ScopeForm(None, request.customer),
        "may_edit": may(request.membership.role, Right.EDIT_POLICY),
    }
    return render(request, "mfa/console/policies.html", context)


def _row(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy,
        "title": policy_words.title(policy),
        "url": address("policy", policy),
        "says": DECIDES % {"n": len(policy.rules)} if policy.rules else _("Leaves all to the others"),
    }


@dashboard(Right.SEE_PEOPLE)
def policy(request: KumquatRequest) -> HttpResponse:
    """One scope: each rule with what holds without it. Saving keeps a draft; nothing changes until it is published."""
    scope = scope_of(request)
    may_edit = may(request.membership.role, Right.EDIT_POLICY)
    own = scope.rules if scope.draft is None else scope.draft
    form = PolicyForm(request.POST or None, own, inherited(scope))
    if request.method == "POST" and may_edit and form.is_valid():
        return _keep(request, scope, form)
    if not may_edit:
        for one in form.fields.values():
            one.disabled = True
    context = {**_head(request, scope), "form": form, "seen": governing.stamp(scope), "history": _history(scope)}
    return render(request, "mfa/console/policy.html", context)


def _keep(request: KumquatRequest, scope: Policy, form: PolicyForm) -> HttpResponse:
    try:
        kept = governing.edit(scope, form.rules(), request.POST.get("seen", ""), actor(request))
    except governing.Changed:
        refuse(request, MEANWHILE)
        return redirect(address("policy", scope))
    if kept.draft is None:
        say(request, _("That is what holds already; there is nothing to publish."))
        return redirect(address("policy", scope))
    say(request, _("The draft is kept. Nothing changes until it is published."))
    return redirect(address("policy_publish", scope))


def _head(request: KumquatRequest, scope: Policy) -> dict[str, Any]:
    return {
        "policy": scope,
        "title": policy_words.title(scope),
        "may_edit": may(request.membership.role, Right.EDIT_POLICY),
        "back_url": address("policy", scope),
        "publish_url": address("policy_publish", scope),
        "discard_url": address("policy_discard", scope),
        "list_url": reverse("mfa_console:policies"),
        "list_title": _("Policies"),
    }


def _history(scope: Policy) -> list[dict[str, Any]]:
    """The last times that this scope was published, with what changed."""
    mine = AuditRecord.objects.filter(customer=scope.customer, action="policy.published", object_id=scope.public_id)
    return [
        {
            "title": _("Version %(n)d") % {"n": row.facts.get("version", 0)},
            "text": policy_words.change(row.facts.get("before", {}), row.facts.get("after", {})),
            "at": row.at,
            "icon": "check",
        }
        for row in mine.order_by("-pk")[:LATEST]
    ]


@dashboard(Right.EDIT_POLICY)
@fresh
def publish(request: KumquatRequest) -> HttpResponse:
    """What the draft changes and whom it would lock out; then put it in force."""
    scope = scope_of(request)
    if scope.draft is None:
        return render(request, "console/policy/no_draft.html", _head(request, scope))
    out = governing.locked_out(scope, scope.draft)
    form = ConfirmForm(request.POST or None, asks=bool(out.count), initial={"seen": governing.stamp(scope)})
    if request.method == "POST" and form.is_valid():
        try:
            governing.publish(scope, form.cleaned_data["seen"], actor(request))
        except governing.Changed:
            refuse(request, MEANWHILE)
        else:
            say(request, _("The policy is in force."))
        return redirect(address("policy", scope))
    context = {**_head(request, scope), "form": form, "out": out, "count": _counted(out)}
    return render(
        request, "mfa/console/policy_publish.html", {**context, "changes": _changes(scope), "none": NO_CHANGE}
    )


def _counted(out: governing.LockedOut) -> str:
    words = ngettext_lazy("%(n)s person", "%(n)s people", "count")
    return str(words % {"count": out.count, "n": listing.bounded(out.count)})


def _changes(scope: Policy) -> list[dict[str, Any]]:
    """Each rule that the draft changes, as it is and as it will be for this scope."""
    without, draft = inherited(scope), scope.draft or {}
    keys = [rule for rule in Rule if scope.rules.get(rule, ...) != draft.get(rule, ...)]
    return [
        {
            "label": policy_words.LABELS[rule],
            "was": _said(rule, scope.rules, without),
            "now": _said(rule, draft, without),
        }
        for rule in keys
    ]


def _said(rule: Rule, own: dict[str, Any], without: Effective) -> str:
    if rule in own:
        return policy_words.value(rule, own[rule])
    decided = without.rules[rule]
    return f"{policy_words.value(rule, decided.value)} ({policy_words.scope(decided.by)})"


@dashboard(Right.EDIT_POLICY)
def discard(request: KumquatRequest) -> HttpResponse:
    """Drop the draft, after a page that says what stays."""
    scope = scope_of(request)
    if request.method == "POST":
        governing.discard(scope, actor(request))
        say(request, _("The draft is gone. What was in force stays in force."))
        return redirect("mfa_console:policies")
    stays = _("Nothing was published here, so this scope follows the others as before.")
    if scope.version:
        stays = _("What is in force stays in force.")
    return render(request, "console/policy/discard.html", {**_head(request, scope), "stays": stays})
