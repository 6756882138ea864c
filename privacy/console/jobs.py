"""What a customer's sites were told to erase: what they answered, what waits, and what a person confirms by hand."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts.console import listing
from accounts.console.access import dashboard
from accounts.console.pages import actor, say
from accounts.console.registry import Words
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right, may
from privacy import showing, site_answers
from privacy.models import SiteJob
from privacy.verbs import siting

State = SiteJob.State
# What the list may be narrowed to
SHOWN = {
    "pending": (gettext_lazy("Site pending"), (State.PENDING,)),
    "done": (gettext_lazy("Done"), (State.DONE, State.CONFIRMED)),
    "failed": (gettext_lazy("Never answered"), (State.GAP,)),
}
COUNT = ngettext_lazy("%(n)s erasure", "%(n)s erasures", "count")


class JobFilters(listing.Filters):
    """Which jobs: those that are open unless others are chosen."""

    show = listing.Choice(
        gettext_lazy("State"), gettext_lazy("Open"), [(name, words) for name, (words, _states) in SHOWN.items()]
    )


class ConfirmForm(forms.Form):
    """How a member knows that a site which does not answer holds nothing more."""

    how = forms.ChoiceField(
        label=gettext_lazy("What was done"),
        choices=lambda: [(one.value, capfirst(str(one.label))) for one in SiteJob.How],  # in the language of the page
        widget=forms.RadioSelect,
    )
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"),
        max_length=siting.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Such as a ticket's number and who looked. Without the person's name: this is kept."),
    )


def pending(customer: Customer) -> tuple[str, Words]:
    """A tile's figure: how many sites a person has to look after."""
    rows = SiteJob.objects.filter(customer=customer, state=State.PENDING)
    return listing.bounded(rows[: listing.MOST_COUNTED + 1].count()), gettext_lazy("not answered for five days")


@dashboard(Right.SEE_PEOPLE)
def jobs(request: KumquatRequest) -> HttpResponse:
    """The jobs, newest first, with filters."""
    filters = JobFilters(request)
    chosen = filters.chosen("show")
    mine = _of(request.customer).filter(state__in=SHOWN[chosen][1] if chosen else SiteJob.OPEN)
    page = listing.page(request, mine)
    context = {
        "page": page,
        "rows": [_row(one) for one in page.rows],
        "filters": filters,
        "found": listing.counted(mine, COUNT),
    }
    return render(request, "privacy/console/jobs.html", context)


@dashboard(Right.SEE_PEOPLE)
def job(request: KumquatRequest, public_id: str) -> HttpResponse:
    """One job with the site's answer; a POST by who may edit people confirms it by hand."""
    row = get_object_or_404(_of(request.customer).select_related("site__link", "confirmed_by"), public_id=public_id)
    may_act = may(request.membership.role, Right.EDIT_PEOPLE)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_act:
            messages.error(request, _("Your role cannot decide about people's data."))
            return redirect("privacy_console:job", public_id)
        if form.is_valid():
            _confirm(request, row, form.cleaned_data)
            return redirect("privacy_console:job", public_id)
    said = json.loads(row.answer) if row.answer else {}
    context = {
        "job": row,
        "link": getattr(row.site, "link", None),  # a site that never asked has none
        "told": _row(row),
        "removed": said.get("removed", []),
        "kept": [{**one, "words": site_answers.WHYS[one["why"]]} for one in said.get("kept", [])],
        "form": form,
        "may_confirm": may_act and row.is_open,
    }
    return render(request, "privacy/console/job.html", context)


def _confirm(request: KumquatRequest, row: SiteJob, given: dict[str, Any]) -> None:
    try:
        siting.confirm(row, given["how"], given["evidence"], request.membership.user, actor(request))
    except siting.Ended:
        messages.error(request, _("The site has answered meanwhile."))
    else:
        say(request, _("Confirmed. The receipt says that it was confirmed by hand."))


def _of(customer: Customer) -> QuerySet[SiteJob]:
    return SiteJob.objects.filter(customer=customer).select_related("site")


def _row(one: SiteJob) -> dict[str, Any]:
    """One line of the list: the person by the name that the site has to look for, while it still has to."""
    state = State(one.state)
    names = json.loads(one.names) if one.names else {}
    return {
        "job": one,
        "name": names.get("username", ""),
        "tone": showing.JOB_TONES[state],
        "text": capfirst(str(state.label)),
    }
