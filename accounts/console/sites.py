"""Pages about a customer's sites: the list, adding, editing, archiving."""

from typing import Any

from django import forms
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import verbs
from accounts.console import listing, registry
from accounts.console.access import dashboard
from accounts.console.fields import LineField, WebField
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.models import ApiKey, Customer, Site
from accounts.roles import Right, may
from accounts.verbs.sites import MOST_SITES, TooManySites


class SiteForm(forms.Form):
    """A site's name and address."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=200,
        help_text=gettext_lazy("As your people know it. It stands in the messages that we send them."),
        error_messages={"required": gettext_lazy("A name, so that you know it again in the lists.")},
    )
    url = WebField(label=gettext_lazy("Address"))


class SiteFilters(listing.Filters):
    """Sites that are in use, or those that were archived."""

    state = listing.Choice(gettext_lazy("State"), gettext_lazy("In use"), [("archived", gettext_lazy("Archived"))])


def site_of(customer: Customer, public_id: str) -> Site:
    """One site of the customer's, archived or not; 404 for anybody else's."""
    return get_object_or_404(Site, customer=customer, public_id=public_id)


def live_site(customer: Customer, public_id: str) -> Site:
    """One site of the customer's that is in use; 404 for any other."""
    return get_object_or_404(Site, customer=customer, public_id=public_id, archived_at=None)


@dashboard(Right.SEE)
def sites(request: KumquatRequest) -> HttpResponse:
    """The sites, each with its state and the last use of its key."""
    filters = SiteFilters(request)
    archived = filters.chosen("state") == "archived"
    mine = Site.objects.filter(customer=request.customer, archived_at__isnull=not archived)
    context = {
        "page": listing.page(request, _with_key(mine)),
        "filters": filters,
        "found": listing.counted(mine, ngettext_lazy("%(n)s site", "%(n)s sites", "count")),
        "may_edit": may(request.membership.role, Right.EDIT_SITES),
        "may_see_keys": may(request.membership.role, Right.SEE_KEYS),
        "archived": archived,
    }
    return render(request, "console/sites.html", context)


@dashboard(Right.EDIT_SITES)
def add(request: KumquatRequest) -> HttpResponse:
    """A new site, which gets its key at once."""
    form = SiteForm(request.POST or None)
    if form.is_valid():
        try:
            site = verbs.add_site(request.customer, by=actor(request), **form.cleaned_data)
        except TooManySites:
            text = _("You have %(most)d sites, as many as one customer can have. Archive one that is not used.")
            form.add_error(None, text % {"most": MOST_SITES})
        else:
            say(request, _("%(site)s is added. Connect it next.") % {"site": site.name})
            return redirect("console:connect", site.public_id)
    return render(request, "console/site_add.html", {"form": form})


@dashboard(Right.EDIT_SITES)
def edit(request: KumquatRequest, public_id: str) -> HttpResponse:
    """A site's name and address, and the way to archive it."""
    site = live_site(request.customer, public_id)
    form = SiteForm(request.POST or None, initial={"name": site.name, "url": site.url})
    if form.is_valid():
        verbs.edit_site(site, by=actor(request), **form.cleaned_data)
        say(request, _("%(site)s is saved.") % {"site": site.name})
        return redirect("console:site_edit", site.public_id)
    return render(request, "console/site_edit.html", site_context(request, site, "edit") | {"form": form})


@dashboard(Right.EDIT_SITES)
def archive(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Close a site, after a page that says what that means."""
    site = live_site(request.customer, public_id)
    if request.method == "POST":
        verbs.archive_site(site, actor(request))
        say(request, _("%(site)s is archived. Its keys no longer work.") % {"site": site.name})
        return redirect("console:sites")
    return render(request, "console/site_archive.html", {"site": site})


def site_context(request: KumquatRequest, site: Site, tab: str) -> dict[str, Any]:
    """What the head of every page about one site shows."""
    role = request.membership.role
    return {
        "site": site,
        "tab": tab,
        "may_edit": may(role, Right.EDIT_SITES),
        "may_see_keys": may(role, Right.SEE_KEYS),
        "more_tabs": [one for one in registry.SITE_TABS if may(role, one.right)],
    }


def _with_key(rows: QuerySet[Site]) -> QuerySet[Site]:
    """The sites with the ending and last use of the current key, in the same query."""
    current = ApiKey.objects.filter(site=OuterRef("pk"), retires_at=None, revoked_at=None)
    return rows.annotate(
        key_ending=Subquery(current.values("ending")[:1]), key_used_at=Subquery(current.values("last_used_at")[:1])
    )
