"""A customer's sites: added, edited, archived, and first seen."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer, Site
from accounts.verbs import keys

MOST_SITES = 200


class TooManySites(Exception):
    """The customer has as many sites as one customer may have."""


@transaction.atomic
def add_site(customer: Customer, name: str, url: str, by: Actor) -> Site:
    """Make a site with its key. Raises TooManySites."""
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if Site.objects.filter(customer=customer, archived_at=None).count() >= MOST_SITES:
        raise TooManySites
    site = Site.objects.create(customer=customer, name=name, url=url)
    keys.new_key(site)
    audit.record("site.added", by, customer, site, facts={"name": name})
    return site


@transaction.atomic
def edit_site(site: Site, name: str, url: str, by: Actor) -> None:
    """Change a site's name and address."""
    facts = audit.changed({"name": site.name, "url": site.url}, {"name": name, "url": url})
    site.name, site.url = name, url
    site.save(update_fields=["name", "url"])
    if facts:
        audit.record("site.edited", by, site.customer, site, facts=facts)


@transaction.atomic
def archive_site(site: Site, by: Actor) -> None:
    """Close a site: its keys stop working at once; its sign-ins stay in the lists."""
    now = timezone.now()
    site.archived_at = now
    site.save(update_fields=["archived_at"])
    site.api_keys.filter(revoked_at=None).update(revoked_at=now)
    audit.record("site.archived", by, site.customer, site)


def seen_connected(site: Site, by: Actor) -> None:
    """Note a site's first signed call; later calls change nothing."""
    now = timezone.now()
    if Site.objects.filter(pk=site.pk, connected_at=None).update(connected_at=now, last_call_at=now):
        audit.record("site.connected", by, site.customer, site)
