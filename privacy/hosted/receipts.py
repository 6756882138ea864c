"""Receipts of erasures for everybody: one by its address, and a page that says whether one is as it was signed.

Who has the address may read the receipt: it holds nothing personal, and the address is 128 random bits.
"""

from typing import Any

from django import forms
from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import crypto
from privacy import site_answers, words
from privacy.models import PrivacyRequest, Receipt, SiteJob
from privacy.moves import CLOSED, Ground, Kind
from privacy.verbs import receipts

MOST_BYTES = receipts.LONGEST


class VerifyForm(forms.Form):
    """A receipt, pasted or as the file that was kept."""

    text = forms.CharField(
        label=gettext_lazy("Paste the receipt"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        required=False,
        max_length=receipts.LONGEST,
    )
    file = forms.FileField(label=gettext_lazy("Or choose its file"), required=False)

    def clean(self) -> dict[str, Any]:
        """One of the two, as text. Of a file that is too long for a receipt the beginning is enough to see that."""
        given = super().clean() or {}
        file = given.get("file")
        if file is not None:
            given["text"] = file.read(MOST_BYTES).decode(errors="replace")
        if not given.get("text") and not self.errors:
            raise forms.ValidationError(_("Paste a receipt, or choose the file that you kept."))
        return given


def verify(request: HttpRequest) -> HttpResponse:
    """Says whether a receipt is as this server signed it, and what is in it. Nothing of it is kept."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        said = receipts.verified(form.cleaned_data["text"])
        context |= {"checked": True, "said": shown(said) if said else None}
    return render(request, "hosted/privacy/verify.html", context)


@require_safe
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """One receipt. Before it is there, where the erasure stands."""
    found = Receipt.objects.filter(public_id=public_id[:22]).first()
    if found is not None and found.signed_at:
        said = receipts.verified(found.text)
        context = {"receipt": found, "said": shown(said) if said else None}
        return render(request, "hosted/privacy/erasure.html", context)
    if found is None and not _is_asked(public_id[:22]):
        raise Http404
    return render(request, "hosted/privacy/erasure_waits.html", {"receipt": found})


def _is_asked(public_id: str) -> bool:
    """Whether this is a person's own request that has not been carried out yet."""
    rows = PrivacyRequest.objects.filter(public_id=public_id, kind=Kind.ERASURE)
    return rows.exclude(state__in=sorted(CLOSED)).exists()


@require_safe
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt as a file to keep, to the letter."""
    found = Receipt.objects.filter(public_id=public_id[:22], signed_at__isnull=False).first()
    if found is None:
        raise Http404
    response = HttpResponse(found.text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="erasure-{found.public_id}.json"'
    return response


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The public keys that receipts are signed with, for whoever checks one without this server."""
    return JsonResponse({"algorithm": "Ed25519", "keys": crypto.public_keys(receipts.PURPOSE)})


def shown(said: dict[str, Any]) -> dict[str, Any]:
    """A receipt in words: what the data map and the pages call its tables, grounds and recipients."""
    return {
        "said": said,
        "by": receipts.ASKERS.get(said["asked_by"], said["asked_by"]),
        "removed": [{"what": table(one["what"]), "rows": one["rows"]} for one in said["removed"]],
        "kept": [_kept(one) for one in said["kept"]],
        "sites": [_site(one) for one in said["sites"]],
        "grounds": [Ground(ground).label for ground in sorted(set(said["grounds"].values()))],
        "recipients": [
            {**one, "recipient": words.RECIPIENTS.get(one["recipient"], one["recipient"])} for one in said["recipients"]
        ],
    }


def table(label: str) -> str:
    """What the rows of a table are called."""
    return str(words.LABELS.get(f"{label}:identity") or apps.get_model(label)._meta.verbose_name_plural)


def _site(one: dict[str, Any]) -> dict[str, Any]:
    """What a site said, and whether its own signature is under it."""
    return {
        "site": one["site"],
        "state": SiteJob.State(one["state"]).label,
        "removed": [f"{line['what']}: {line['count']}" for line in one["removed"]],
        "kept": [f"{line['what']}: {line['count']} ({site_answers.WHYS[line['why']]})" for line in one["kept"]],
        "is_own": receipts.is_sites_own(one),
        "key": one["public_key"],
    }


def _kept(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "what": table(one["what"]),
        "rows": one["rows"],
        "why": [words.PURPOSES[purpose][0] if purpose in words.PURPOSES else purpose for purpose in one["why"]],
        "how": [words.ERASED.get(how, how) for how in one["how"]],
        "until": [words.RETENTIONS.get(until, until) for until in one["until"]],
    }
