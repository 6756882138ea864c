"""People whom a site names at the prompt and whom we do not know yet: added where the policy says so.

The site's signature is its word that it knows them, as a call of its key would be. Nothing is written before the person
acts: whoever only looks at the page, or declines the customer's terms, leaves no row.
"""

from django.db import transaction

from accounts import audit, names
from accounts.http import Source
from accounts.models import User
from accounts.verbs import people
from mfa.models import Visit
from mfa.policies import Effective, Rule


def meet(visit: Visit) -> None:
    """Bind a visit to the person of its name who was added since it began, by agreeing to terms or by another visit."""
    if visit.purpose != Visit.Purpose.SITE or not visit.is_open():
        return
    found = people.find_user(visit.customer, visit.username)
    if found is not None and Visit.objects.filter(pk=visit.pk, user=None).update(user=found):
        visit.user = found


def may_join(visit: Visit, rules: Effective) -> bool:
    """Whether the policy adds whom this visit names: nobody who was erased, nor of the name of a member or staff."""
    if visit.user_id is not None or visit.site is None or not rules.value(Rule.ADD_UNKNOWN):
        return False
    try:
        if people.was_erased(visit.customer, visit.username):
            return False
    except names.UnusableName:
        return False
    name = names.canonical(visit.username)
    return not User.objects.living().filter(customer=visit.customer, canonical_username=name).exists()


@transaction.atomic
def join(visit: Visit, rules: Effective, source: Source) -> bool:
    """Add the person on the site's word; False where that may not be, or terms are to be agreed to first."""
    if visit.site is None or visit.customer.terms_needed or not may_join(visit, rules):
        return False
    by = audit.site(visit.site, source)
    try:
        user = people.create_user(visit.customer, visit.username.strip(), by)
    except (people.NameTaken, people.ErasedBefore):  # by another window, a moment ago
        return False
    visit.user = user
    visit.save(update_fields=["user"])
    return True
