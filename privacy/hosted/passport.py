"""“My data”: each datum that is held about a person, why, until when, who looked at it and who was given it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import CharField, Count, Max, Model, Q, TextField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import datamap, names
from accounts.datamap import Personal
from accounts.fields import EncryptedTextField
from accounts.models import AuditRecord, Disclosure, Ticket, User
from accounts.support import granting
from mfa.hosted.me.access import OwnRequest, actor, own_page
from privacy import mapping, verbs, words
from privacy.models import Agreement
from privacy.models.agreements import Way
from privacy.subjects import rows_of
from privacy.words import Words

# Tables that no person can be found in: what they hold names nobody
NOT_BY_PERSON = {
    "accounts.ErasedName",
    "accounts.IdempotencyKey",
    "mfa.AddressGuard",
    "privacy.SiteJob",
    "privacy.Tombstone",
}
Key = tuple[str, str]  # a category and a label
ByLabel = dict[Key, list[tuple[type[Model], str, Personal]]]
LOOKERS: dict[str, Words] = {
    AuditRecord.Actor.MEMBER: gettext_lazy("Somebody who manages the account"),
    AuditRecord.Actor.STAFF: gettext_lazy("The operator"),
}
READS = ("user.seen", "user.unmasked")
MOST_LOOKS = 20
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Row:
    """One datum: its line of the map, what is held, and who had to do with it."""

    line: mapping.Line
    held: str
    latest: datetime | None
    read: "Read | None"
    given: "Given | None"


@dataclass(frozen=True)
class Read:
    """Who looked last, as a kind of person and never by name, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Given:
    """Who was handed it in the last year, how often, and when last."""

    to: str
    times: int
    at: datetime


@dataclass(frozen=True)
class Section:
    title: Words
    rows: list[Row]


def sections(user: User) -> list[Section]:
    """All that is held about a person, by category; what is not held does not appear."""
    by_label: ByLabel = {}
    for model, name, entry in datamap.entries():
        if isinstance(entry, Personal) and rows_of(model, user) is not None:
            label = str(words.label(model._meta.label, name, entry) or name)
            by_label.setdefault((entry.category, label), []).append((model, name, entry))
    counted = _counted(by_label, user)
    read, given = _last_read(user), _given(user)
    found: dict[str, list[Row]] = {}
    for (category, label), fields in by_label.items():
        row = _row(user, fields, counted.get((category, label), (0, None)), read, given)
        if row is not None:
            found.setdefault(category, []).append(row)
    order = [category for category in words.CATEGORIES if category in found]
    return [
        Section(words.CATEGORIES[category], sorted(found[category], key=lambda row: row.line.label))
        for category in order
    ]


def _counted(by_label: ByLabel, user: User) -> dict[Key, tuple[int, datetime | None]]:
    """How many rows hold something of each line about a person, and of when the newest is; one query a table."""
    tables: dict[type[Model], dict[Key, list[str]]] = {}
    for key, fields in by_label.items():
        for model, name, _entry in fields:
            tables.setdefault(model, {}).setdefault(key, []).append(name)
    found: dict[Key, tuple[int, datetime | None]] = {}
    for model, keys in tables.items():
        rows = rows_of(model, user)
        if model is User or rows is None:
            continue
        moment = next((name for name in ("at", "created_at", "asked_at") if _has(model, name)), None)
        asked: dict[str, Any] = {"latest": Max(moment)} if moment else {}
        for place, names_of in enumerate(keys.values()):
            asked[f"n{place}"] = Count("pk", filter=_filled(model, names_of))
        told = rows.aggregate(**asked)
        latest = told.get("latest")
        latest = datetime.fromtimestamp(latest, UTC) if isinstance(latest, int) else latest  # risk counts in seconds
        for place, key in enumerate(keys):
            found[key] = (found.get(key, (0, None))[0] + told[f"n{place}"], latest)
    return found


def _filled(model: type[Model], fields: list[str]) -> Q:
    """Rows in which one of these fields holds something."""
    found = Q(pk__in=[])
    for name in fields:
        field = model._meta.get_field(name)
        held = Q(**{f"{name}__isnull": False})
        if isinstance(field, CharField | TextField) and not isinstance(field, EncryptedTextField):
            held &= ~Q(**{name: ""})
        found |= held
    return found


