"""What people give serves the service and leaves through the ledger alone; nobody is asked for, or written to, more."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accounts import audit, datamap, disclosing
from accounts.console import exporting
from accounts.datamap import Personal
from accounts.messages.kinds import KINDS
from accounts.models import Customer, Disclosure
from mfa.methods import METHODS
from privacy import words
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, TransactionFactory, UserFactory

ROOT = Path(__file__).parents[2]
APPS = ("accounts", "rba", "mfa", "privacy", "config")
SENDS = re.compile(r"gateways\.send\(|outbound\.post\(|attachment; filename|urlopen\(|requests\.(get|post)\(|smtplib")
# Where each sender's hand-overs are written into the ledger
WRITTEN = {
    "accounts/messages/delivery.py": "accounts/messages/delivery.py",
    "accounts/console/exporting.py": "accounts/console/exporting.py",
    "privacy/verbs/site_calls.py": "privacy/verbs/siting.py",
    "privacy/admin/measures.py": "privacy/verbs/measuring.py",
}
# What they send is to the person themselves, or names nobody
TO_NOBODY_ELSE = {
    "accounts/console/connect.py",
    "accounts/webhooks/delivery.py",  # names people by ids of ours
    "privacy/hosted/receipts.py",
    "privacy/hosted/agreeing.py",
    "privacy/choosing.py",
    "privacy/copied.py",
}
ABROAD = {"accounts/gateways", "accounts/outbound.py", "config/run"}  # the providers' own clients; this machine's parts


def sources():
    """Every module of ours that runs, by path."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if "migrations" not in name:
                yield name, path.read_text()


@pytest.mark.requirement("R-10", "R-14")
def test_every_sender_writes_into_the_ledger_or_holds_nobody_else_s_data():
    senders = {name for name, text in sources() if SENDS.search(text)}
    senders = {name for name in senders if not any(name.startswith(one) for one in ABROAD)}

    assert senders == set(WRITTEN) | TO_NOBODY_ELSE
    assert [name for name, writer in WRITTEN.items() if "disclosing.record" not in (ROOT / writer).read_text()] == []


@pytest.mark.django_db
@pytest.mark.requirement("R-10", "R-13")
@pytest.mark.parametrize("page", ["console:audit_export", "mfa_console:export"])
def test_a_file_for_the_customer_is_in_the_ledger_before_its_first_line(page):
    browser = desk()
    assert browser.get(reverse(page)).status_code == 200
    row = Disclosure.objects.get(user=None)

    assert (row.customer, row.basis, row.recipient) == (browser.customer, "instruction", disclosing.CUSTOMER)
    known = {f"{model._meta.label}.{name}" for model, name, entry in datamap.entries() if isinstance(entry, Personal)}
    assert row.fields and set(row.fields) <= known
    assert row.recipient in words.RECIPIENTS


@pytest.mark.django_db
@pytest.mark.requirement("R-10", "R-42")
@pytest.mark.parametrize("page", ["console:audit_export", "mfa_console:export"])
def test_each_person_whom_a_file_names_sees_it_in_their_ledger(page, monkeypatch):
    browser = desk()
    monkeypatch.setattr(exporting, "BATCH", 2)
    nora, ida, stranger = UserFactory(customer=browser.customer), UserFactory(customer=browser.customer), UserFactory()
    for user in (nora, ida, stranger):
        authenticator = AuthenticatorFactory(user=user)
        for _time in range(2):
            TransactionFactory(user=user, authenticator=authenticator)
            audit.record("test.done", audit.SYSTEM, user.customer, user)
    lines = b"".join(browser.get(reverse(page)).streaming_content).decode()

    named = Disclosure.objects.filter(recipient=disclosing.CUSTOMER).exclude(user=None)
    assert {one.user for one in named} >= {nora, ida} and stranger not in {one.user for one in named}
    assert [named.filter(user=one).count() for one in (nora, ida)] == [1, 1]
    assert str(nora) in lines and "accounts.User.username" in named.get(user=nora).fields


@pytest.mark.requirement("R-10", "R-14")
def test_nothing_is_given_to_whom_the_data_map_does_not_name():
    with pytest.raises(disclosing.NoGround):
        disclosing.record(
            Customer(),
            user=None,
            recipient=disclosing.CUSTOMER,
            fields=["accounts.User.phone"],
            basis=disclosing.Basis.INSTRUCTION,
            reference="a file",
        )
    by_channel = {field for fields in disclosing.GIVEN.values() for field in fields} | {disclosing.WORDS}
    assert by_channel <= disclosing.given_to(disclosing.PROVIDER)


