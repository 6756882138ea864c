"""Which kinds of data are looked at: each of the eight on or off, what it reads and keeps, what its absence costs."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.access import dashboard, fresh
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.roles import Right, may
from rba import switches
from rba.contract import FEATURES, Words

WITHOUT: dict[str, Words] = {
    "location": gettext_lazy("Without it, nobody notices that a sign-in comes from a foreign country, or too fast."),
    "ip_address": gettext_lazy(
        "Without it, guesses of many names from one network go unseen, and networks are not told apart."
    ),
    "device_type": gettext_lazy("Without it, a phone where there always was a computer looks ordinary."),
    "time": gettext_lazy("Without it, a sign-in at three at night looks ordinary, and so does another time zone."),
    "browser": gettext_lazy("Without it, a browser that was never used looks ordinary; devices are not counted."),
    "user_agent": gettext_lazy("Without it, another operating system looks ordinary; devices are known less surely."),
    "language": gettext_lazy("Without it, a browser in a foreign language looks ordinary."),
    "fingerprint": gettext_lazy("Without it, somebody who copies place and browser is noticed less often."),
}


class FeaturesForm(forms.Form):
    """A switch for each kind of data; the fingerprint wants a reason in writing."""

    reason = LineField(
        label=gettext_lazy("Why the fingerprint is needed"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("It is kept with your choice, for whoever asks."),
    )

    def __init__(self, data: Any, chosen: frozenset[str], reason: str) -> None:
        super().__init__(data, initial={"reason": reason})
        for key, feature in FEATURES.items():
            field = forms.BooleanField(required=False, initial=key in chosen, label=str(feature.label))
            field.help_text = f"{feature.about_data} {WITHOUT[key]}"
            self.fields[key] = field

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get(switches.FINGERPRINT) and not found.get("reason"):
            self.add_error("reason", _("Write why: the fingerprint is switched on with a reason only."))
        return found

    @property
    def features(self) -> list[Any]:
        """The switches, in the order in which they weigh most."""
        return [self[key] for key in WITHOUT]


@dashboard(Right.SEE_PEOPLE)
def features(request: KumquatRequest) -> HttpResponse:
    """What is looked at, for whoever may see; changed on a page of its own by whoever may."""
    chosen = switches.settings_of(request.customer)
    on = frozenset(chosen.features)
    rows = [(FEATURES[key], WITHOUT[key], key in on) for key in WITHOUT]
    context = {
        "rows": rows,
        "reason": chosen.reason,
        "none": not on,
        "fingerprint": switches.FINGERPRINT in on,
        "may_edit": may(request.membership.role, Right.EDIT_RISK),
    }
    return render(request, "rba/console/features.html", context)


@dashboard(Right.EDIT_RISK)
@fresh
def switch(request: KumquatRequest) -> HttpResponse:
    """Switch kinds of data on and off, after a fresh proof."""
    chosen = switches.settings_of(request.customer)
    form = FeaturesForm(request.POST or None, frozenset(chosen.features), chosen.reason)
    if request.method == "POST" and "save" in request.POST and form.is_valid():
        wanted = frozenset(key for key in FEATURES if form.cleaned_data[key])
        reason = form.cleaned_data["reason"] if switches.FINGERPRINT in wanted else ""
        switches.switch(request.customer, wanted, actor(request), reason=reason)
        say(request, _("Saved. It holds within ten seconds everywhere."))
        return redirect("rba_console:features")
    return render(request, "rba/console/features_switch.html", {"form": form})
