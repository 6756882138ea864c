"""Adding a method by a mailed link: what it needs, what it shows once, and that it is proven before it counts."""

import json
import re
import time
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit, links
from accounts.models import AuditRecord, Link, Message
from mfa import base32, codes, verbs
from mfa.doors.demo import app_code
from mfa.methods import METHODS
from mfa.models import Authenticator, Policy
from mfa.policies import Rule
from mfa.verbs import notices
from tests.factories import AuthenticatorFactory, UserFactory

pytestmark = pytest.mark.django_db
KEYS = sorted(key for key, method in METHODS.items() if method.is_own)


@pytest.fixture
def nora():
    return UserFactory(username="nora@nordvik.example", customer__name="Nordvik")


@pytest.fixture
def link(nora):
    return verbs.send_enrolment_link(nora, audit.SYSTEM)


@pytest.fixture
def came(client, link):
    """A browser in which the link was opened."""
    client.get(links.url(link).removeprefix("http://localhost:8000"))
    return client


def text(response):
    assert response.status_code == 200, response
    return unescape(response.content.decode())


def post(client, method, part, **given):
    return client.post("/l/", {"add": method, "part": part, **given})


def secret_on(page):
    return re.search(r'<code id="secret">([^<]*)</code>', page)[1].replace(" ", "")


def test_the_link_offers_the_methods_that_policy_allows_and_says_what_each_needs(came):
    page = text(came.get("/l/"))

    assert "Authenticator app" in page
    assert "Passkey or security key" in page
    assert "Backup codes" not in page  # a way back in is no first factor


