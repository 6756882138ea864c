"""After people have signed in, enrolled and been sent codes, nothing that opens anything is left to be read."""

import re

import pytest
from django.test import Client

from accounts import audit, links
from accounts import verbs as people
from accounts.models import ApiKey, Link, Message, Session, User
from mfa import codes
from mfa.models import Transaction
from tests.accounts.messages.outbox import deliver_all
from tests.factories import PASSWORD, AuthenticatorFactory, member
from tests.mfa.compat.plugin import Plugin
from tests.mfa.doors.help import code_of, sign_in
from tests.mfa.doors.test_register import filled
from tests.privacy.test_erase import dump

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("S29")]

EMAIL, PHONE = "sigrid.unusual@fjell.example", "+4791239876"
NEW_PASSWORD = "an unusual horse battery"


def holds(text, value):
    """Whether a value stands in a text by itself: not as the fraction of a second, nor inside a longer number."""
    return re.search(rf"(?<![0-9a-f.]){re.escape(value)}(?![0-9a-f])", text) is not None


def live_through():
    """A registration, sign-ins, an enrolment and challenges; returns what must not be left of them."""
    page = Client()
    page.post("/register/", filled(page, email="new.unusual@fjell.example", password=NEW_PASSWORD))
    assert User.objects.get(username="new.unusual@fjell.example").check_password(NEW_PASSWORD)
    owner = member()
    app = AuthenticatorFactory(user=owner, secret="KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    sign_in(page, owner)
    half = page.cookies["session"].value
    typed = code_of(app)
    page.post("/sign-in/code/", {"code": typed})
    Client().post("/sign-in/", {"email": owner.email, "password": "a wrong unusual password"})
    Client().post("/forgotten/", {"email": owner.email})
    customer = owner.memberships.get().customer
    site = people.add_site(customer, "fjell.example", "https://fjell.example", audit.SYSTEM)
    plugin_password = people.make_plugin_password(site, audit.SYSTEM)
    key = ApiKey.objects.get(site=site)
    plugin = Plugin.of(key)
    plugin.post("api/admin/users/update", username=EMAIL, email=EMAIL, phone=PHONE)
    begun = [plugin.post("api/auth/challenge", username=EMAIL, authType=name) for name in ("EMAIL", "SMS")]
    plugin.post("api/auth/challenge", username=EMAIL, authType="OUT OF BAND EMAIL")
    enrolled = plugin.post("api/auth/google-auth-secret", username=EMAIL)
    plugin.post("api/auth/validate", txId=begun[0]["txId"], token="918273")
    sent = [codes.derive(Transaction.objects.get(public_id=reply["txId"])) for reply in begun]
    plugin.post("api/auth/validate", txId=begun[1]["txId"], token=sent[1])
    return {
        "passwords": [NEW_PASSWORD, PASSWORD, "a wrong unusual password", plugin_password],
        "cookies": [half, page.cookies["session"].value],
        "links": [links.token(link) for link in Link.objects.all()],
        "secrets": [app.secret, enrolled["secret"]],
        "keys": [key.secret, customer.token_key, customer.app_secret],
        "codes": [*sent, typed, "918273"],
    }


@pytest.mark.requirement("R-09")
def test_a_dump_of_the_database_opens_nothing():
    opened = live_through()
    found = dump()

    assert len(opened["links"]) >= 3
    for what, values in opened.items():
        assert not [value for value in values if holds(found, value)], what
    of_messages = "\n".join(line for line in found.splitlines() if "accounts_message" in line)
    assert EMAIL not in of_messages
    assert PHONE[3:] not in of_messages
    assert found.count("INSERT INTO public.accounts_message ") == Message.objects.count() >= 5


@pytest.mark.requirement("R-09")
def test_the_logs_tell_no_secret_and_name_nobody(caplog, capfd):
    opened = live_through()
    deliver_all()
    told = caplog.text + "".join(capfd.readouterr())

    assert "message done" in told
    assert "sent" in told
    for what, values in opened.items():
        assert not [value for value in values if holds(told, value)], what
    for trace in ("unusual", PHONE[3:], EMAIL):
        assert trace not in told


def test_a_session_s_row_opens_no_session():
    live_through()
    stored_keys = Session.objects.values_list("session_key", flat=True)
    assert len(stored_keys) >= 1
    for stored in stored_keys:
        thief = Client()
        thief.cookies["session"] = stored
        assert thief.get("/dashboard/").status_code == 302
