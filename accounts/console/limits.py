"""Sending limits: what is left of them, and the countries that text messages may go to."""

from typing import Any

import phonenumbers
from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sending_limits
from accounts.console.access import dashboard
from accounts.console.listing import figure
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.limits import DAY, HOUR
from accounts.models import Customer
from accounts.roles import Right, may
from accounts.sending_limits import Line
from accounts.verbs.settings import edit_customer

NEAR = 0.8  # of a limit: the bar changes its colour
MOST_COUNTRIES = 50
PERIODS = {
    HOUR: gettext_lazy("%(used)s of %(allowed)s used in the last hour."),
    DAY: gettext_lazy("%(used)s of %(allowed)s used in the last 24 hours."),
}


class CountriesForm(forms.Form):
    """Country calling codes, as people write them: +47, +46."""

    countries = forms.CharField(
        label=gettext_lazy("Countries for text messages and calls"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"placeholder": "+47, +46", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "The calling codes of the countries where your people are. Left empty, messages go to every country."
        ),
    )

    def clean_countries(self) -> list[str]:
        codes = [code.strip().removeprefix("+") for code in self.cleaned_data["countries"].replace(",", " ").split()]
        for code in codes:
            known = code.isascii() and code.isdigit() and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
            if not known:
                raise forms.ValidationError(
                    _("No country has the calling code %(code)s. Norway’s is +47."), params={"code": code[:8]}
                )
        return sorted({f"+{int(code)}" for code in codes[:MOST_COUNTRIES]})


def bar(line: Line) -> dict[str, Any]:
    """One limit as the page shows it."""
    used = line.used or 0
    share = used / line.allowed if line.allowed else 1
    left = max(0, line.allowed - used)
    return {
        "line": line,
        "left": left if line.used is not None else None,
        "left_words": _("%(n)s left") % {"n": figure(left)},
        "used_words": PERIODS[line.seconds] % {"used": figure(used), "allowed": figure(line.allowed)},
        "css": "is-over" if share >= 1 else "is-near" if share >= NEAR else "",
    }


def tightest(customer: Customer) -> dict[str, Any] | None:
    """The limit with the smallest share left, for the overview; None while none can be told."""
    known = [line for line in sending_limits.overview(customer) if line.used is not None]
    return bar(max(known, key=lambda line: (line.used or 0) / max(1, line.allowed))) if known else None


@dashboard(Right.SEE)
def limits(request: KumquatRequest) -> HttpResponse:
    """What is left of each limit, whom to ask for more, and where messages may go."""
    context = {
        "bars": [bar(line) for line in sending_limits.overview(request.customer)],
        "may_edit": may(request.membership.role, Right.EDIT_ACCOUNT),
        "may_ask": may(request.membership.role, Right.ASK),
        "countries": request.customer.sms_countries,
        "form": CountriesForm(initial={"countries": ", ".join(request.customer.sms_countries)}),
    }
    return render(request, "console/limits.html", context)


@dashboard(Right.EDIT_ACCOUNT)
def countries(request: KumquatRequest) -> HttpResponse:
    """Set the countries that text messages and calls may go to."""
    form = CountriesForm(request.POST or None, initial={"countries": ", ".join(request.customer.sms_countries)})
    if request.method == "POST" and form.is_valid():
        edit_customer(request.customer, actor(request), sms_countries=form.cleaned_data["countries"])
        say(request, _("The countries are saved."))
        return redirect("console:limits")
    return render(request, "console/countries.html", {"form": form})
