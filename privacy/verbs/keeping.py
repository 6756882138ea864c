"""erase_but(): an erasure that was refused in part takes all of a person's data but what has a ground to stay."""

from collections import Counter

from django.db.models import CASCADE, Model
from django.utils import timezone

from accounts import audit, datamap
from accounts.datamap import Personal
from accounts.models import Message, User
from privacy import subjects, words
from privacy.verbs import apart, removing
from privacy.verbs.removing import Removed

BLANK = ("first_name", "last_name", "email", "phone", "language")
TRAIL = "accounts.AuditRecord.sealed"


def erase_but(user: User, kept: set[str]) -> Removed:
    """Remove what of a person has no ground to stay, inside the caller's transaction.

    A table whose rows belong to others that stay keeps them too: they cannot be there without it.
    """
    if user.restricted_at is not None:
        apart.back(user, audit.SYSTEM)
    every = subjects.everything()
    labels = {every[key] for key in kept if key in every}
    tables = [one.related_model for one in removing.about_people()]
    staying = {model for model in tables if _labels(model) & labels}
    gone: Counter[str] = Counter()
    for model in tables:
        if model is Message and model not in staying:
            removing.empty_messages(user)
        elif model not in staying and not _carries(model, staying) and not datamap.outlives(model):
            gone.update(removing.delete(model._default_manager.filter(user=user)))
    for name in BLANK:
        if subjects.datum(f"{User._meta.label}.{name}") not in labels:
            setattr(user, name, "")
    user.save(force_update=True)
    if TRAIL not in kept:
        audit.forget(user.pk)
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])
    audit.record("user.erased_in_part", audit.SYSTEM, user.customer, user, facts={"kept": sorted(kept)})
    rows = {model._meta.label: model._default_manager.filter(user=user).count() for model in tables}
    return Removed(dict(sorted(gone.items())), {table: count for table, count in sorted(rows.items()) if count})


def _carries(model: type[Model], staying: set[type[Model]]) -> bool:
    return any(one.related_model in staying and one.on_delete is CASCADE for one in removing.incoming(model))


def _labels(model: type[Model]) -> set[str]:
    table = model._meta.label
    return {
        str(words.label(table, name, entry) or name)
        for name, entry in datamap.declared(model).items()
        if isinstance(entry, Personal)
    }
