"""Switches of a member's own account: news, and a start page in the order of use; with the proof of each yes."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.console.account import Part, own_account
from accounts.console.registry import TILES, Tile
from accounts.http import KumquatRequest
from accounts.models import Membership, User
from privacy import choosing
from privacy.models import Consent, PageUse
from privacy.purposes import PERSONALISATION
from privacy.verbs import consenting


def summary(user: User) -> dict[str, Any]:
    """What the account's page shows of it."""
    return {"choices": consenting.choices(user)}


PART = Part("privacy/console/choices_part.html", summary)


@require_POST
@own_account
def choose(request: KumquatRequest) -> HttpResponse:
    """Switch one on or off."""
    said = choosing.answer(request, request.user, audit.member(request.user, request.source))
    if said is None:
        raise Http404
    messages.success(request, said)
    return redirect("console:account")


@require_safe
@own_account
def receipt(request: KumquatRequest, public_id: str) -> HttpResponse:
    """The proof of one of the member's own."""
    return choosing.receipt(request, get_object_or_404(Consent, user=request.user, public_id=public_id))


def note(request: KumquatRequest) -> None:
    """Count that a member opened one of the start page's lists, if they wish that page in the order of use."""
    page = request.resolver_match.view_name if request.resolver_match else ""
    if request.method == "GET" and _wishes(request.membership) and page in {tile.url_name for tile in TILES}:
        row, _made = PageUse.objects.get_or_create(membership=request.membership, page=page)
        PageUse.objects.filter(pk=row.pk).update(times=F("times") + 1)


def in_order(membership: Membership, tiles: list[Tile]) -> list[Tile]:
    """The tiles with those first that this member uses most; as they are for everybody who does not wish it."""
    if not _wishes(membership):
        return tiles
    times = dict(PageUse.objects.filter(membership=membership).values_list("page", "times"))
    return sorted(tiles, key=lambda tile: -times.get(tile.url_name, 0))


def _wishes(membership: Membership) -> bool:
    return PERSONALISATION in membership.user.consented
