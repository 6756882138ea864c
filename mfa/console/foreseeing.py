"""What would happen to this user here: the outcome, the ways that would be offered, and whose rule decided what."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.console.access import dashboard
from accounts.http import KumquatRequest
from accounts.models import Customer, Site, User
from accounts.roles import Right
from accounts.verbs import find_user
from mfa.console import policies, policy_words
from mfa.policies import Rule
from mfa.verbs import foreseeing
from mfa.verbs.foreseeing import Foreseen, Outcome

OUTCOMES = {
    Outcome.ALLOW: (gettext_lazy("Let in without a proof"), "warn"),
    Outcome.ASK: (gettext_lazy("Asked for a proof"), "good"),
    Outcome.ENROL: (gettext_lazy("Asked to add a method"), "info"),
    Outcome.REFUSE: (gettext_lazy("Not let in"), "bad"),
}


class LookForm(forms.Form):
    """Who, and where."""

    user = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Whom do you want to look at? Type the username.")},
    )
    site = forms.ModelChoiceField(
        label=gettext_lazy("Site"),
        queryset=Site.objects.none(),
        required=False,
        to_field_name="public_id",
        empty_label=gettext_lazy("A site without rules of its own"),
    )
    found: User

    def __init__(self, data: Any, customer: Customer) -> None:
        super().__init__(data)
        self.customer = customer
        mine = Site.objects.filter(customer=customer, archived_at=None).order_by("name")
        self.fields["site"].queryset = mine  # type: ignore[attr-defined]  # a field of rows

    def clean_user(self) -> str:
        name: str = self.cleaned_data["user"]
        found = find_user(self.customer, name)
        if found is None:
            raise forms.ValidationError(_("You have no user of this name. Look at the spelling in the list of users."))
        self.found = found
        return name


@dashboard(Right.SEE_PEOPLE)
def foresee(request: KumquatRequest) -> HttpResponse:
    """Choose a user and a site; nothing is asked of anybody."""
    form = LookForm(request.GET if "user" in request.GET else None, request.customer)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        seen = foreseeing.foresee(form.found, form.cleaned_data["site"])
        context |= {"person": form.found, "site": form.cleaned_data["site"], **_told(seen)}
    return render(request, "mfa/console/foresee.html", context)


def _told(seen: Foreseen) -> dict[str, Any]:
    words, tone = OUTCOMES[seen.outcome]
    return {
        "seen": seen,
        "outcome": {"text": words, "tone": tone},
        "why": _why(seen),
        "ways": [{"label": way.method.label, "hint": way.hint, "icon": way.method.icon} for way in seen.ways],
        "rules": [
            {
                "label": policy_words.LABELS[rule],
                "value": policy_words.value(rule, decided.value),
                "whose": policy_words.scope(decided.by),
                "url": policies.address("policy", decided.by) if decided.by is not None else "",
            }
            for rule, decided in ((rule, seen.rules.rules[rule]) for rule in Rule)
        ],
    }


def _why(seen: Foreseen) -> str:
    """One or two sentences on the outcome."""
    if seen.outcome is Outcome.ASK:
        return _("One of the ways below is enough. The first is shown, the others under “use another way”.")
    if seen.outcome is Outcome.ALLOW:
        return _("Nothing that may serve is set up, and the policy lets in without. The page offers to add a method.")
    if seen.outcome is Outcome.REFUSE:
        return _("The account is closed or paused, or all that was set up is switched off. The help desk can help.")
    if seen.by_old:
        return _("What is set up does not serve here. It is proved first, then a method that serves must be added.")
    if seen.may_skip:
        put_off = ngettext("Put off %(n)d time so far.", "Put off %(n)d times so far.", seen.skips) % {"n": seen.skips}
        return _("Nothing is set up yet. It can be put off for now.") + " " + put_off
    return _("Nothing is set up yet, and it can be put off no more.")
