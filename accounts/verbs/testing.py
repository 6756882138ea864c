"""Test mode: a customer's second universe, with people, sites and tokens of its own, in which nothing is sent."""

from django.db import IntegrityError, transaction

from accounts import audit
from accounts.audit import Actor
from accounts.models import Customer
from accounts.verbs.customers import new_customer


def test_customer(customer: Customer, by: Actor) -> Customer:
    """The universe in which a customer tries things out, made at first use. The customer's own members work in it."""
    found = existing(customer)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            made = new_customer(customer.name, "", customer.language, test_of=customer)
            audit.record("customer.test_mode_made", by, customer, customer)
            return made
    except IntegrityError:  # two members at the same moment: the other one made it
        return Customer.objects.get(test_of=customer)


def existing(customer: Customer) -> Customer | None:
    """The universe made for a customer before, or None."""
    return Customer.objects.filter(test_of=customer).first()


def real(customer: Customer) -> Customer:
    """The customer itself, also when its test universe is given."""
    return customer.test_of or customer


__all__ = ("existing", "real", "test_customer")
