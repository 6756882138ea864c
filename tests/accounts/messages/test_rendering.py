"""What messages say: in both languages' frame, in text and HTML, and nothing that a stranger could smuggle in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import links
from accounts.messages import delivery, rendering
from accounts.messages.kinds import KINDS, Withdrawn
from tests.factories import CustomerFactory, MessageFactory, SiteFactory, TransactionFactory, UserFactory

pytestmark = pytest.mark.django_db

# What the verbs that queue each kind put into its context; a link where the kind carries one
CONTEXTS = {
    "accounts.confirm_email": {},
    "accounts.already_registered": {},
    "accounts.reset_password": {},
    "accounts.password_changed": {},
    "accounts.change_email": {},
    "accounts.email_change_asked": {"to": "n•••@new.example"},
    "accounts.email_changed": {"from": "n•••@old.example", "to": "n•••@new.example"},
    "accounts.invitation": {"role": "admin", "by": "Ingrid Vik"},
    "accounts.role_changed": {"role": "help_desk"},
    "accounts.left_team": {"role": "admin"},
    "accounts.ticket_answered": {"subject": "The plugin says no"},
    "accounts.user_let_in": {"until": "2026-11-25T08:00:00+00:00", "reason": "phone lost", "username": "nora"},
    "accounts.notice": {"subject": "Your account was changed"},
    "accounts.closing_asked": {"until": "2026-12-08T08:00:00+00:00", "by": "Ingrid Vik", "keys_stop": True},
    "accounts.closing_taken_back": {"by": ""},
    "accounts.closed": {"name": "Nordvik & Sønner"},
    "accounts.webhook_stopped": {"name": "shop & <till>", "why": "failing"},
    "accounts.test": {},
}
WITH_LINK = {"accounts.confirm_email", "accounts.reset_password", "accounts.change_email", "accounts.invitation"}


def make(kind, **given):
    customer = given.pop("customer", None) or CustomerFactory(name="Nordvik & Sønner")
    user = UserFactory(customer=customer)
    if kind in WITH_LINK:
        given["link"] = links.make("test", lasts=timedelta(hours=1), customer=customer, user=user)
    given.setdefault("context", CONTEXTS.get(kind, {}))
    return MessageFactory(kind=kind, customer=customer, user=user, body="Try again.\nIt works.", **given)


def test_every_kind_of_accounts_is_tried_below():
    assert {key for key in KINDS if key.startswith("accounts.")} == set(CONTEXTS)


@pytest.mark.parametrize("kind", CONTEXTS)
@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_kind_names_the_customer_in_subject_or_text_and_has_both_forms(kind, language):
    letter = delivery.compose(make(kind, language=language))

    assert letter.subject and "\n" not in letter.subject
    assert "Nordvik & Sønner" in letter.text
    assert "Nordvik &amp; Sønner" in letter.html and "Nordvik & Sønner" not in letter.html
    assert f'<html lang="{language}">' in letter.html
    for part in (letter.subject, letter.text, letter.html):
        assert "{{" not in part and "{%" not in part and "None" not in part


@pytest.mark.parametrize("kind", sorted(WITH_LINK))
def test_a_link_stands_in_text_and_html_and_opens(kind):
    message = make(kind)
    letter = delivery.compose(message)

    url = links.url(message.link)
    assert url in letter.text
    assert f'href="{url}"' in letter.html
    assert links.find(url.rsplit("/", 1)[1]) == message.link


@pytest.mark.parametrize("kind", sorted(WITH_LINK))
def test_a_mail_whose_link_is_over_is_withdrawn(kind):
    message = make(kind)
    links.spend(message.link)

    with pytest.raises(Withdrawn):
        delivery.compose(message)


@pytest.mark.promise("S21")
def test_the_mail_for_an_address_without_an_account_is_never_sent(provider):
    message = make("accounts.reset_password")
    link = links.make("reset_password", lasts=timedelta(hours=1), customer=message.customer, value="x@unknown.invalid")
    message.link, message.user = link, None
    message.save()

    assert delivery.deliver(message.pk) == "expired"
    assert provider.letters == []


@pytest.mark.promise("S23")
def test_a_name_full_of_markup_stays_text(provider):
    customer = CustomerFactory(name='<img src=x onerror="a()">')
    letter = delivery.compose(make("accounts.test", customer=customer))

    assert "<img" not in letter.html
    assert "<img src=x" in letter.text


def test_of_a_site_s_own_notice_only_the_words_are_carried():
    message = make("accounts.notice")
    message.body = "Hi <b>Nora</b>,<br>1 &lt; 2<script>alert(1)</script><p>See <a href='http://x.example'>here</a></p>"
    letter = delivery.compose(message)

    assert letter.text.startswith("Hi Nora,\n1 < 2")
    assert "<script>" not in letter.html and "x.example" not in letter.html
    assert "1 &lt; 2" in letter.html


@pytest.mark.promise("S23")
def test_a_subject_is_one_line_whatever_it_is_made_of():
    message = make("accounts.ticket_answered", context={"subject": "Hello\r\nBcc: all@site.example\x07"})

    assert delivery.compose(message).subject == "Answer: Hello Bcc: all@site.example"


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_code_by_phone_has_neither_subject_nor_html(channel):
    message = make("tests.code", channel=channel, site=SiteFactory(url="https://shop.nordvik.example/wp"))
    rendered = rendering.render(f"mfa/code_{channel}", message, code="012345", minutes=5)

    assert (rendered.subject, rendered.html) == ("", "")


def test_a_code_by_text_message_begins_with_the_code_and_ends_with_what_phones_fill_in():
    """The last line is the domain-bound form that iOS and Android read."""
    message = make("tests.code", channel="sms", site=SiteFactory(url="https://shop.nordvik.example/wp"))
    text = rendering.render("mfa/code_sms", message, code="012345", minutes=5).text

    assert text.startswith("012345 is your code for Nordvik & Sønner, good for 5 minutes.")
    assert text.endswith("\n\n@shop.nordvik.example #012345")
    assert len(text) <= 160


def test_a_code_by_call_is_spoken_digit_by_digit_and_twice():
    text = rendering.render("mfa/code_voice", make("tests.code", channel="voice"), code="012345", minutes=1).text

    assert text.count("0, 1, 2, 3, 4, 5.") == 2
    assert "one minute" in text


@pytest.mark.product("sending-1")
def test_a_code_by_mail_says_how_long_it_works_and_what_to_do_otherwise():
    rendered = rendering.render("mfa/code", make("tests.code"), code="012345", minutes=5, site=SiteFactory(name="Shop"))

    assert "012345" not in rendered.subject
    assert rendered.text.startswith("Your code for Nordvik & Sønner is 012345.")
    for part in (rendered.text, rendered.html):
        assert "012345" in part
        assert "It works once, within 5 minutes." in part
        assert "It was asked for at Shop." in part
        assert "Give the code to nobody" in part


def test_a_link_to_decide_says_where_and_when_the_login_is_from():
    rendered = rendering.render(
        "mfa/email_link",
        make("tests.code"),
        url="http://localhost/l/x",
        minutes=5,
        place="NO",
        at=timezone.now(),
        site=SiteFactory(name="Shop"),
    )

    for part in (rendered.text, rendered.html):
        for words in ("http://localhost/l/x", "NO", "Shop", "UTC", "Opening it decides nothing.", "Choose Deny"):
            assert words in part


@pytest.mark.parametrize("what", ["added", "replaced", "reset", "switched_off"])
def test_a_changed_method_is_told_with_its_name(what):
    message = make("tests.code", context={"what": what, "reason": "phone lost"})
    rendered = rendering.render("mfa/factor_changed", message, method="Text message")

    assert rendered.text.startswith("Text message ")
    assert "phone lost" in rendered.html


@pytest.mark.promise("S23")
@pytest.mark.parametrize("kind", ["accounts.confirm_email", "mfa.code"])
def test_who_registers_writes_nothing_into_the_mailbox_of_an_address_that_is_not_theirs(kind):
    customer = CustomerFactory(name="Claim it: evil.example", confirmed_at=None)
    site = SiteFactory(customer=customer, name="evil.example")
    txn = TransactionFactory(customer=customer, site=site)
    letter = delivery.compose(make(kind, customer=customer, site=site, transaction=txn.public_id))

    assert "evil" not in f"{letter.sender} {letter.subject} {letter.text} {letter.html}"
    assert letter.sender == "Fjordvakt"
