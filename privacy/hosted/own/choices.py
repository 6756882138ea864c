"""Switches for what is optional, on the person's own pages, with the proof of each yes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from mfa.hosted.me.access import OwnRequest, actor, own_page
from privacy import choosing
from privacy.hosted.own import access
from privacy.models import Consent
from privacy.verbs import consenting


def of(request: OwnRequest) -> dict[str, Any]:
    """What the page of the person's rights shows of them."""
    proofs = choosing.proofs(request.person, lambda key: access.address(request, "choice_receipt", key))
    return {"choices": consenting.choices(request.person), "proofs": proofs}


@require_POST
@own_page
def choose(request: OwnRequest) -> HttpResponse:
    """Switch one on or off."""
    said = choosing.answer(request, request.person, actor(request))
    if said is None:
        raise Http404
    messages.success(request, said)
    return redirect(access.address(request, "home"))


@require_safe
@own_page
def receipt(request: OwnRequest, public_id: str) -> HttpResponse:
    """The proof of one of the person's own."""
    return choosing.receipt(request, get_object_or_404(Consent, user=request.person, public_id=public_id))
