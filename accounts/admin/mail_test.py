"""The page that tries the mail set-up: says in words what it lacks, and sends a message if it lacks nothing."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, limits
from accounts.admin import columns
from accounts.admin.base import StaffAdmin, actor
from accounts.audit import Actor
from accounts.console.pages import soon
from accounts.gateways.setup_check import check_email_setup
from accounts.limits import Limit
from accounts.messages import verbs as outbox
from accounts.models import Message, User
from accounts.verbs.customers import operator

AN_HOUR = 20  # tries of one of the staff: each may hold a request for ten seconds


class TestMailForm(forms.Form):
    """Where the message goes."""

    address = forms.EmailField(
        label=gettext_lazy("Send it to"),
        widget=forms.EmailInput(attrs={"class": "vTextField", "autocomplete": "email"}),
    )


def view(request: HttpRequest, model_admin: StaffAdmin) -> HttpResponse:
    """Nothing is looked at before the button: a mail server may take ten seconds to say no."""
    user = cast(User, request.user)
    form = TestMailForm(request.POST or None, initial={"address": user.email})
    findings: list[Any] = []
    if request.method == "POST" and form.is_valid() and not _too_many(form, user):
        findings = check_email_setup()
        if all(finding.ok for finding in findings):
            message = send(form.cleaned_data["address"], actor(request))
            model_admin.message_user(
                request, _("The message is on its way. This page says how it went."), messages.SUCCESS
            )
            return redirect(columns.address(message))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Try the mail set-up"),
        "form": form,
        "findings": findings,
    }
    return TemplateResponse(request, "admin/accounts/message/test.html", context)


@transaction.atomic
def send(address: str, by: Actor) -> Message:
    """Put a test message into the outbox, as the operator's."""
    home = operator()
    message = outbox.queue("accounts.test", customer=home, channel="email", to=address)
    audit.record("message.test_sent", by, home, message)
    return message


def _too_many(form: TestMailForm, user: User) -> bool:
    over = limits.hit([Limit("staff test mail", str(user.pk), AN_HOUR)])
    if over is not None:
        form.add_error(None, _("That is enough for now. Try again %(when)s.") % {"when": soon(over.wait)})
    return over is not None
