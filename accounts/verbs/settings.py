"""A customer's own settings."""

from typing import Any

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer

EDITABLE = (
    "name",
    "website",
    "language",
    "code_length",
    "code_seconds",
    "strict_addresses",
    "relays_notices",
    "inactive_months",
    "sites_ask_terms",
    "sms_countries",
)


@transaction.atomic
def edit_customer(customer: Customer, by: Actor, **fields: Any) -> dict[str, Any]:
    """Change a customer's settings and return what differs, each as [before, after]."""
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    changes = audit.changed({name: getattr(customer, name) for name in fields}, fields)
    if changes:
        for name in changes:
            setattr(customer, name, fields[name])
        customer.save(update_fields=list(changes))
        audit.record("customer.edited", by, customer, customer, facts=changes)
    return changes
