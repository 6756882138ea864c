"""The start page: first steps with their real states, then the overview."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.console import registry, start
from accounts.models import Link, Membership, Message, Role
from tests.accounts.console.cast import desk
from tests.factories import CustomerFactory, MembershipFactory, MessageFactory, SiteFactory

pytestmark = pytest.mark.django_db
START = reverse("console:start")


def steps(browser):
    response = browser.get(START)
    return {str(step.title): now.is_done for step, now, _is_main in response.context["steps"]}


@pytest.mark.product("customer-6")
def test_a_new_customer_is_told_what_to_do_first():
    browser = desk(proven=False)
    browser.user.email_confirmed_at = None
    browser.user.save()
    SiteFactory(customer=browser.customer)

    assert set(steps(browser).values()) == {False}
    assert "Welcome to" in browser.text(START)


def test_each_step_is_done_by_the_act_itself():
    browser = desk(proven=True)
    SiteFactory(customer=browser.customer, connected_at=timezone.now())
    MessageFactory(customer=browser.customer, kind=start.TEST)

    assert set(steps(browser).values()) == {True}
    assert "What to do next" not in browser.text(START)


def test_only_one_button_of_the_steps_is_the_main_one():
    browser = desk()
    browser.user.email_confirmed_at = None
    browser.user.save()

    assert browser.text(START).count("btn--primary") == 1


def test_the_overview_shows_figures_once_a_site_is_connected():
    browser = desk()
    assert browser.get(START).context["tiles"] == []

    SiteFactory(customer=browser.customer, connected_at=timezone.now())
    MessageFactory(customer=browser.customer, state=Message.State.DEAD)
    MessageFactory(state=Message.State.DEAD)  # another customer's

    tiles = {str(tile["label"]): tile["value"] for tile in browser.get(START).context["tiles"]}
    assert tiles == {
        "Sign-ins": "0",
        "Refused": "0",
        "Messages not delivered": "1",
        "Left of your limits": "5,000",
        "New beginnings": "0",
        "Privacy requests": "0",
        "Sites pending": "0",
    }


def test_a_figure_that_cannot_be_read_fails_alone(monkeypatch):
    from django.db import DatabaseError

    def fails(_customer):
        raise DatabaseError("statement timeout")

    browser = desk()
    SiteFactory(customer=browser.customer, connected_at=timezone.now())
    broken = registry.Tile("Broken", fails, "console:sites", registry.TILES[0].right)
    monkeypatch.setattr(registry, "TILES", [*registry.TILES, broken])

    assert "could not be read just now" in browser.text(START)


def test_a_test_message_goes_to_the_member_and_shows_in_messages(django_capture_on_commit_callbacks):
    browser = desk()

    page = browser.said(reverse("console:send_test"))

    sent = Message.objects.get(customer=browser.customer)
    assert (sent.kind, sent.to, sent.channel) == ("accounts.test", browser.user.email, "email")
    assert sent.to_masked in page


def test_ten_test_messages_an_hour_are_enough():
    browser = desk()
    for _ in range(10):
        browser.post(reverse("console:send_test"))

    assert "Ten test messages an hour are enough" in browser.said(reverse("console:send_test"))
    assert Message.objects.count() == 10


def test_the_confirmation_can_be_sent_again_and_ends_the_earlier_link():
    browser = desk()
    browser.user.email_confirmed_at = None
    browser.user.save()

    browser.post(reverse("console:confirm_again"))
    browser.post(reverse("console:confirm_again"))

    assert Link.objects.filter(user=browser.user).count() == 2
    assert Link.objects.filter(user=browser.user, used_at=None).count() == 1


def test_a_confirmed_address_is_not_asked_to_confirm_again():
    browser = desk()

    browser.post(reverse("console:confirm_again"))

    assert not Link.objects.exists()


@pytest.mark.product("customer-14")
def test_a_member_of_two_customers_switches_between_them():
    browser = desk()
    other = MembershipFactory(user=browser.user, customer=CustomerFactory(name="Fjellheim"), role=Role.READ_ONLY)

    page = browser.said(reverse("console:switch"), {"customer": other.customer.public_id})

    assert "Welcome to Fjellheim" in page
    assert browser.get(START).wsgi_request.membership == other


@pytest.mark.parametrize("chosen", ["", "unknown", "x" * 500])
def test_nobody_switches_to_a_customer_that_is_not_theirs(chosen):
    browser = desk()
    stranger = CustomerFactory()

    for public_id in (chosen, stranger.public_id):
        assert browser.post(reverse("console:switch"), {"customer": public_id}).status_code == 404


def test_who_is_in_no_team_is_told_so():
    browser = desk()
    Membership.objects.all().delete()

    response = browser.get(START)

    assert response.status_code == 403
    assert "You have no dashboard yet" in response.content.decode()
