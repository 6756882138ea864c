"""Risk policies: the scopes and the precedence of rules, one scope's draft, publishing, versions and the way back."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, refuse, say
from accounts.http import KumquatRequest
from accounts.models import Site
from accounts.roles import Right, may
from rba import governing
from rba.console import replay, words
from rba.console.policy_forms import RiskPolicyForm, SiteForm
from rba.governing import Changed, Scope, ShutsYouOut
from rba.policy import DEFAULT
from rba.rules import ORDER

MEANWHILE = gettext_lazy(
    "Somebody else changed this policy meanwhile. Here it is as it stands now; nothing of yours was kept."
)
NO_CHANGE = gettext_lazy("Nothing that it does. From then on it is yours, and a later default does not change it.")


def scope_of(request: KumquatRequest) -> Scope:
    """The scope that the address names; 404 for a site of another customer's."""
    named = request.GET.get("site", "")
    site = get_object_or_404(Site, customer=request.customer, public_id=named) if named else None
    return governing.find(request.customer, site)


def address(name: str, scope: Scope, *args: Any) -> str:
    """A page about one scope."""
    query = urlencode({"site": scope.site.public_id}) if scope.site is not None else ""
    return reverse(f"rba_console:{name}", args=args) + (f"?{query}" if query else "")


@dashboard(Right.SEE_PEOPLE)
def policies(request: KumquatRequest) -> HttpResponse:
    """Every scope that says something, how rules are weighed against each other, and what holds without a word."""
    context = {
        "rows": [
            {"scope": one, "title": words.title(one.site), "url": address("policy", one)}
            for one in governing.scopes(request.customer)
        ],
        "order": [(rule.label, rule.about) for rule in ORDER],
        "default": words.said(DEFAULT),
        "is_new": governing.is_new(request.customer),
        "form": SiteForm(None, request.customer),
        "may_edit": may(request.membership.role, Right.EDIT_RISK),
    }
    return render(request, "rba/console/policies.html", context)


@dashboard(Right.SEE_PEOPLE)
def policy(request: KumquatRequest) -> HttpResponse:
    """One scope, a section for each rule. Saving keeps a draft; nothing changes until it is published."""
    scope = scope_of(request)
    may_edit = may(request.membership.role, Right.EDIT_RISK)
    form = RiskPolicyForm(request.POST or None, scope.document)
    if request.method == "POST" and may_edit and form.is_valid():
        return _keep(request, scope, form)
    if not may_edit:
        for field in form.fields.values():
            field.disabled = True
    context = {
        **_head(request, scope),
        "form": form,
        "seen": governing.stamp(scope),
        "versions": governing.versions(scope),
        "address": request.source.address,
    }
    return render(request, "rba/console/policy.html", context)


def _keep(request: KumquatRequest, scope: Scope, form: RiskPolicyForm) -> HttpResponse:
    try:
        kept = governing.edit(scope, form.document, request.POST.get("seen", ""), actor(request))
    except Changed:
        refuse(request, MEANWHILE)
        return redirect(address("policy", scope))
    if kept.draft is None:
        say(request, _("That is what holds already; there is nothing to publish."))
        return redirect(address("policy", scope))
    say(request, _("The draft is kept. Nothing changes until it is published."))
    return redirect(address("policy_publish", scope))


def _head(request: KumquatRequest, scope: Scope) -> dict[str, Any]:
    return {
        "scope": scope,
        "title": words.title(scope.site),
        "may_edit": may(request.membership.role, Right.EDIT_RISK),
        "back_url": address("policy", scope),
        "publish_url": address("policy_publish", scope),
        "discard_url": address("policy_discard", scope),
        "list_url": reverse("rba_console:policies"),
        "list_title": _("Risk policies"),
    }


class SeenForm(forms.Form):
    """Which state of the scope the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


@dashboard(Right.EDIT_RISK)
@fresh
def publish(request: KumquatRequest) -> HttpResponse:
    """What the draft changes; then put it in force."""
    scope = scope_of(request)
    if scope.draft is None:
        return render(request, "console/policy/no_draft.html", _head(request, scope))
    form = SeenForm(request.POST or None, initial={"seen": governing.stamp(scope)})
    if request.method == "POST" and form.is_valid():
        return _put_in_force(
            request, scope, lambda: governing.publish(scope, form.cleaned_data["seen"], actor(request))
        )
    now = scope.published.document if scope.published is not None else _default(scope)
    draft = scope.draft.document
    context = {**_head(request, scope), "form": form, "only_reports": draft["report_only"]}
    context |= {"changes": _changes(now, draft), "none": NO_CHANGE, "replayed": replay.shown(request, scope, draft)}
    return render(request, "rba/console/policy_publish.html", context)


@dashboard(Right.EDIT_RISK)
@fresh
def go_back(request: KumquatRequest, version: int) -> HttpResponse:
    """What an older version said, and what going back to it changes; then bring it back."""
    scope = scope_of(request)
    old = next((one for one in governing.versions(scope) if one.version == version), None)
    if old is None or scope.published is None or version == scope.version:
        raise Http404
    form = SeenForm(request.POST or None, initial={"seen": governing.stamp(scope)})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"]
        return _put_in_force(request, scope, lambda: governing.go_back(scope, version, seen, actor(request)))
    context = {
        **_head(request, scope),
        "form": form,
        "version": old,
        "changes": _changes(scope.published.document, old.document),
        "none": NO_CHANGE,
        "replayed": replay.shown(request, scope, old.document),
    }
    return render(request, "rba/console/policy_back.html", context)


def _put_in_force(request: KumquatRequest, scope: Scope, act: Any) -> HttpResponse:
    try:
        act()
    except Changed:
        refuse(request, MEANWHILE)
    except ShutsYouOut as error:
        words_ = _("It would refuse you: the rule “%(rule)s” holds for your address, %(address)s.") + " "
        words_ += _("Add your address to those that are never refused, or change the rule.")
        refuse(request, words_ % {"rule": words.rule(error.rule), "address": request.source.address})
    else:
        say(request, _("The policy is in force, within ten seconds everywhere."))
    return redirect(address("policy", scope))


def _default(scope: Scope) -> dict[str, Any]:
    return {**DEFAULT, "report_only": governing.is_new(scope.customer, timezone.now())}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Each line that differs, as it is and as it will be."""
    was, now = ({str(label): text for label, text in words.said(one)} for one in (before, after))
    labels = [*now, *(label for label in was if label not in now)]
    none = _("no such rule")
    return [
        {"label": label, "was": was.get(label, none), "now": now.get(label, none)}
        for label in labels
        if was.get(label) != now.get(label)
    ]


@dashboard(Right.EDIT_RISK)
def discard(request: KumquatRequest) -> HttpResponse:
    """Drop the draft, after a page that says what stays."""
    scope = scope_of(request)
    if request.method == "POST":
        governing.discard(scope, actor(request))
        say(request, _("The draft is gone. What was in force stays in force."))
        return redirect("rba_console:policies")
    stays = _("Nothing was published here, so the default holds as before.")
    if scope.site is not None:
        stays = _("Nothing was published here, so this site follows the policy for all sites as before.")
    if scope.published is not None:
        stays = _("What is in force stays in force.")
    return render(request, "console/policy/discard.html", {**_head(request, scope), "stays": stays})
