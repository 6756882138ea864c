"""What cells of the staff's lists are made of: links, masked people, moments, badges."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts import names
from accounts.models import Customer, User
from accounts.templatetags import ui

NOTHING = "–"


def address(obj: models.Model) -> str:
    """The page of a row."""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])


def list_of(url_name: str, **filters: Any) -> str:
    """The address of a list, such as `list_of("accounts_message", user=user.pk)`, narrowed by its filters."""
    query = urlencode({name: str(value) for name, value in filters.items()})
    return f"{reverse(f'admin:{url_name}_changelist')}{'?' if query else ''}{query}"


def link(obj: models.Model | None, label: Any = None) -> SafeString | str:
    """A link to a row's page, where there is a row."""
    return NOTHING if obj is None else format_html('<a href="{}">{}</a>', address(obj), label or obj)


def known_as(user: User) -> str:
    """What lists call a person: nobody is shown in full where only one's work is looked at."""
    return names.mask_email(user.username) if "@" in user.username else f"{user.username[:1]}•••"


def person(user: User | None) -> SafeString | str:
    """A link to a person's page under their masked name."""
    if user is None:
        return NOTHING
    return format_html("{}", known_as(user)) if user.erased_at else link(user, known_as(user))


def moment(at: datetime | None) -> SafeString | str:
    """A moment as people say it, exact on hover."""
    return NOTHING if at is None else ui.ago(at)


def exact(at: datetime | None) -> str:
    """A moment to the second, for pages that are about one row."""
    if at is None:
        return NOTHING
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M:%S}"


def at(name: str, label: Any) -> Any:
    """A line of a row's page: a moment of the row, under a label of the page's own."""
    return _line(name, label, exact)


def line(name: str, label: Any) -> Any:
    """A line of a row's page: a value of the row, under a label of the page's own."""
    return _line(name, label, lambda value: NOTHING if value in (None, "") else value)


def _line(name: str, label: Any, shape: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @admin.display(description=label)
    def shown(obj: Any) -> Any:
        return shape(getattr(obj, name))

    shown.__name__ = name
    return shown


def badge(tone: str, text: Any) -> SafeString:
    """A state, in word and shape."""
    return SafeString(render_to_string("components/badge.html", {"tone": tone, "text": text}).strip())


def links(pairs: Iterable[tuple[str, Any]]) -> SafeString | str:
    """Several links, each of them (address, label), one below the other."""
    lines = format_html_join("", '<li><a href="{}">{}</a></li>', pairs)
    return format_html('<ul class="related">{}</ul>', lines) if lines else NOTHING


def checkbox(name: str, value: Any, label: str) -> SafeString:
    """The box that chooses a row; Django's script finds it by its class."""
    return format_html(
        '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">', name, value, label
    )


def trail_of(obj: models.Model) -> str:
    """The address of the audit trail of one row."""
    if isinstance(obj, User):
        return list_of("accounts_auditrecord", person=obj.pk)
    if isinstance(obj, Customer):
        return list_of("accounts_auditrecord", customer=obj.pk)
    filters = {"object": getattr(obj, "public_id", None) or obj.pk}
    if getattr(obj, "customer_id", None):
        filters["customer"] = obj.customer_id  # type: ignore[attr-defined]  # asked for above
    return list_of("accounts_auditrecord", **filters)


def beside(word: str, cell: Any) -> SafeString:
    """A word and a cell, as in "Staff k•••@kumquat.example"."""
    return format_html("{} {}", word, cell)


def over(cell: Any, note: Any) -> SafeString:
    """A cell with a note below it, if there is one."""
    return format_html('{}<small class="note">{}</small>', cell, note) if note else format_html("{}", cell)
