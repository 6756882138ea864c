"""People with requests, for tests: made, proven, decided."""

from accounts import audit
from accounts.models import Membership, Role
from privacy.models import PrivacyRequest
from privacy.moves import Kind
from privacy.verbs import proving, requesting
from privacy.verbs.requesting import Asked
from tests.factories import UserFactory, member

STRONG, MAILBOX = "totp", "email_code"


class Case:
    """An end user of a customer that has an owner, and whoever acts on their requests."""

    def __init__(self, **user):
        self.owner = member(Role.OWNER)
        self.customer = Membership.objects.get(user=self.owner).customer
        self.user = UserFactory(customer=self.customer, **user)
        self.person = audit.end_user(self.user, audit.NOWHERE)
        self.decider = audit.member(self.owner, audit.NOWHERE)

    def ask(self, kind=Kind.ACCESS, **given):
        by = given.pop("by", self.person)
        how = {name: given.pop(name) for name in ("channel", "at") if name in given}
        return requesting.make(self.user, Asked(kind=str(kind), **given), by, **how).request

    def proven(self, kind=Kind.ACCESS, **given):
        """A request of which it is known who asks."""
        row = self.ask(kind, **given)
        assert proving.prove(row, STRONG, self.person)
        return fresh(row)


def fresh(row):
    return PrivacyRequest.objects.select_related("user", "customer").get(pk=row.pk)
