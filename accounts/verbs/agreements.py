"""A customer's agreement to the operator's documents, kept as proof."""

from collections.abc import Iterable

from django.db import transaction

from accounts import audit, legal
from accounts.audit import Actor
from accounts.legal import Document
from accounts.models import Acceptance, Customer, User


def has_agreed(customer: Customer) -> bool:
    """Whether the customer agreed to every document in its version in force. The operator need not."""
    if customer.is_operator:
        return True
    versions = Acceptance.objects.filter(customer=customer).values_list("document", "version")
    return {(name, legal.VERSIONS[name]) for name in legal.TO_AGREE} <= set(versions)


@transaction.atomic
def agree(customer: Customer, user: User, documents: Iterable[Document], by: Actor) -> None:
    """Note that a member agreed for the customer to the documents as they were shown; a second time changes nothing."""
    for document in documents:
        _row, new = Acceptance.objects.get_or_create(
            customer=customer,
            document=document.name,
            version=document.version,
            defaults={"user": user, "text_hash": document.sha256, "language": document.language},
        )
        if new:
            facts = {"document": document.name, "version": document.version}
            audit.record("customer.agreed", by, customer, customer, person=user.pk, facts=facts)
