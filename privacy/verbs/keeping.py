"""erase_but(): an erasure that was refused in part takes all of a person's data but what has a ground to stay."""

from django.db.models import CASCADE, ManyToOneRel, Model
from django.utils import timezone

from accounts import audit, datamap
from accounts.datamap import Personal
from accounts.models import Message, User
from privacy import subjects, words
from privacy.verbs import apart, erasing

BLANK = ("first_name", "last_name", "email", "phone", "language")
TRAIL = "accounts.AuditRecord.sealed"


def erase_but(user: User, kept: set[str]) -> None:
    """Remove what of a person has no ground to stay, inside the caller's transaction.

    A table whose rows belong to others that stay keeps them too: they cannot be there without it.
    """
    if user.restricted_at is not None:
        apart.back(user, audit.SYSTEM)
    every = subjects.everything()
    labels = {every[key] for key in kept if key in every}
    staying = {model for model in _about_people() if _labels(model) & labels}
    for model in _about_people():
        if model is Message and model not in staying:
            erasing.empty_messages(user)
        elif model not in staying and not _carries(model, staying) and not datamap.outlives(model):
            model._default_manager.filter(user=user).delete()
    for name in BLANK:
        if subjects.datum(f"{User._meta.label}.{name}") not in labels:
            setattr(user, name, "")
    user.save()
    if TRAIL not in kept:
        audit.forget(user.pk)
    user.factors_changed_at = timezone.now()
    user.save(update_fields=["factors_changed_at"])
    audit.record("user.erased_in_part", audit.SYSTEM, user.customer, user, facts={"kept": sorted(kept)})


def _about_people() -> list[type[Model]]:
    """Every table whose rows are about one user, those first that others do not point at."""
    found = {one.related_model for one in _incoming(User) if one.field.name == "user"}
    return sorted(found, key=lambda model: (len(_incoming(model)), model._meta.label))


def _incoming(model: type[Model]) -> list[ManyToOneRel]:
    return [one for one in model._meta.get_fields(include_hidden=True) if isinstance(one, ManyToOneRel)]


def _carries(model: type[Model], staying: set[type[Model]]) -> bool:
    return any(one.related_model in staying and one.on_delete is CASCADE for one in _incoming(model))


def _labels(model: type[Model]) -> set[str]:
    table = model._meta.label
    return {
        str(words.label(table, name, entry) or name)
        for name, entry in datamap.declared(model).items()
        if isinstance(entry, Personal)
    }
