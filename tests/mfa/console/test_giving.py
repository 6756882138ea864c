"""What a help desk gives: a code that is shown once, and a link, each recorded and told."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import AuditRecord, Message, Role
from mfa import verbs
from mfa.models import Authenticator
from tests.accounts.console.cast import desk
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser():
    return desk(Role.HELP_DESK)


@pytest.fixture
def nora(browser):
    return UserFactory(customer=browser.customer, username="nora@nordvik.example")


def url(name, user):
    return reverse(f"mfa_console:{name}", args=[user.public_id])


GIVEN = {"uses": "3", "hours": "4", "reason": "Lost the phone"}


def code_on(page):
    return page.partition('<code id="bypass">')[2].partition("</code>")[0]


@pytest.mark.product("method-10")
def test_a_code_is_shown_once_works_as_often_as_was_chosen_and_is_told(browser, nora):
    owner = MembershipFactory(customer=browser.customer, role=Role.OWNER).user
    code = code_on(browser.said(url("bypass", nora), GIVEN))
    made = Authenticator.objects.get(user=nora)

    assert len(code.replace(" ", "")) == 9
    assert code.replace(" ", "") not in str(Authenticator.objects.values().get())
    assert timedelta(hours=3, minutes=59) < made.expires_at - timezone.now() <= timedelta(hours=4)
    for _count in range(3):
        txn = verbs.begin(nora.customer, method=made.method, user=nora, by=audit.SYSTEM).transaction
        assert verbs.verify(nora.customer, txn.public_id, code, audit.SYSTEM).verdict == "passed"
    assert {message.to for message in Message.objects.filter(kind="accounts.user_let_in")} == {nora.email, owner.email}
    record = AuditRecord.objects.get(action="mfa.bypass_given")
    assert audit.unseal(nora.pk, record.sealed) == '{"reason": "Lost the phone"}'
    assert code not in browser.text(reverse("console:user", args=[nora.public_id]))


def test_a_living_code_stands_on_the_users_page_and_is_taken_back_there(browser, nora):
    browser.said(url("bypass", nora), GIVEN)
    page = browser.text(reverse("console:user", args=[nora.public_id]))
    made = Authenticator.objects.get(user=nora)

    assert "Has a code from the help desk" in page
    assert reverse("mfa_console:reset", args=[nora.public_id, made.public_id]) in page


@pytest.mark.parametrize(
    "given", [{}, GIVEN | {"reason": ""}, GIVEN | {"hours": "9999"}, GIVEN | {"uses": "1000"}, GIVEN | {"uses": "0"}]
)
def test_a_code_needs_a_reason_and_bounds_that_are_offered(browser, nora, given):
    browser.said(url("bypass", nora), given)

    assert not Authenticator.objects.exists()


@pytest.mark.product("enrol-2")
def test_a_link_goes_to_the_known_address(browser, nora):
    assert f"It goes to {nora.email}" in browser.text(url("link", nora))
    assert not Message.objects.exists()

    assert "The link is on its way" in browser.said(url("link", nora))

    assert Message.objects.get(kind="mfa.enrol").to == nora.email
    assert AuditRecord.objects.filter(action="mfa.link_sent", person=nora.pk).exists()


def test_without_an_address_no_link_is_made(browser):
    user = UserFactory(customer=browser.customer, username="tuva", email="")

    assert "nowhere to go" in browser.said(url("link", user))
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["bypass", "link"])
@pytest.mark.promise("S10")
def test_a_reader_and_another_customers_help_desk_give_nothing(browser, nora, name):
    assert desk(Role.READ_ONLY, browser.customer).post(url(name, nora), GIVEN).status_code == 403
    assert desk(Role.HELP_DESK).post(url(name, nora), GIVEN).status_code == 404
    assert not Authenticator.objects.exists()
    assert not Message.objects.exists()