@pytest.mark.parametrize("key", [key for key in KEYS if not METHODS[key].is_standby])
@pytest.mark.product("method-11")
def test_before_a_method_is_added_its_page_says_which_data_it_needs_and_who_receives_it(came, nora, key):
    page = text(came.get(f"/l/?add={key}"))

    assert str(METHODS[key].about_data) in page
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(("off", "said"), [(0, "Try again."), (330, "6 minutes fast"), (-330, "6 minutes slow")])
def test_a_wrong_first_code_says_what_to_do_and_by_how_much_a_clock_is_off(came, off, said):
    secret = secret_on(text(post(came, "totp", "start")))
    code = str(hotp(base32.decode(secret), int(time.time() + off) // 30, 6)).zfill(6) if off else "000000"

    page = text(post(came, "totp", "prove", code=code))

    assert said in page
    assert "last try" not in page
    assert secret_on(page) == secret


@pytest.mark.product("method-3")
def test_an_app_is_set_up_by_picture_or_secret_and_counts_once_it_is_proven(came, nora, link):
    page = text(post(came, "totp", "start"))
    assert 'src="data:image/svg+xml' in page
    secret = secret_on(page)
    assert not Authenticator.objects.filter(user=nora, confirmed=True).exists()

    again = text(post(came, "totp", "prove", code="000000"))
    assert "That code is not right" in again
    assert secret_on(again) == secret

    assert "Authenticator app is set up" in text(post(came, "totp", "prove", code=app_code(secret)))
    assert Authenticator.objects.get(user=nora).confirmed
    assert Message.objects.get(kind="mfa.factor_changed").to == nora.email
    assert AuditRecord.objects.filter(action="mfa.added", person=nora.pk).exists()


@pytest.mark.promise("S9")
@pytest.mark.product("enrol-2")
def test_the_link_adds_one_method_and_no_second_one(came, nora, link):
    secret = secret_on(text(post(came, "totp", "start")))
    post(came, "totp", "prove", code=app_code(secret))

    assert came.get("/l/").status_code == 410
    assert Link.objects.get(pk=link.pk).used_at is not None
    came.get(links.url(link).removeprefix("http://localhost:8000"))
    assert post(came, "hotp", "start").status_code == 410


def test_looking_at_every_page_changes_nothing(came, nora, link):
    for key in KEYS:
        came.get(f"/l/?add={key}")
        came.head(f"/l/?add={key}")

    assert not Authenticator.objects.exists()
    assert links.is_open(link)


@pytest.mark.parametrize("change", ["disabled_at", "restricted_at", "erased_at"])
def test_a_link_of_somebody_who_is_out_opens_nothing(came, nora, change):
    setattr(nora, change, timezone.now())
    nora.save()

    assert came.get("/l/").status_code == 410


def test_a_newer_link_ends_the_earlier_one(came, nora):
    verbs.send_enrolment_link(nora, audit.SYSTEM)

    assert came.get("/l/").status_code == 410


@pytest.mark.product("enrol-2")
def test_how_many_days_a_link_works_is_the_policys_to_say_but_a_day_after_a_recovery(nora):
    def lives(**how):
        made = verbs.send_enrolment_link(nora, audit.SYSTEM, **how)
        return made.expires_at - made.created_at

    assert lives() == timedelta(days=1)
    Policy.objects.create(customer=nora.customer, version=1, rules={str(Rule.LINK_DAYS): 3})

    assert lives() == timedelta(days=3)
    assert lives(recovery="r" * 22) == timedelta(days=1)


@pytest.mark.product("method-4")
def test_a_phone_number_counts_once_a_code_to_it_was_typed(came, nora):
    assert "no number we can reach" in text(post(came, "sms_code", "start", phone="12"))

    page = text(post(came, "sms_code", "start", phone="400 12 345"))
    assert "+47 ••• •• 345" in page
    sent = Message.objects.get(channel="sms")
    assert sent.to == "+4740012345"
    txn = verbs.open_proof(nora, sent.transaction)
    assert "not right" in text(post(came, "sms_code", "prove", txn=sent.transaction, code="1", address="+4740012345"))

    assert "is set up" in text(post(came, "sms_code", "prove", txn=sent.transaction, code=codes.derive(txn)))
    nora.refresh_from_db()
    assert str(nora.phone) == "+4740012345"
    assert Authenticator.objects.get(user=nora, method="sms_code").bound_here


@pytest.mark.product("enrol-4")
def test_a_second_mailbox_is_bound_beside_the_known_one_which_is_told(came, nora):
    post(came, "email_code", "start", email="other@home.example")
    sent = Message.objects.get(kind="mfa.code")
    assert sent.to == "other@home.example"
    code = codes.derive(verbs.open_proof(nora, sent.transaction))
    post(came, "email_code", "prove", txn=sent.transaction, code=code)

    assert Authenticator.objects.get(user=nora).bound_here
    nora.refresh_from_db()
    assert nora.email == "nora@nordvik.example"
    assert Message.objects.get(kind="mfa.other_address").to == nora.email


@pytest.mark.promise("S9", "S10")
def test_another_persons_transaction_proves_no_address(came, nora):
    other = UserFactory(customer=nora.customer)
    begun = verbs.begin(nora.customer, method="sms_code", user=other, phone="+4740054321", by=audit.SYSTEM)
    code = codes.derive(begun.transaction)

    page = text(post(came, "sms_code", "prove", txn=begun.transaction.public_id, code=code))

    assert "took too long" in page
    assert not Authenticator.objects.filter(bound_here=True).exists()


def test_a_mailed_link_is_allowed_elsewhere_before_it_counts(came, nora):
    post(came, "email_link", "start", email="other@home.example")
    sent = Message.objects.get(kind="mfa.email_link")
    assert "Nothing was allowed yet" in text(post(came, "email_link", "prove", txn=sent.transaction))

    verbs.decide(sent.link, True, audit.SYSTEM)

    assert "is set up" in text(post(came, "email_link", "prove", txn=sent.transaction))
    assert Authenticator.objects.get(user=nora).bound_here


def test_questions_are_saved_with_what_can_check_the_answers(came, nora):
    questions = [str(one) for one in METHODS["kba"].suggestions[:3]]
    assert "three different questions" in text(post(came, "kba", "start", question=questions, answer=["a", "", "c"]))

    assert "is set up" in text(post(came, "kba", "start", question=questions, answer=["a", "b", "c"]))
    assert Authenticator.objects.get(user=nora).data["questions"][0]["answer"].startswith("argon2")


def test_a_passkey_begins_with_options_for_the_browser(came):
    page = text(post(came, "webauthn", "start"))
    options = json.loads(re.search(r'<script id="passkey-options"[^>]*>(.*?)</script>', page)[1])

    assert options["publicKey"]["user"]["name"] == "nora@nordvik.example"
    assert "was not accepted" in text(post(came, "webauthn", "prove", credential="{}"))


def test_a_token_with_a_secret_of_its_own_is_taken_and_a_bad_one_explained(came):
    assert "no token’s secret" in text(post(came, "hotp", "start", secret="not base32!"))
    assert secret_on(text(post(came, "hotp", "start", secret="JBSWY3DPEHPK3PXP"))) == "JBSWY3DPEHPK3PXP"


@pytest.mark.promise("S1")
def test_a_hundred_wrong_answers_mail_a_link_that_binds_this_one_anew(client, nora):
    AuthenticatorFactory(user=nora, failures=99, secret="JBSWY3DPEHPK3PXP")
    verbs.verify_direct(nora, ["totp"], "000000", audit.SYSTEM)
    told = Message.objects.get(kind="mfa.factor_changed")
    client.get(links.url(told.link).removeprefix("http://localhost:8000"))

    page = text(client.get("/l/"))
    assert str(METHODS["totp"].about_data) in page  # nothing else to choose
    secret = secret_on(text(post(client, "totp", "start")))
    assert "is set up" in text(post(client, "totp", "prove", code=app_code(secret)))

    mine = Authenticator.objects.get(user=nora)
    assert mine.off_at is None
    assert mine.secret == secret
    assert verbs.verify_direct(nora, ["totp"], app_code("JBSWY3DPEHPK3PXP"), audit.SYSTEM).verdict == "wrong"


@pytest.mark.promise("S1", "S9")
def test_whoever_has_another_way_proves_that_before_binding_anew(client, nora):
    AuthenticatorFactory(user=nora, method="hotp")
    AuthenticatorFactory(user=nora, failures=99)
    verbs.verify_direct(nora, ["totp"], "000000", audit.SYSTEM)
    told = Message.objects.get(kind="mfa.factor_changed")
    client.get(links.url(told.link).removeprefix("http://localhost:8000"))

    assert "another way first" in text(client.get("/l/"))
    post(client, "totp", "start")
    assert Authenticator.objects.get(method="totp").pending_secret is None


def test_the_notice_about_a_mailbox_goes_to_the_phone_as_well(nora):
    nora.phone = "+4740012345"
    nora.save()
    notices.factor_changed(nora, "added", "email_code")
    notices.factor_changed(nora, "added", "totp")

    assert [message.channel for message in Message.objects.order_by("pk")] == ["email", "sms", "email"]
