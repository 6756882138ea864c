"""What members and staff ask about their own data; the operator, whose users they are, decides."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_otp.models import Device

from accounts import audit
from accounts.console.access import fresh
from accounts.console.account import Part, own_account
from accounts.http import KumquatRequest
from accounts.models import User
from privacy import choosing, copied, forms, showing
from privacy.models import Package, PrivacyRequest
from privacy.moves import Kind, State, Who
from privacy.verbs import deciding, packing, proving, requesting

MOST = 50


def summary(user: User) -> dict[str, Any]:
    """What the account's page says of it."""
    return {"open": requesting.open_of(user).filter(closed_at=None).count()}


PART = Part("privacy/console/mine_part.html", summary)


def _show(request: KumquatRequest, template: str, **context: Any) -> HttpResponse:
    frame = "console/base.html" if hasattr(request, "membership") else "console/account/alone.html"
    return render(request, f"privacy/console/{template}.html", {"frame": frame, **context})


@require_http_methods(["GET", "HEAD"])
@own_account
def mine(request: KumquatRequest) -> HttpResponse:
    """What can be asked, and what was."""
    rows = list(requesting.open_of(request.user)[:MOST])
    found = [{**_told(one), "package": packing.ready(one)} for one in rows]
    kinds = [{"kind": kind, "label": forms.LABELS[kind], "intro": forms.INTRO[kind]} for kind in Kind]
    kinds = [one for one in kinds if one["kind"] != Kind.OBJECTION]
    proofs = choosing.proofs(request.user, lambda key: reverse("privacy_console:choice_receipt", args=[key]))
    return _show(request, "mine", requests=found, kinds=kinds, proofs=proofs)


def _told(one: PrivacyRequest) -> dict[str, Any]:
    return {
        **showing.row(one),
        "entries": showing.entries(one, own=True),
        "acts": showing.acts(one, Who.PERSON),
        "grounds": showing.grounds(one),
        "progress": Package.objects.filter(request=one, made_at=None).first(),
    }


@require_safe
@own_account
@fresh
def copy(request: KumquatRequest, public_id: str) -> HttpResponse:
    """The member's copy as a page: each datum, what it is for, and what is held."""
    row, found = _copy(request, public_id)
    tables = copied.tables(packing.text(found, audit.member(request.user, request.source)))
    return _show(request, "mine_copy", row=row, tables=tables, package=found)


@require_safe
@own_account
@fresh
def download(request: KumquatRequest, public_id: str) -> HttpResponseBase:
    """The same as a file, sent piece by piece."""
    _row, found = _copy(request, public_id)
    return copied.file(packing.text(found, audit.member(request.user, request.source)))


def _copy(request: KumquatRequest, public_id: str) -> tuple[PrivacyRequest, Package]:
    row = get_object_or_404(requesting.open_of(request.user).select_related("customer", "user"), public_id=public_id)
    found = packing.ready(row)
    if found is None:
        raise Http404
    return row, found


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
@fresh
def ask(request: KumquatRequest, kind: str) -> HttpResponse:
    """Ask for one thing. The fresh proof that opened this page is the evidence, where a second factor was in it."""
    if kind not in Kind.values or kind == Kind.OBJECTION:
        raise Http404
    form = forms.AskForm(kind, request.POST if request.method == "POST" else None)
    label, intro = forms.LABELS[Kind(kind)], forms.INTRO[Kind(kind)]
    if request.method != "POST" or not form.is_valid():
        return _show(request, "mine_ask", kind=kind, form=form, label=label, intro=intro)
    by = audit.member(request.user, request.source)
    try:
        made = requesting.make(request.user, form.asked, by)
    except requesting.LastOwner:
        form.add_error(None, _("You are the only owner of an account. Make another member owner first, or close it."))
    except requesting.TooMany:
        form.add_error(None, _("Ten requests a day are enough. What you asked before is being answered."))
    else:
        if made.request.state == State.EVIDENCE:
            proving.prove(made.request, _method(request), by)
        messages.success(request, _("The request is made."))
        return redirect("privacy_console:mine")
    return _show(request, "mine_ask", kind=kind, form=form, label=label, intro=intro)


def _method(request: KumquatRequest) -> str:
    """The method of the factor that this session was proven by; nothing for a password alone."""
    device = Device.from_persistent_id(request.session.get("otp_device_id", ""))
    return str(device.method) if device is not None and device.user_id == request.user.pk else ""


@require_http_methods(["POST"])
@own_account
def cancel(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Call one's own request off."""
    row = get_object_or_404(requesting.open_of(request.user).select_related("customer", "user"), public_id=public_id)
    try:
        deciding.cancel(row, audit.member(request.user, request.source))
        messages.success(request, _("It is called off. Nothing has changed."))
    except requesting.NotNow:
        messages.error(request, _("It is too late to call that off."))
    return redirect("privacy_console:mine")
