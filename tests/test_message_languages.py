"""Every kind of message, on each channel and in each of its forms, speaks English and Norwegian."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import links
from accounts.audit import SYSTEM
from accounts.messages import delivery
from accounts.messages.kinds import KINDS
from accounts.models import Message
from privacy import purposes
from privacy.models import PrivacyRequest
from privacy.verbs import consenting, news, requesting
from privacy.verbs.requesting import Asked
from tests.factories import (
    CustomerFactory,
    MembershipFactory,
    MessageFactory,
    SiteFactory,
    TransactionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LET_IN = {"until": "2026-12-01T08:00:00+00:00", "reason": "mistet telefonen", "username": "nora"}
ASKED = {"kind": "erasure", "state": "cooling", "due": LET_IN["until"], "ready": LET_IN["until"], "hours": "72"}
NEWS = ("answer", "extended", "said", "verifying", "finish")
WAITS = ("cancel", "cooling", "due_soon", "overdue", "said", "made")
# What the verbs that queue each kind put into its context, once for each form that its templates have
FORMS = [
    ("accounts.already_registered", "email", {}),
    ("accounts.change_email", "email", {}),
    *(
        ("accounts.closing_asked", "email", {"until": LET_IN["until"], "by": "Ingrid Vik", "keys_stop": stop})
        for stop in (True, False)
    ),
    *(("accounts.closing_taken_back", "email", {"by": by}) for by in ("Ingrid Vik", "")),
    ("accounts.closed", "email", {"name": "Nordvik"}),
    ("accounts.confirm_email", "email", {}),
    ("accounts.email_change_asked", "email", {"to": "n•••@ny.example"}),
    ("accounts.email_changed", "email", {"from": "n•••@gammel.example", "to": "n•••@ny.example"}),
    ("accounts.invitation", "email", {"role": "help_desk", "by": "Ingrid Vik"}),
    ("accounts.invitation", "email", {"role": "read_only"}),
    ("accounts.left_team", "email", {"role": "admin"}),
    ("accounts.notice", "email", {"subject": "Kontoen er endret"}),
    ("accounts.password_changed", "email", {}),
    ("accounts.reset_password", "email", {}),
    ("accounts.role_changed", "email", {"role": "owner"}),
    ("accounts.test", "email", {}),
    ("accounts.ticket_answered", "email", {"subject": "Utvidelsen sier nei"}),
    *(("accounts.webhook_stopped", "email", {"name": "butikk", "why": why}) for why in ("gone", "failing")),
    ("accounts.user_let_in", "email", LET_IN),
    ("accounts.user_let_in", "email", LET_IN | {"owner": True}),
    ("mfa.code", "email", {}),
    ("mfa.code", "sms", {}),
    ("mfa.code", "voice", {}),
    ("mfa.email_link", "email", {}),
    ("mfa.other_address", "email", {"sent_to": "n•••@ny.example"}),
    *(
        ("mfa.factor_changed", "email", {"what": what, "method": "totp", "reason": "mistet telefonen"})
        for what in ("added", "replaced", "removed", "reset", "switched_off", "suspended", "resumed")
    ),
    *(("mfa.factor_changed", "sms", {"what": what, "method": "totp"}) for what in ("added", "removed", "suspended")),
    *(("mfa.device_stolen", channel, {"browser": "Firefox, Windows"}) for channel in ("email", "sms")),
    ("mfa.device_stolen", "email", {}),
    ("mfa.few_left", "email", {"method": "backup_code", "left": 3}),
    ("mfa.not_me", "email", {"username": "nora", "method": "totp", "where": "nordvik.example", "at": LET_IN["until"]}),
    ("mfa.risky", "email", {"where": "nordvik.example", "at": LET_IN["until"], "country": "NO"}),
    *(("mfa.risk_history", channel, {"what": "erased"}) for channel in ("email", "sms")),
    *(("mfa.risk_history", channel, {"what": "waits", "ends": LET_IN["until"]}) for channel in ("email", "sms")),
    *(("mfa.recovery_asked", channel, {"ready": LET_IN["until"]}) for channel in ("email", "sms")),
    *(
        ("mfa.recovery_ended", channel, {"what": what, "ready": LET_IN["until"], "reason": "mistet telefonen"})
        for channel in ("email", "sms")
        for what in ("approved", "refused", "cancelled")
    ),
    ("mfa.enrol", "email", {}),
    ("mfa.enrol", "email", {"recovered": True}),
    ("privacy.announcement", "email", {}),
    ("privacy.mail_received", "email", {}),
    ("privacy.measure_review", "email", {"reference": "26-1234", "path": "/staff/privacy/measure/"}),
    ("privacy.site_pending", "email", {"site": "nordvik.example", "path": "/dashboard/site-jobs/"}),
    *(
        ("privacy.inactive", channel, {"until": "2027-01-31T12:00:00+00:00", "months": 18})
        for channel in ("email", "sms")
    ),
    *(("privacy.address_changed", channel, {"address": "n•••@ny.example"}) for channel in ("email", "sms")),
    *(("privacy.erasure_asked", channel, ASKED | {"what": "cooling"}) for channel in ("email", "sms")),
    *(("privacy.request_news", channel, ASKED | {"what": what}) for channel in ("email", "sms") for what in NEWS),
    *(("privacy.request_waits", "email", ASKED | {"what": what}) for what in WAITS),
    *(
        ("privacy.new_version", "email", {"document": one, "number": 2, "changes": "Mindre lagres.", "path": "/"})
        for one in ("terms", "privacy")
    ),
]
WITH_LINK = {
    "accounts.change_email",
    "accounts.confirm_email",
    "accounts.invitation",
    "accounts.reset_password",
    "mfa.email_link",
    "mfa.enrol",
    "mfa.recovery_asked",
    "mfa.risky",
    "privacy.erasure_asked",
    "privacy.mail_received",
}
ENGLISH = re.compile(
    r"\b(the|your|you|with|this|not|was|are|is|and|to|code|link|hours?|minutes?|days?|week|sign|ends?)\b", re.IGNORECASE
)
NOT_WORDS = re.compile(r"(?s)<style>.*?</style>|<[^>]+>|https?://\S+|@\S+ #\d+")


def compose(kind, channel, context, language):
    customer = CustomerFactory(name="Nordvik")
    user, site = UserFactory(customer=customer, username="nora"), SiteFactory(customer=customer, name="nordvik.example")
    given = {"kind": kind, "channel": channel, "context": context, "language": language, "user": user, "site": site}
    if kind in WITH_LINK:
        given["link"] = links.make("test", lasts=timedelta(days=7), customer=customer, user=user, about=uuid4().hex)
    if "what" in context and kind.startswith("privacy."):
        row = requesting.make(user, Asked("erasure"), SYSTEM).request
        PrivacyRequest.objects.filter(pk=row.pk).update(state="cooling")
        given["context"] = context | {"request": row.public_id}
    if kind == news.KIND:
        MembershipFactory(user=user)
        texts = {"en": {"title": "News", "body": "Passkeys are here."}, "nb": {"title": "Nytt", "body": "Nå også."}}
        consent = consenting.give(user, purposes.NEWS, SYSTEM)
        given["context"] = {"announcement": news.write(texts, SYSTEM).public_id, "consent": str(consent.pk)}
    if kind.startswith("mfa."):
        txn = TransactionFactory(
            authenticator__user=user, site=site, country="NO", expires_at=timezone.now() + timedelta(minutes=5)
        )
        given["transaction"] = txn.public_id
    return delivery.compose(MessageFactory(customer=customer, body="Prøv igjen.", **given))


def test_every_kind_is_tried_below():
    assert {kind for kind in KINDS if not kind.startswith("tests.")} == {kind for kind, _channel, _context in FORMS}


def test_every_channel_of_a_code_is_tried_below():
    assert {channel for kind, channel, _context in FORMS if kind == "mfa.code"} == set(Message.Channel.values)


@pytest.mark.parametrize(("kind", "channel", "context"), FORMS)
def test_a_message_differs_by_language_and_nothing_in_it_is_left_unfilled(kind, channel, context):
    en, nb = (compose(kind, channel, context, language) for language in ("en", "nb"))

    for one in (en, nb):
        parts = (one.subject, one.text, one.html) if channel == "email" else (one.text,)
        assert all(parts)
        assert not [part for part in parts if re.search(r"%\(|{[{%]|\bNone\b", NOT_WORDS.sub("", part))]
    assert en.text != nb.text
    assert channel != "email" or (en.html != nb.html and '<html lang="nb">' in nb.html)
    assert channel != "email" or kind == "accounts.notice" or en.subject != nb.subject


@pytest.mark.parametrize(("kind", "channel", "context"), FORMS)
def test_a_norwegian_message_has_no_english_word_in_it(kind, channel, context):
    nb = compose(kind, channel, context, "nb")

    for part in (nb.subject, nb.text, nb.html):
        assert ENGLISH.findall(NOT_WORDS.sub(" ", part)) == []


def test_the_words_that_mark_english_mark_every_english_message():
    """So that the test above could fail."""
    letters = [compose(*form, "en") for form in FORMS]

    assert [letter.text for letter in letters if not ENGLISH.search(NOT_WORDS.sub(" ", letter.text))] == []


def test_dates_and_times_are_those_of_the_language():
    form = ("accounts.user_let_in", "email", LET_IN)

    assert "until 1 December 2026, 08:00 UTC." in compose(*form, "en").text
    assert "til 1. desember 2026 08:00 UTC." in compose(*form, "nb").text
