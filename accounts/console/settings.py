"""A customer's settings."""

from typing import Any, cast

from django import forms
from django.conf import settings as conf
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console.access import dashboard
from accounts.console.fields import LineField, WebField
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right, may
from accounts.verbs.closing import GRACE
from accounts.verbs.settings import edit_customer

MONTHS = (3, 6, 12, 18, 24, 36)
MINUTES = ngettext_lazy("%(n)d minute", "%(n)d minutes", "n")


class SettingsForm(forms.Form):
    """What a customer may choose."""

    name = LineField(
        label=gettext_lazy("Company or website"),
        max_length=100,
        help_text=gettext_lazy("Your people see it in every message and on every page that asks for a code."),
        error_messages={"required": gettext_lazy("Your people must see who asks them.")},
    )
    website = WebField(label=gettext_lazy("Website"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language of messages"),
        choices=conf.LANGUAGES,
        help_text=gettext_lazy("For people who have no language of their own."),
    )
    code_length = forms.TypedChoiceField(label=gettext_lazy("Digits in a code"), coerce=int)
    code_seconds = forms.TypedChoiceField(
        label=gettext_lazy("Life of a code"),
        coerce=int,
        help_text=gettext_lazy("Longer is kinder to slow mail, shorter leaves less time to whoever saw the code."),
    )
    strict_addresses = forms.BooleanField(
        label=gettext_lazy("Send codes to known addresses only"),
        required=False,
        help_text=gettext_lazy(
            "When a site names another address for a user, that is ignored. "
            "Without this the code goes there, and the known address is told."
        ),
    )
    relays_notices = forms.BooleanField(
        label=gettext_lazy("Let sites send notices of their own"),
        required=False,
        help_text=gettext_lazy(
            "A site may then write to your users and members in your name. It counts against your limits."
        ),
    )
    sites_ask_terms = forms.BooleanField(
        label=gettext_lazy("Our sites ask people to agree to our terms themselves"),
        required=False,
        help_text=gettext_lazy(
            "For plugins, which have no word for it: we then take their word. "
            "Without this they are refused, with the address of our page, until the person has agreed there."
        ),
    )

    inactive_months = forms.TypedChoiceField(
        label=gettext_lazy("People who stay away"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "After that time without a sign-in their data is set aside, and erased later. They are told a month before."
        ),
    )

    def __init__(self, customer: Customer, data: QueryDict | None) -> None:
        super().__init__(data, initial={name: getattr(customer, name) for name in self.base_fields})
        lengths, lives = {6, 7, 8, customer.code_length}, {60, 120, 180, 300, 600, customer.code_seconds}
        months = sorted({*MONTHS, *filter(None, [customer.inactive_months])})
        default = _("The server’s own: %(n)d months") % {"n": conf.INACTIVE_MONTHS}
        self._offer("inactive_months", [("", default), *((n, _("%(n)d months") % {"n": n}) for n in months)])
        self._offer("code_length", [(number, str(number)) for number in sorted(lengths)])
        self._offer("code_seconds", [(seconds, MINUTES % {"n": round(seconds / 60)}) for seconds in sorted(lives)])

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        cast(forms.TypedChoiceField, self.fields[name]).choices = choices


@dashboard(Right.EDIT_ACCOUNT, of_test=False)
def settings(request: KumquatRequest) -> HttpResponse:
    """The customer's choices."""
    form = SettingsForm(request.customer, request.POST or None)
    if form.is_valid():
        edit_customer(request.customer, actor(request), **form.cleaned_data)
        say(request, _("Your settings are saved."))
        return redirect("console:settings")
    context = {"form": form, "may_close": may(request.membership.role, Right.CLOSE), "grace": GRACE.days}
    return render(request, "console/settings.html", context)
