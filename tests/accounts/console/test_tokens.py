"""API tokens and test mode in the dashboard: made after a fresh proof, shown once; nothing of one mode in the other."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken, AuditRecord, Customer, Role, User
from accounts.scopes import Scope
from tests.accounts.console.cast import desk
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return desk()


@pytest.mark.product("api-3")
def test_a_token_is_shown_in_the_one_answer_that_makes_it(browser):
    site = SiteFactory(customer=browser.customer)
    body = {"name": "shop", "scopes": [Scope.USERS_READ, Scope.USERS], "site": site.public_id, "lasts": "30"}

    page = browser.post(reverse("console:token_make"), body).content.decode()

    token = ApiToken.objects.get()
    assert page.count("kq_live_") >= 1
    assert (token.name, token.scopes, token.site) == ("shop", ["users:read", "users:write"], site)
    assert token.expires_at is not None
    assert token.created_by == browser.user
    listed = browser.text(reverse("console:tokens"))
    assert "kq_live_" not in listed
    assert token.ending in listed
    assert AuditRecord.objects.get(action="token.made").actor_id == browser.user.pk


def test_a_form_without_a_name_or_a_scope_makes_nothing(browser):
    page = browser.post(reverse("console:token_make"), {"name": "", "lasts": ""}).content.decode()

    assert "Choose at least one thing that it may do." in page
    assert not ApiToken.objects.exists()


def test_a_revoked_token_is_listed_as_such(browser):
    browser.post(reverse("console:token_make"), {"name": "shop", "scopes": [Scope.USERS_READ], "lasts": ""})
    token = ApiToken.objects.get()
    place = reverse("console:token_revoke", args=[token.public_id])

    assert "Revoke “shop”?" in browser.text(place)
    assert "Revoked" in browser.said(place)
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.product("doors-3")
def test_a_stale_sign_in_makes_and_revokes_nothing():
    browser = desk(fresh=False)

    response = browser.post(reverse("console:token_make"), {"name": "shop", "scopes": [Scope.USERS_READ]})

    assert response["Location"].startswith(reverse("doors:confirm"))
    assert not ApiToken.objects.exists()


@pytest.mark.product("api-7")
def test_test_mode_shows_a_universe_of_its_own_with_a_banner(browser):
    UserFactory(customer=browser.customer, username="real@nordvik.example")
    browser.said(reverse("console:test_enter"))

    page = browser.text(reverse("console:users"))
    assert "Test mode." in page
    assert "real@nordvik.example" not in page
    browser.post(reverse("console:user_add"), {"username": "tried@nordvik.example"})
    made = User.objects.get(username="tried@nordvik.example")
    assert made.customer.test_of == browser.customer
    made_token = browser.post(reverse("console:token_make"), {"name": "x", "scopes": [Scope.USERS_READ], "lasts": ""})
    assert "kq_test_" in made_token.content.decode()

    page = browser.said(reverse("console:test_leave"))
    assert "Test mode." not in page
    page = browser.text(reverse("console:users"))
    assert "real@nordvik.example" in page
    assert "tried@nordvik.example" not in page


def test_team_and_settings_are_the_accounts_own_in_test_mode_too(browser):
    browser.said(reverse("console:test_enter"))

    assert browser.user.email in browser.text(reverse("console:team"))
    browser.post(reverse("console:settings"), {"name": "Nordvik", "language": "en", "code_length": 6})
    assert Customer.objects.get(test_of=browser.customer).name == browser.customer.name


def test_a_session_in_test_mode_of_one_customer_is_live_in_another(browser):
    other = desk(customer=browser.customer)
    other.said(reverse("console:test_enter"))
    session = browser.session
    session["test"] = str(Customer.objects.get(test_of=browser.customer).pk)
    session.save()
    stranger = desk()
    session = stranger.session
    session["test"] = str(Customer.objects.get(test_of=browser.customer).pk)
    session.save()

    assert "Test mode." not in stranger.text(reverse("console:users"))


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_who_may_not_edit_sites_does_not_open_test_mode(role):
    browser = desk(role)

    assert browser.post(reverse("console:test_enter")).status_code == 403
    assert not Customer.objects.exclude(test_of=None).exists()
