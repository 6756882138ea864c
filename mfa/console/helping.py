"""Help for who lost a phone: reset a method, or let in once by e-mail code."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console.access import dashboard
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.console.user import user_of
from accounts.http import KumquatRequest
from accounts.roles import Right
from mfa import verbs
from mfa.console.sign_ins import method_label
from mfa.models import Authenticator

HOURS = ngettext_lazy("%(n)d hour", "%(n)d hours", "n")


class ReasonForm(forms.Form):
    """Why this is done; it stands in the audit log and in the message to the user."""

    reason = LineField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Such as: lost the phone, called from a known number. The user reads it too."),
        error_messages={"required": gettext_lazy("A few words, for whoever reads the audit log later.")},
    )


class LetInForm(ReasonForm):
    """Until when, and why."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("Works for"),
        coerce=int,
        initial=4,
        choices=lambda: [(hours, HOURS % {"n": hours}) for hours in (1, 4, 24, 72)],  # in the language of the page
    )
    field_order: tuple[str, ...] = ("hours", "reason")


@dashboard(Right.HELP_PEOPLE)
def reset(request: KumquatRequest, public_id: str, method_id: str) -> HttpResponse:
    """Remove one method of a user's, after a page that names it and says who is told."""
    person = user_of(request.customer, public_id)
    mine = Authenticator.objects.filter(user=person).select_related("user__customer")
    authenticator: Authenticator = get_object_or_404(mine, public_id=method_id)
    form = ReasonForm(request.POST or None)
    label = method_label(authenticator.method)
    if form.is_valid():
        verbs.reset(authenticator, actor(request), form.cleaned_data["reason"])
        say(request, _("%(method)s is reset, and %(user)s is told.") % {"method": label, "user": person})
        return redirect("console:user", person.public_id)
    return render(request, "mfa/console/reset.html", {"person": person, "method": label, "form": form})


@dashboard(Right.HELP_PEOPLE)
def let_in(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Let a user in once by a code to the known address, until a time."""
    person = user_of(request.customer, public_id)
    form = LetInForm(request.POST or None)
    if person.email and form.is_valid():
        until = timezone.now() + timedelta(hours=form.cleaned_data["hours"])
        verbs.let_in_once(person, until, form.cleaned_data["reason"], actor(request))
        when = date_format(timezone.localtime(until), "DATETIME_FORMAT")
        text = _(
            "%(user)s can sign in once by a code to the known address until %(when)s. The user and the owners are told."
        )
        say(request, text % {"user": person, "when": when})
        return redirect("console:user", person.public_id)
    return render(request, "mfa/console/let_in.html", {"person": person, "form": form})
