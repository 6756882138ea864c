"""Lists of the dashboard: keyset pages by id, counts that stop at a thousand, filters that live in the address."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Choices, Model, QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

Row = TypeVar("Row", bound=Model)
PAGE = 50
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """The rows of one page, newest first, and the addresses of its neighbours; an empty one means there is none."""

    rows: list[Row]
    newer: str
    older: str


def page(request: HttpRequest, rows: QuerySet[Row], size: int = PAGE) -> Page[Row]:
    """One page of `rows` by primary key, which is ordered by time, in one query however far back it lies.

    `?before=<id>` continues downwards, `?after=<id>` upwards; anything else is the first page.
    """
    before, after = _uuid(request.GET.get("before")), _uuid(request.GET.get("after"))
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer, has_older = len(found) > size, True
        found = found[:size][::-1]
    else:
        older = rows.filter(pk__lt=before) if before is not None else rows
        found = list(older.order_by("-pk")[: size + 1])
        has_newer, has_older = before is not None, len(found) > size
        found = found[:size]
    return Page(
        found,
        newer=_address(request, after=found[0].pk) if has_newer and found else "",
        older=_address(request, before=found[-1].pk) if has_older and found else "",
    )


def counted(rows: QuerySet[Any], words: Promise) -> str:
    """How many rows there are, in words: exact to a thousand, then "over 1,000". Reads no further than that.

    `words` is an ngettext_lazy("%(n)s user", "%(n)s users", "count").
    """
    number = rows.order_by()[: MOST_COUNTED + 1].count()
    return str(words % {"count": number, "n": bounded(number)})


def bounded(number: int) -> str:
    """A number that was counted no further than a thousand and one, as pages say it."""
    return _("over %(n)s") % {"n": figure(MOST_COUNTED)} if number > MOST_COUNTED else figure(number)


def figure(number: int) -> str:
    """A number as the language groups it: 16,482 or 16 482."""
    return formats.number_format(number, force_grouping=True)


def id_at(moment: datetime) -> uuid.UUID:
    """The lowest id that a row of this moment can have: what is sorted by id is sorted by time (RFC 9562 §5.7)."""
    return uuid.UUID(int=int(moment.timestamp() * 1000) << 80)


def recently() -> datetime:
    """A day ago: where figures of "the last 24 hours" begin."""
    return timezone.now() - timedelta(days=1)


def start_of(day: date) -> datetime:
    """Midnight of a day in the current time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def capped(choices: type[Choices]) -> list[tuple[str, Any]]:
    """A model's choices as the lines of a list, which begin with a capital."""
    return [(value, capfirst(label)) for value, label in choices.choices]


class Filters(forms.Form):
    """What narrows a list: a GET form. Each field that is filled in becomes a chip that removes it.

    Values that no field knows are left out, so an edited address shows a list rather than an error.
    """

    def __init__(self, request: HttpRequest, more: dict[str, forms.Field] | None = None) -> None:
        super().__init__(request.GET, auto_id="filter-%s")
        self.request = request
        self.fields.update(more or {})
        self.full_clean()
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "select" if is_choice else "input"

    def chosen(self, name: str) -> Any:
        """The cleaned value of a field, or None."""
        return self.cleaned_data.get(name) or None

    def chips(self) -> list[dict[str, Any]]:
        """The active filters in words, each with the address of the list without it."""
        chosen = [(name, field, self.chosen(name)) for name, field in self.fields.items()]
        return [
            {"label": f"{field.label}: {_in_words(field, value)}", "url": _address(self.request, **{name: None})}
            for name, field, value in chosen
            if value is not None
        ]

    def is_active(self) -> bool:
        return any(self.chosen(name) for name in self.fields)

    def clear_url(self) -> str:
        return self.request.path


class Search(forms.CharField):
    """The search field of a list's filters."""

    def __init__(self, placeholder: Any) -> None:
        widget = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
        super().__init__(label=gettext_lazy("Search"), required=False, max_length=255, widget=widget)


class Choice(forms.ChoiceField):
    """A choice of a list's filters; the empty one says what is shown without it."""

    def __init__(self, label: Any, empty: Any, choices: Any) -> None:
        super().__init__(label=label, required=False, choices=[("", empty), *choices])


class Day(forms.DateField):
    """A day of a list's filters, of those that an id can be of, with one after it."""

    default_validators = [MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(9999, 12, 30))]

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def within(rows: QuerySet[Row], first: date | None, last: date | None) -> QuerySet[Row]:
    """The rows made from the first day to the last, both included, by their ids."""
    if first is not None:
        rows = rows.filter(pk__gte=id_at(start_of(first)))
    if last is not None:
        rows = rows.filter(pk__lt=id_at(start_of(date.fromordinal(last.toordinal() + 1))))
    return rows


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # pairs, without groups
    return formats.date_format(value) if isinstance(value, date) else str(value)


def _address(request: HttpRequest, **changes: Any) -> str:
    """This list's address with some values changed; a step to a neighbour page never survives a change."""
    query = request.GET.copy()
    for name in {"before", "after", *changes}:
        query.pop(name, None)
    for name, value in changes.items():
        if value is not None:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
