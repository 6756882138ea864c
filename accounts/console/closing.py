"""Closing the account: asked for by an owner, stopped at once if they wish, taken back until its date."""

from datetime import datetime

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.console.access import dashboard, fresh
from accounts.console.fields import LineField
from accounts.console.pages import actor, refuse, say
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right
from accounts.verbs import closing


class CloseForm(forms.Form):
    """The customer's name, typed by who means it, and whether the keys stop at once."""

    name = LineField(
        label=gettext_lazy("Name of the account"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the name, so that no account is closed by mistake.")},
    )
    stops_keys = forms.BooleanField(
        label=gettext_lazy("Stop all keys at once"),
        required=False,
        help_text=gettext_lazy("Without this they work until the account closes."),
    )

    def __init__(self, customer: Customer, data: QueryDict | None) -> None:
        super().__init__(data)
        self.customer = customer
        self.fields["name"].help_text = _("Type it as it stands here: %(name)s") % {"name": customer.name}

    def clean_name(self) -> str:
        given: str = self.cleaned_data["name"]
        if _folded(given) != _folded(self.customer.name):
            raise forms.ValidationError(_("That is not the name of this account."))
        return given


@dashboard(Right.CLOSE, of_test=False)
@fresh
def close(request: KumquatRequest) -> HttpResponse:
    """Ask for the account to be closed; while it is closing, what that means and the way back."""
    customer = request.customer
    if customer.is_closing or customer.is_operator:
        return render(request, "console/closing.html")
    form = CloseForm(customer, request.POST or None)
    day = timezone.localtime() + closing.GRACE
    if form.is_valid():
        until = closing.close_customer(customer, actor(request), stops_keys=form.cleaned_data["stops_keys"])
        say(request, _("The account closes on %(day)s. All owners are told by mail.") % {"day": _day(until)})
        return redirect("console:close")
    return render(request, "console/close.html", {"form": form, "day": day})


@require_POST
@dashboard(Right.CLOSE, of_test=False)
def keep(request: KumquatRequest) -> HttpResponse:
    """Take the closing back. It asks for no fresh proof: who saves an account should not have to look for a phone."""
    if closing.keep_customer(request.customer, actor(request)):
        say(request, _("The account stays open, and its keys work."))
    return redirect("console:settings")


@require_POST
@dashboard(Right.CLOSE, of_test=False)
@fresh
def stop_keys(request: KumquatRequest) -> HttpResponse:
    """Stop all keys of a closing account now."""
    if closing.stop_keys(request.customer, actor(request)):
        say(request, _("All keys have stopped."))
    else:
        refuse(request, _("Keys are stopped only while the account closes."))
    return redirect("console:close")


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
