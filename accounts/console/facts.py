"""What an audit record holds, in words: facts and values by the names and labels that pages use elsewhere."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import legal
from accounts.console import registry
from accounts.messages import reasons
from accounts.models import AuditRecord, Message
from accounts.scopes import LABELS

NOTHING = "–"
# Facts that are no field of the row acted on
NAMES: dict[str, registry.Words] = {
    "action": gettext_lazy("action"),
    "after": gettext_lazy("after"),
    "before": gettext_lazy("before"),
    "document": gettext_lazy("document"),
    "ending": gettext_lazy("ends in"),
    "fields": gettext_lazy("changed"),
    "filters": gettext_lazy("filters"),
    "from": gettext_lazy("from"),
    "group": gettext_lazy("group"),
    "how": gettext_lazy("how"),
    "kept": gettext_lazy("kept"),
    "list": gettext_lazy("list"),
    "overlap_hours": gettext_lazy("hours that the old one still works"),
    "problem": gettext_lazy("problem"),
    "removed": gettext_lazy("removed"),
    "second_factor": gettext_lazy("with a second factor"),
    "sessions": gettext_lazy("sessions"),
    "site": gettext_lazy("site"),
    "to": gettext_lazy("to"),
    "tries": gettext_lazy("tries"),
    "until": gettext_lazy("until"),
    "version": gettext_lazy("version"),
    "was": gettext_lazy("was"),
}


def pairs(record: AuditRecord, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values of the record's facts, or of what was sealed in it."""
    model = _model(record)
    return [(str(_name(model, name)), _value(model, name, value)) for name, value in values.items()]


def line(record: AuditRecord) -> str:
    """All facts in one line."""
    return ", ".join(f"{name}: {value}" for name, value in pairs(record, record.facts))


def kind(record: AuditRecord) -> str:
    """What kind of row was acted on."""
    model = _model(record)
    return str(model._meta.verbose_name) if model else record.object_kind


def _model(record: AuditRecord) -> type[models.Model] | None:
    return next((one for one in apps.get_models() if one._meta.model_name == record.object_kind), None)


def _name(model: type[models.Model] | None, name: str) -> registry.Words:
    field = _field(model, name)
    return NAMES.get(name) or (field.verbose_name if field else name)


def _value(model: type[models.Model] | None, name: str, value: Any) -> str:
    """A value; two of them are before and after, but for the names of fields."""
    if name == "fields" and isinstance(value, list):
        return ", ".join(str(_name(model, one)) for one in value)
    if name == "scopes" and isinstance(value, list):
        return "; ".join(str(LABELS.get(one, one)) for one in value)
    if isinstance(value, list):
        return (" → " if len(value) == 2 else ", ").join(_value(model, name, one) for one in value)
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(_label(model, name, value))


def _label(model: type[models.Model] | None, name: str, value: Any) -> Any:
    if name in registry.FACTS:
        return registry.FACTS[name](value)
    if model is Message and name in {"was", "reason"}:
        return dict(Message.State.choices).get(value, value) if name == "was" else reasons.in_words(value)
    if name == "language":
        return dict(settings.LANGUAGES).get(value, value)
    if name == "document":
        return legal.TITLES.get(value, value)
    if name == "until":
        return date_format(timezone.localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")
    field = _field(model, name)
    return dict(field.flatchoices).get(value, value) if field and field.flatchoices else value


def _field(model: type[models.Model] | None, name: str) -> "models.Field[Any, Any] | None":
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None
