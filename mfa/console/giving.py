"""What a help desk gives to who cannot prove themselves: a code to read out, or a link to set something up anew."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.console.user import user_of
from accounts.http import KumquatRequest
from accounts.roles import Right
from mfa import verbs
from mfa.console.helping import LetInForm
from mfa.contract import METHODS

USES = ngettext_lazy("%(n)d time", "%(n)d times", "n")


class BypassForm(LetInForm):
    """How often, until when, and why."""

    uses = forms.TypedChoiceField(
        label=gettext_lazy("Works"),
        coerce=int,
        initial=1,
        choices=lambda: [(uses, USES % {"n": uses}) for uses in (1, 3, 10)],
    )
    field_order = ("uses", "hours", "reason")


@dashboard(Right.HELP_PEOPLE)
def bypass(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Make a code that stands for the user's second factor for a while. The answer to the POST shows it, once."""
    person = user_of(request.customer, public_id)
    form = BypassForm(request.POST or None)
    context: dict[str, Any] = {"person": person, "form": form}
    if person.disabled_at is not None or not form.is_valid():
        return render(request, "mfa/console/bypass.html", context)
    given = form.cleaned_data
    method = next(key for key, method in METHODS.items() if not method.is_own)
    until = timezone.now() + timedelta(hours=given["hours"])
    made = verbs.give_bypass(person, method, until, given["uses"], given["reason"], actor(request))
    context |= {"code": (made.shown_once or [""])[0], "made": made}
    return render(request, "mfa/console/bypass_given.html", context)


@dashboard(Right.HELP_PEOPLE)
def link(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Mail the user a link by which they add a method without another one, once, within a day."""
    person = user_of(request.customer, public_id)
    if request.method != "POST" or not person.email or person.disabled_at is not None:
        return render(request, "mfa/console/link.html", {"person": person})
    verbs.send_enrolment_link(person, actor(request))
    say(request, _("The link is on its way to %(email)s. An earlier one works no longer.") % {"email": person.email})
    return redirect("console:user", person.public_id)
