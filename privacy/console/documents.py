"""What a customer shows or keeps on paper, made from the data map: public page, record of processing, annex."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts import legal
from accounts.console.access import dashboard
from accounts.http import KumquatRequest
from accounts.roles import Right
from accounts.verbs.closing import GRACE
from privacy import mapping


@dashboard(Right.SEE)
def data(request: KumquatRequest) -> HttpResponse:
    """Every datum, and what is made from that: a page to link or to frame, documents to print."""
    page = settings.PUBLIC_URL + reverse("privacy:who", args=[request.customer.slug])
    frame = f'<iframe src="{page}embed/" width="100%" height="900" loading="lazy"></iframe>'
    context = {"groups": mapping.groups(end_users=True), "page": page, "frame": frame}
    return render(request, "privacy/console/data.html", context)


@dashboard(Right.SEE)
def record(request: KumquatRequest) -> HttpResponse:
    """The customer's record of processing activities (GDPR Art. 30(1)), as far as this service is concerned."""
    return render(request, "privacy/console/record.html", _document(request))


@dashboard(Right.SEE)
def annex(request: KumquatRequest) -> HttpResponse:
    """The annex of the data-processing agreement: subject matter, data, people, sub-processors, measures (Art. 28)."""
    return render(request, "privacy/console/annex.html", _document(request))


def _document(request: KumquatRequest) -> dict[str, Any]:
    return {
        "customer": request.customer,
        "groups": mapping.groups(end_users=True),
        "purposes": mapping.purposes(end_users=True),
        "recipients": mapping.recipients(end_users=True),
        "hosting": settings.OPERATOR_HOSTING,
        "subprocessors": settings.OPERATOR_SUBPROCESSORS,
        "version": legal.VERSIONS[legal.PROCESSING],
        "map_version": legal.VERSIONS[legal.PRIVACY],
        "grace": GRACE.days,
        "today": timezone.localdate(),
    }
