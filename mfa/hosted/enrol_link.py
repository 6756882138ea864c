"""The page behind a mailed link for an enrolment: it adds one method, once, for whoever holds the mailbox."""

from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import audit, links, links_pages
from accounts.assurance import Assurance
from accounts.http import source_of
from accounts.models import Link
from mfa import policies, verbs
from mfa.hosted import enrolling
from mfa.verbs import notices, recovering


def register() -> None:
    """Make the purpose known."""
    over = _("Ask the help desk of the site for a new one.")
    links_pages.register(notices.ENROL, page, over=over)


@transaction.atomic
def page(request: HttpRequest, link: Link) -> HttpResponse:
    """Add a method, or bind one again that wrong answers switched off.

    The link's row stays locked while a proof is judged, so that of two browsers with one link one adds something.
    Somebody who still has a way of their own is led to it when the link came by itself: a mailbox must not stand in
    for a factor (security.md S9).
    """
    locked = Link.objects.select_for_update(no_key=True).filter(pk=link.pk, used_at=None, expires_at__gt=Now()).first()
    user = link.user
    if locked is None or user is None or not user.is_active or user.restricted_at:
        return links_pages.over(request, link)
    rules = policies.effective(user.customer, user=user)
    if link.about:  # after a recovery nothing that a mailbox alone opens
        rules = rules.at_least(Assurance.AAL1)
    if link.value and verbs.has_own_proof(user, rules):
        return render(request, "hosted/enrol/other_way.html", {"customer": user.customer})
    by = audit.end_user(user, source_of(request))
    slug = user.customer.slug
    home, more = reverse("me:home", args=[slug]), reverse("me:add", args=[slug])
    found = enrolling.step(request, user, rules, by, done=home, as_factor=True, only=link.value, add_url=more)
    if isinstance(found, HttpResponse):
        return found
    links.spend(locked)
    if link.about:
        recovering.complete(user, found.authenticator, by)
    links_pages.done(request)
    return found.page
