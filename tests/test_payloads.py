"""Whatever strangers write into whichever field, every page, file and message shows it as text."""

import csv
import io

import pytest
from django.apps import apps
from django.db import models

from accounts import audit
from accounts.messages import delivery
from accounts.models import Message, Role, Ticket, TicketEntry
from tests.factories import ApiKeyFactory, MessageFactory, StaffFactory, member
from tests.mfa.compat.plugin import PUBLIC as PUBLISHED
from tests.mfa.compat.plugin import Plugin
from tests.routes.walking import routes
from tests.routes.world import World, browser

pytestmark = [pytest.mark.django_db, pytest.mark.promise("S23")]

MARKUP = "\"'><i x=1>{{7|add:7}}"
RAW, SHOWN = "<i x=1>", "&lt;i x=1&gt;"
# What a site, a registrant or a visitor has no say in: keys, hashes, and words of our own
OURS = {
    *("action", "address_hash", "address_sealed", "asked_by", "canonical_email", "canonical_username", "document"),
    *("key_id", "kind", "language", "name_hash", "nonce", "object_id", "object_kind", "password", "method", "purpose"),
    *("plugin_password_hash", "sealed", "session_data", "text_hash", "transaction", "version", "about", "digest"),
    *("source", "phone", "reason", "provider"),
}


def poison():
    """Write the markup into every text of every row, past all checks; how many columns it reached."""
    reached = 0
    for model in apps.get_models():
        if model._meta.app_label not in {"accounts", "mfa"}:
            continue
        for field in model._meta.concrete_fields:
            unique = field.unique or any(getattr(one, "fields", ()) == (field.name,) for one in model._meta.constraints)
            given = isinstance(field, models.CharField) and not (unique or field.choices or field.name in OURS)
            if given and (field.max_length or 0) >= len(MARKUP):
                model._default_manager.update(**{field.name: MARKUP})
                reached += 1
    for row in [*TicketEntry.objects.all(), *Message.objects.all()]:
        row.text = row.body = MARKUP
        row.save()
    return reached


@pytest.fixture
def world():
    built = World.build()
    audit.record(
        "user.updated",
        audit.SYSTEM,
        built.customer,
        built.user,
        facts={"from": MARKUP},
        values={"email": [MARKUP, "x"]},
    )
    assert poison() >= 15
    return built


def looked_at(client, world, route):
    """The type and the text of what a route answers."""
    response = client.get(route.path(world.arguments(route.name)))
    kind = response.headers.get("Content-Type", "")
    return kind, "" if kind == "application/zip" else response.getvalue().decode()


@pytest.mark.parametrize("who", ["owner", "staff"])
def test_no_page_takes_a_text_for_markup(world, who):
    client = browser(member(Role.OWNER, world.customer)) if who == "owner" else browser(StaffFactory(), verified=True)
    shown, wrong = 0, []
    for route in routes():
        kind, text = looked_at(client, world, route)
        if kind.startswith("text/html"):
            shown += SHOWN in text
            wrong += [str(route)] * (RAW in text)

    assert wrong == []
    assert shown >= 10


@pytest.mark.promise("S24")
def test_no_downloaded_cell_begins_like_a_formula(world):
    formula = '=HYPERLINK("http://x.example")'
    type(world.user).objects.update(first_name=formula, last_name=formula)
    client = browser(member(Role.OWNER, world.customer))
    read = 0
    for route in routes():
        kind, text = looked_at(client, world, route)
        if kind.startswith("text/csv"):
            for row in csv.reader(io.StringIO(text)):
                assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row), row
                read += 1
    assert read >= 6


@pytest.mark.parametrize("language", ["en", "nb"])
def test_no_mail_takes_a_text_for_markup_or_for_a_second_line_of_its_head(world, language):
    for message in Message.objects.filter(channel="email"):
        message.language = language
        letter = delivery.compose(message)
        assert RAW not in letter.html
        assert SHOWN in letter.html
        assert len(letter.subject.splitlines()) <= 1


@pytest.mark.parametrize("subject", ["Hi\r\nBcc: x@else.example", "Hi\nX: y", "Hi\u2028X: y"])
def test_a_ticket_s_subject_is_one_line_in_the_answer_s_head(subject):
    Plugin(*PUBLISHED).post(
        "api/notify/send", email={"subject": subject.strip(), "content": "x", "fromEmail": "a@b.example"}
    )
    message = MessageFactory(kind="accounts.ticket_answered", context={"subject": subject, "ticket": "x"}, body="x")

    assert len(delivery.compose(message).subject.splitlines()) == 1
    assert not Ticket.objects.filter(subject__contains="\n").exists()


@pytest.mark.parametrize("odd", ["a\r\nBcc: x@y.example", "a\u202egnp.exe", "a\u0000b", "a\u0007b", "a\u200bb"])
def test_a_call_takes_no_text_with_characters_that_cannot_be_seen(odd):
    plugin = Plugin.of(ApiKeyFactory())
    for field in ("username", "firstName", "lastName", "authType", "email"):
        plugin.post("api/admin/users/update", body={"username": "nora@shop.example", field: odd})
        assert plugin.answer.status_code == 400, field
