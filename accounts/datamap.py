"""The words in which every model declares its fields, and the check that it did.

Each model carries `data_map`, a dict from field name to `Plain` or `Personal`. Declared beside the field, the map
cannot be forgotten: `manage.py check` fails on a field that is missing from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import models

OUR_APPS = ("accounts", "rba", "mfa", "privacy")

# Why a datum is held (GDPR Art. 5(1)(b)) and on what basis (Art. 6)
SIGN_IN = "prove who signs in"
DELIVERY = "deliver codes and notices"
ACCOUNTABILITY = "show what was done, by whom"
ABUSE = "limit abuse"
CONTRACT = "run the customer's account"
SUPPORT = "answer questions"
RIGHTS = "keep the person's rights"
PERSONALISATION = "put first what is used"
NEWS = "tell what is new"

# Who else is given data
PROVIDER = "the e-mail or SMS provider"
SITE = "the site you signed in to"
CUSTOMER_FILE = "the customer, in a file"

EVENTS_KEPT = "as long as sign-ins are kept"  # settings.SIGN_IN_DAYS
STAYS = "stays"  # how `Personal.erased` begins where a row is kept without a person


@dataclass(frozen=True)
class Plain:
    """A field that says nothing about a person by itself."""

    why: str = "technical"


@dataclass(frozen=True)
class Personal:
    """A field about a person. `retention` is in words; `recipients` names who else is given it.

    The words are English sources; privacy/words.py says each to people. What is in the category "other" says in
    `necessity` why the service cannot do without.
    """

    category: str
    purpose: str
    retention: str
    source: str = "the site or the customer"
    basis: str = "legitimate interest: security"
    recipients: tuple[str, ...] = ()
    exported: str = "as it is"
    corrected: str = "by the customer or the person"
    erased: str = "with the row"
    necessity: str = ""


Declaration = Mapping[str, Plain | Personal]

TECHNICAL = Plain()


def plain(*names: str, why: str = "technical") -> dict[str, Plain | Personal]:
    """Declare several fields at once as saying nothing about a person."""
    return {name: Plain(why) for name in names}


def declared(model: type[models.Model]) -> Declaration:
    """The declaration of a model, those of its abstract parents included."""
    merged: dict[str, Plain | Personal] = {}
    for parent in reversed(model.__mro__):
        merged.update(parent.__dict__.get("data_map", {}))
    return merged


MEMBERS, EVERYBODY = "members", "everybody"


def about(model: type[models.Model]) -> str:
    """Whom a model's rows are about: members and staff alone where the class says `data_subjects`, else everybody."""
    return str(getattr(model, "data_subjects", EVERYBODY))


def outlives(model: type[models.Model]) -> bool:
    """Whether the rows of a model stay when those whom they are about are gone, without telling who that was."""
    entries = declared(model).values()
    return any(isinstance(entry, Personal) and entry.erased.startswith(STAYS) for entry in entries)


def entries() -> Iterator[tuple[type[models.Model], str, Plain | Personal]]:
    """Every field of every model of ours with its declaration."""
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for name, entry in declared(model).items():
                yield model, name, entry


def check(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """System check: every field is declared once, and nothing is declared that is no field."""
    errors: list[CheckMessage] = []
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            fields = {field.name for field in model._meta.local_concrete_fields}
            names = set(declared(model))
            for name in sorted(fields - names):
                hint = "Add it to data_map in the model's class, as plain(...) or Personal(...)."
                errors.append(
                    Error(f"{model._meta.label}.{name} is not in the data map.", hint=hint, id="kumquat.E001")
                )
            for name in sorted(names - fields):
                errors.append(Error(f"{model._meta.label} declares {name!r}, which is no field.", id="kumquat.E002"))
    return errors
