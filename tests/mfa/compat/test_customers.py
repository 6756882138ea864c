"""What the dialect answers about customers: registration, keys, licence, questions to support."""

import pytest

from accounts import verbs as people
from accounts.audit import SYSTEM
from accounts.models import Customer, Link, Message, Site, Ticket, User
from tests.factories import PASSWORD, AuthenticatorFactory, member
from tests.mfa.compat.plugin import PUBLIC, UNSIGNED, Plugin, register

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-04")
def test_registration_gives_keys_that_the_key_call_gives_again():
    made = register()
    again = Plugin(*PUBLIC).post("rest/customer/key", email="owner@shop.example", password=PASSWORD)

    assert made["status"] == "SUCCESS"
    assert {made[name] == again[name] for name in ("id", "apiKey", "token", "appSecret")} == {True}
    assert len(made["token"]) >= 16
    assert str(made["id"]).isdigit()
    assert Site.objects.get().url == "https://shop.example"


def test_a_known_address_is_told_to_sign_in_instead():
    register()

    assert register()["status"] == "CUSTOMER_USERNAME_ALREADY_EXISTS"
    assert Customer.objects.filter(is_operator=False).count() == 1


def test_a_wrong_password_is_answered_with_plain_text_that_is_no_json():
    register()
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/customer/key", email="owner@shop.example", password="no").startswith("Invalid username")
    assert plugin.answer["Content-Type"].startswith("text/plain")
    assert plugin.post("rest/customer/key", email="who@ever.example", password="no").startswith("Invalid username")


def test_a_members_own_password_gives_no_key_once_a_second_factor_is_set():
    register()
    AuthenticatorFactory(user=User.objects.get(username="owner@shop.example"))

    reply = Plugin(*PUBLIC).post("rest/customer/key", email="owner@shop.example", password=PASSWORD)

    assert isinstance(reply, str)


@pytest.mark.product("customer-17")
def test_a_plugin_password_gives_its_own_sites_key_and_opens_nothing_else(client):
    made = register()
    owner = User.objects.get(username="owner@shop.example")
    site = people.add_site(Customer.objects.get(number=made["id"]), "two.example", "", SYSTEM)
    password = people.make_plugin_password(site, SYSTEM)

    reply = Plugin(*PUBLIC).post("rest/customer/key", email=owner.email, password=password)

    assert reply["apiKey"] == site.api_keys.get().secret
    assert reply["token"] == made["token"]
    assert client.post("/sign-in/", {"username": owner.email, "password": password}).status_code != 302


def test_a_plugin_password_works_for_members_who_may_see_keys_only():
    made = register()
    customer = Customer.objects.get(number=made["id"])
    site = customer.sites.get()
    password = people.make_plugin_password(site, SYSTEM)
    helper = member("help_desk", customer)

    assert isinstance(Plugin(*PUBLIC).post("rest/customer/key", email=helper.email, password=password), str)


def test_check_if_exists_says_so_unless_the_operator_hides_it(settings):
    register()
    plugin = Plugin(*PUBLIC)

    assert plugin.post("rest/customer/check-if-exists", email="owner@shop.example")["status"] == "SUCCESS"
    assert plugin.post("rest/customer/check-if-exists", email="b@shop.example")["status"] == "CUSTOMER_NOT_FOUND"
    settings.HIDE_REGISTERED = True
    assert plugin.post("rest/customer/check-if-exists", email="owner@shop.example")["status"] == "CUSTOMER_NOT_FOUND"


def test_the_free_licence_is_told_and_a_paid_one_is_never_given(plugin):
    free = plugin.post("rest/customer/license", customerId="", applicationName="-1", licenseType="DEMO")
    paid = plugin.post("rest/customer/license", applicationName="wp_otp_verification", licenseType="PREMIUM")

    assert free["status"] == "SUCCESS"
    assert isinstance(free["emailRemaining"], int)
    assert paid["status"] == "FAILED"


def test_a_question_becomes_a_ticket_and_the_answer_is_plain():
    reply = Plugin(*PUBLIC).post(
        "rest/customer/contact-us", headers=UNSIGNED, email="a@b.example", query="[WordPress 2FA : 6.2.4] Help"
    )

    assert reply == "Query submitted."
    assert Ticket.objects.get().category == "WordPress 2FA : 6.2.4"


def test_a_long_question_is_cut_and_not_lost():
    query = "[Plugin] " + "why? " * 4000

    assert Plugin(*PUBLIC).post("rest/customer/contact-us", headers=UNSIGNED, query=query) == "Query submitted."
    assert Ticket.objects.get().entries.get().text.startswith("[Plugin] why?")


@pytest.mark.promise("S21")
def test_where_it_is_hidden_a_new_address_is_answered_as_a_known_one_until_its_owner_has_opened_the_mail(settings):
    settings.HIDE_REGISTERED = True
    known = member()
    answers = [register(email) for email in (known.email, "new@shop.example", "new@shop.example")]
    assert answers[0] == answers[1] == answers[2]
    assert set(answers[0]) == {"status", "message"}
    assert {(message.kind, message.to) for message in Message.objects.all()} == {
        ("accounts.already_registered", known.email),
        ("accounts.confirm_email", "new@shop.example"),
        ("accounts.already_registered", "new@shop.example"),
    }

    plugin = Plugin(*PUBLIC)
    keys = [
        plugin.post("rest/customer/key", email=email, password=PASSWORD)
        for email in ("new@shop.example", "no@x.example")
    ]
    assert keys[0] == keys[1]

    people.confirm_email(Link.objects.get(purpose="confirm_email"), SYSTEM)
    assert plugin.post("rest/customer/key", email="new@shop.example", password=PASSWORD)["status"] == "SUCCESS"


@pytest.mark.promise("S20")
@pytest.mark.parametrize(("path", "most"), [("key", 30), ("password-reset", 5), ("check-if-exists", 60)])
def test_a_stranger_who_asks_without_end_about_an_address_does_not_keep_its_owner_from_asking(path, most):
    plugin = Plugin(*PUBLIC)

    def ask(network):
        plugin.client.defaults["REMOTE_ADDR"] = f"{network}.7"
        plugin.post(f"rest/customer/{path}", email="owner@shop.example", password="wrong")
        return b"Too many calls" not in plugin.answer.content

    assert [ask("198.51.100") for _each in range(most + 9)] == [True] * most + [False] * 9
    assert ask("203.0.113")
    assert sum(ask(f"192.0.{number}") for number in range(250)) < 4 * most


@pytest.mark.promise("S1", "S4")
def test_a_password_is_guessed_no_oftener_by_spelling_its_address_anew():
    owner = member()
    name, _at, domain = owner.email.partition("@")
    spelled = [owner.email, f"{name.upper()}@{domain}", f"{chr(ord(name[0]) + 0xFEE0)}{name[1:]}@{domain}"]
    plugin = Plugin(*PUBLIC)

    def guess(number):
        plugin.client.defaults["REMOTE_ADDR"] = f"192.0.{number % 5}.7"
        plugin.post("rest/customer/key", email=spelled[number % 3], password="wrong")
        return b"Too many calls" not in plugin.answer.content

    assert sum(guess(number) for number in range(150)) == 120
