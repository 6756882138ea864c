"""Switches for what is optional, as the account's page and the person's own pages both answer them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.audit import Actor
from accounts.models import User
from privacy.models import Consent
from privacy.purposes import PURPOSES
from privacy.verbs import consenting


def answer(request: HttpRequest, user: User, by: Actor) -> str | None:
    """Switch what was sent on or off, and say so; None for what nobody is asked."""
    purpose = request.POST.get("purpose", "")
    try:
        if request.POST.get("answer") == "yes":
            consenting.give(user, purpose, by)
            return _("It is on. You can switch it off here at any time.")
    except consenting.NotForThem:
        return None
    if purpose not in PURPOSES:
        return None
    consenting.take_back(user, purpose, by)
    return _("It is off.")


def receipt(request: HttpRequest, consent: Consent) -> HttpResponse:
    """The proof of one yes as a text file to keep."""
    context = {"consent": consent, "label": PURPOSES[consent.purpose].label}
    text = render_to_string("hosted/privacy/consent_receipt.txt", context, request)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="consent-{consent.purpose}.txt"'
    return response


def proofs(user: User, receipt_url: Callable[[str], str]) -> list[dict[str, Any]]:
    """All that a person ever said yes to, newest first, what was taken back included; each with its receipt."""
    mine = Consent.objects.filter(user=user, purpose__in=PURPOSES).order_by("-pk")[:50]
    return [{"proof": one, "label": PURPOSES[one.purpose].label, "url": receipt_url(one.public_id)} for one in mine]