@pytest.mark.requirement("R-34")
def test_no_datum_has_a_purpose_beyond_the_service():
    """News and personalisation are for who switched them on; no field serves advertising, research or a third party."""
    service = {datamap.SIGN_IN, datamap.DELIVERY, datamap.ACCOUNTABILITY, datamap.ABUSE, datamap.CONTRACT}
    service |= {datamap.SUPPORT, datamap.RIGHTS}
    other = {}
    for model, name, entry in datamap.entries():
        if isinstance(entry, Personal) and entry.purpose not in service:
            other.setdefault(entry.purpose, set()).add((f"{model._meta.label}.{name}", entry.basis))

    assert {basis for found in other.values() for _field, basis in found} <= {"consent"}
    assert {field.partition(".")[0] for found in other.values() for field, _basis in found} <= {"privacy", "accounts"}


@pytest.mark.requirement("R-34")
def test_nothing_that_measures_or_advertises_is_installed_or_called():
    pins = (ROOT / "requirements.txt").read_text().casefold()
    foreign = ("sentry", "analytics", "mixpanel", "segment-", "posthog", "datadog", "newrelic", "facebook", "matomo")
    assert [word for word in foreign if word in pins] == []
    pages = [path.read_text() for folder in ("templates", "static/js") for path in (ROOT / folder).rglob("*.*")]
    loads = re.compile(r"""<(?:script|img|iframe|link)[^>]+(?:src|href)=["']https?://|sendBeacon|fetch\(["'`]https?:""")
    assert [found for text in pages for found in loads.findall(text)] == []


# What each method may keep or use of a person; a new method says here what it needs
NEEDS = {"email": {"email"}, "sms": {"phone"}, "voice": {"phone"}}


@pytest.mark.requirement("R-37")
@pytest.mark.parametrize("key", METHODS)
def test_a_method_asks_for_the_address_it_sends_to_and_for_no_other(key):
    method = METHODS[key]
    needed = {one for channel in method.channels for one in NEEDS[channel]}
    said = str(method.about_data).casefold()

    assert ("e-mail address" in said) is ("email" in needed)
    assert ("phone number" in said) is ("phone" in needed)
    assert ("receives it" in said or "receive" in said) or not needed


# All that anybody can get from us, by what it is for; a kind that stands nowhere here cannot be added
SIGN_IN = {"mfa.code", "mfa.email_link", "mfa.enrol"}
SAFETY = {
    *("accounts.already_registered", "accounts.email_changed", "accounts.password_changed", "accounts.role_changed"),
    *("accounts.left_team", "mfa.device_stolen", "mfa.factor_changed", "mfa.few_left", "mfa.not_me"),
    *("mfa.other_address", "mfa.recovery_asked", "mfa.recovery_ended", "mfa.risk_history", "mfa.risky"),
}
ASKED_FOR = {
    *("accounts.change_email", "accounts.confirm_email", "accounts.email_change_asked", "accounts.reset_password"),
    *("accounts.ticket_answered", "accounts.invitation", "accounts.test", "accounts.user_let_in"),
    *("privacy.mail_received", "privacy.request_news", "privacy.erasure_asked", "privacy.address_changed"),
}
OWED = {  # the account's end, a site that is not reached, terms, the end of a time, a request that waits
    *("accounts.closed", "accounts.closing_asked", "accounts.closing_taken_back", "accounts.webhook_stopped"),
    *("privacy.inactive", "privacy.new_version", "privacy.request_waits", "privacy.site_pending"),
    "privacy.measure_review",
}
BY_THE_CUSTOMER = {"accounts.notice"}  # its own site's words, off until it allows them
NEWS = {"privacy.announcement"}  # to members who switched it on


@pytest.mark.requirement("R-39")
def test_the_kinds_of_message_are_a_closed_list_and_one_of_them_is_news():
    kinds = {kind for kind in KINDS if not kind.startswith("tests.")}

    assert kinds == SIGN_IN | SAFETY | ASKED_FOR | OWED | BY_THE_CUSTOMER | NEWS
    assert not Customer._meta.get_field("relays_notices").default
