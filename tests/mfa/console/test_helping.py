"""Help for who lost a phone, and what a user's page says of methods."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRecord, Message, Role
from mfa import verbs
from mfa.models import Authenticator
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return desk(Role.HELP_DESK)


@pytest.fixture
def nora(browser):
    return UserFactory(
        customer=browser.customer, username="nora@nordvik.example", first_name="Nora", last_name="Bjørklund"
    )


def url(name, user, *more):
    return reverse(f"mfa_console:{name}", args=[user.public_id, *more])


def page_of(browser, user):
    return browser.text(reverse("console:user", args=[user.public_id]))


@pytest.mark.product("customer-9")
def test_a_method_is_reset_with_a_reason_and_the_user_is_told(browser, nora):
    method = AuthenticatorFactory(user=nora)
    place = url("reset", nora, method.public_id)
    assert "Reset “Authenticator app” of Nora Bjørklund?" in browser.text(place)

    assert "A few words" in browser.said(place, {"reason": ""})
    assert Authenticator.objects.filter(pk=method.pk).exists()

    page = browser.said(place, {"reason": "Lost the phone"})

    assert "is reset, and Nora Bjørklund is told" in page
    assert not Authenticator.objects.exists()
    assert Message.objects.get(kind="mfa.factor_changed").to == nora.email
    assert audit.unseal(nora.pk, AuditRecord.objects.get(action="mfa.reset").sealed) == '{"reason": "Lost the phone"}'


def test_a_method_of_another_user_is_not_reset_through_this_one(browser, nora):
    other = AuthenticatorFactory(user=UserFactory(customer=browser.customer))

    assert browser.post(url("reset", nora, other.public_id), {"reason": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=other.pk).exists()


@pytest.mark.product("customer-9")
def test_a_user_is_let_in_once_until_a_time_and_user_and_owners_are_told(browser, nora):
    owner = MembershipFactory(customer=browser.customer, role=Role.OWNER).user
    place = url("let_in", nora)
    assert f"by a code to {nora.email} counts" in browser.text(place)

    page = browser.said(place, {"hours": "4", "reason": "Lost the phone"})

    living = verbs.living_pass(nora)
    assert living is not None
    assert timedelta(hours=3, minutes=59) < living.expires_at - timezone.now() <= timedelta(hours=4)
    assert {message.to for message in Message.objects.filter(kind="accounts.user_let_in")} == {nora.email, owner.email}
    assert "May sign in once by a code to the known address" in page
    assert "Lost the phone" in page


@pytest.mark.parametrize("given", [{"hours": "9999", "reason": "x"}, {"hours": "4", "reason": ""}, {"reason": "x"}, {}])
def test_a_pass_needs_a_time_that_is_offered_and_a_reason(browser, nora, given):
    browser.said(url("let_in", nora), given)

    assert verbs.living_pass(nora) is None


def test_without_a_known_address_the_page_says_what_to_do_first(browser):
    user = UserFactory(customer=browser.customer, username="tuva", email="")

    page = browser.said(url("let_in", user), {"hours": "4", "reason": "x"})

    assert "Add the address first" in page
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Active"),
        ({"confirmed": False}, "Not proved yet"),
        ({"off_at": timezone.now()}, "Off: too many wrong answers"),
        ({"suspended_at": timezone.now()}, "Suspended"),
        ({"wait_until": timezone.now() + timedelta(hours=1)}, "Waits after wrong answers"),
        ({"wait_until": timezone.now() - timedelta(hours=1)}, "Active"),
    ],
)
def test_a_users_page_says_of_each_method_whether_it_counts(browser, nora, facts, words):
    AuthenticatorFactory(user=nora, method="sms_code", secret=None, **facts)

    page = page_of(browser, nora)

    assert f"</span>{words}" in page or f">{words}<" in page
    assert "n•••@nordvik.example" in page


def test_a_users_page_shows_no_secret_and_no_whole_address(browser, nora):
    nora.email = ""
    nora.save()
    method = AuthenticatorFactory(user=nora, method="sms_code", address="+4740012345")

    page = page_of(browser, nora)

    assert "+47 ••• •• 345" in page
    assert "40012345" not in page
    assert method.secret not in page


def test_a_user_without_a_method_is_explained(browser, nora):
    assert "No method yet" in page_of(browser, nora)


def test_a_reader_is_offered_no_help_that_they_cannot_give(browser, nora):
    method = AuthenticatorFactory(user=nora)
    reader = desk(Role.READ_ONLY, browser.customer)

    page = page_of(reader, nora)

    assert url("let_in", nora) not in page
    assert url("reset", nora, method.public_id) not in page
    assert reader.post(url("let_in", nora), {"hours": "4", "reason": "x"}).status_code == 403
