"""An objection to news, kept at one click: whoever asked for news is taken off the list, and stays off."""

from django.db import transaction

from accounts import audit
from accounts.audit import Actor
from accounts.models import User
from accounts.verbs.customers import operator
from privacy.models import Consent, Objection, PrivacyRequest
from privacy.models.agreements import Way
from privacy.moves import Kind
from privacy.purposes import NEWS
from privacy.verbs import consenting, requesting, suppressing


@transaction.atomic
def object_to_news(hashed: str, by: Actor) -> bool:
    """Keep an objection; False when it was there. Who has the address and asked for news is taken off the list."""
    _row, made = Objection.objects.get_or_create(digest=hashed)
    if made:
        audit.record("privacy.objected", by, operator())
        for user in _readers_of(hashed):
            consenting.take_back(user, NEWS, by, way=Way.MAIL)
            asked = requesting.Asked(kind=Kind.OBJECTION)
            requesting.make(user, asked, by, channel=PrivacyRequest.Channel.MAIL)
    return made


def _readers_of(hashed: str) -> list[User]:
    """Of those who asked for news, whoever has the address. A hash cannot be searched for, so each is looked at."""
    held = Consent.objects.filter(purpose=NEWS, withdrawn_at=None, user__isnull=False).select_related("user__customer")
    return [
        one.user
        for one in held.iterator()
        if one.user and one.user.email and suppressing.digest(one.user.email) == hashed
    ]