def _has(model: type[Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _row(
    user: User,
    fields: list[tuple[type[Model], str, Personal]],
    counted: tuple[int, datetime | None],
    read: Read | None,
    given: dict[str, Given],
) -> Row | None:
    model, _name, first = fields[0]
    if model is User:
        held, latest = _own(user, [(name, entry) for _model, name, entry in fields]), None
    else:
        number, latest = counted
        held = ngettext("%(n)d entry", "%(n)d entries", number) % {"n": number} if number else ""
    if not held:
        return None
    line = mapping.line([(one._meta.label, name, entry) for one, name, entry in fields])
    to = next(
        (given[f"{one._meta.label}.{name}"] for one, name, _e in fields if f"{one._meta.label}.{name}" in given), None
    )
    seen = read if first.category in {"identity", "contact", "preference", "status"} and model is User else None
    return Row(line, held, latest, seen, to)


def _own(user: User, fields: list[tuple[str, Personal]]) -> str:
    """What stands in the person's own row, as the map says it may be shown; nothing where nothing is held."""
    shown = []
    for name, entry in fields:
        value = getattr(user, name)
        if (
            name.startswith("canonical_")
            or value in (None, "", 0)
            or (name == "password" and not user.has_usable_password())
        ):
            continue
        if entry.exported == "that it exists":
            shown.append(_("held, never shown"))
        elif entry.category == "contact":
            shown.append(_("confirmed") if isinstance(value, datetime) else names.mask(str(value)))
        else:
            shown.append(_said(value))
    apart = " " if all(entry.category == "identity" for _name, entry in fields) else ", "  # first and last name
    return apart.join(dict.fromkeys(shown))


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return str(value)


def _last_read(user: User) -> Read | None:
    """Who looked at the person's data last."""
    last = (
        AuditRecord.objects.filter(person=user.pk, action__in=READS, actor_kind__in=list(LOOKERS))
        .order_by("-id")
        .first()
    )
    return Read(str(LOOKERS[last.actor_kind]), last.at) if last is not None else None


def _given(user: User) -> dict[str, Given]:
    """By field: who was handed it in the last year."""
    found: dict[str, Given] = {}
    rows = Disclosure.objects.filter(user=user, at__gt=timezone.now() - YEAR).order_by("-id")
    for fields, name, recipient, at in rows.values_list("fields", "name", "recipient", "at"):
        to = name or str(words.RECIPIENTS.get(recipient, recipient))
        for field in fields:
            known = found.get(field)
            found[field] = Given(known.to, known.times + 1, known.at) if known else Given(to, 1, at)
    return found


@require_safe
@own_page
def data(request: OwnRequest) -> HttpResponse:
    """The page itself. Nothing in it is shown that would let somebody else in."""
    person = request.person
    told = [(notice, verbs.text_in(notice.version, get_language() or "")) for notice in verbs.unseen(person)]
    note = {"told": told} if told else None
    context = {
        "customer": request.customer,
        "person": person,
        "sections": sections(person),
        "agreements": verbs.agreements_of(person),
        "note": note,
        "leaves": granting.current().filter(user=person),
        "looks": AuditRecord.objects.filter(person=person.pk, action="user.unmasked").order_by("-id")[:MOST_LOOKS],
        "hours": granting.HOURS,
    }
    return render(request, "hosted/privacy/data.html", context)


@require_POST
@own_page
def seen(request: OwnRequest) -> HttpResponse:
    """Note that the person has read what they were told."""
    verbs.see(request.person)
    return redirect("privacy:data", request.customer.slug)


@require_POST
@own_page
def let_look(request: OwnRequest) -> HttpResponse:
    """Let the operator's support see one's own data in full, over a ticket whose number support has told."""
    found = Ticket.objects.filter(customer=request.customer, public_id=request.POST.get("ticket", "").strip()).first()
    hours = request.POST.get("hours", "")
    if found is None or hours not in map(str, granting.HOURS):
        messages.error(request, _("There is no ticket of this number. Ask support for it."))
    else:
        granting.give(found, request.person, int(hours), actor(request), is_own=True)
        messages.success(request, _("Support may see your data. You can take it back here at any time."))
    return redirect("privacy:data", request.customer.slug)


@require_POST
@own_page
def end_look(request: OwnRequest) -> HttpResponse:
    """Take back every leave to see one's own data."""
    for grant in granting.current().filter(user=request.person):
        granting.end(grant, actor(request))
    return redirect("privacy:data", request.customer.slug)


@require_POST
@own_page
def withdraw(request: OwnRequest, public_id: str) -> HttpResponse:
    """Take an agreement back: one button, no reason."""
    found = get_object_or_404(Agreement, user=request.person, public_id=public_id)
    verbs.withdraw(found, actor(request), way=Way.OWN)
    return redirect("privacy:data", request.customer.slug)
