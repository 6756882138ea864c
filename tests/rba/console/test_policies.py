"""Risk policies in the dashboard: precedence in words, the form, drafts, publishing, versions and the way back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditRecord, Role
from accounts.retention import first_id
from rba import deciding, governing
from rba.console import words
from rba.contract import Outcome
from rba.models import RiskPolicy
from rba.policy import DEFAULT
from rba.rules import ORDER
from tests.accounts.console.cast import desk
from tests.factories import CustomerFactory, SiteFactory, UserFactory
from tests.rba.deciding_rows import USUAL, kept
from tests.rba.policies import AT_HOME, scored

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-41")]
LIST, SCOPE = reverse("rba_console:policies"), reverse("rba_console:policy")
PUBLISH, DISCARD = reverse("rba_console:policy_publish"), reverse("rba_console:policy_discard")
REFUSE_BR = {"countries_does": "deny", "countries": "BR", "contact": "the desk, 55 00 00 00"}


@pytest.fixture
def browser():
    return desk()


def filled(browser, url=SCOPE, **changes):
    """What the form sends when nothing but the changes was touched."""
    context = browser.get(url).context
    data = {"seen": context["seen"], "contact": "the desk"}
    for field in context["form"]:
        value = field.value()
        if value is not None and value is not False:
            data.setdefault(field.name, value)
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def draft(browser, url=SCOPE, **changes):
    response = browser.post(url, filled(browser, url, **changes))
    assert response.status_code == 302, response.context["form"].errors
    return RiskPolicy.objects.get(customer=browser.customer, version=RiskPolicy.DRAFT)


def publish(browser, django_capture_on_commit_callbacks, url=PUBLISH):
    seen = browser.get(url).context["form"]["seen"].value()
    with django_capture_on_commit_callbacks(execute=True):
        return browser.post(url, {"seen": seen}, follow=True).content.decode()


@pytest.mark.product("risk-policy-7")
def test_the_list_says_how_rules_are_weighed_in_the_order_of_the_code(browser):
    page = browser.text(LIST)

    places = [page.index(f"<b>{rule.label}</b>") for rule in ORDER]
    assert places == sorted(places)
    assert "the strictest answer holds" in page


@pytest.mark.product("risk-policy-10")
def test_a_new_customer_begins_with_a_policy_that_only_reports(browser):
    assert draft(browser).document["report_only"] is True


@pytest.mark.product("risk-policy-9")
def test_what_was_published_decides(browser, django_capture_on_commit_callbacks):
    draft(browser, report_only=None, **REFUSE_BR)
    asked = (browser.customer.pk, None, None, scored(1), AT_HOME.__class__("198.51.100.1", country="BR"))
    assert deciding.decide(*asked, timezone.now()).verdict is Outcome.ALLOW

    publish(browser, django_capture_on_commit_callbacks)

    ruling = deciding.decide(*asked, timezone.now())
    assert (ruling.verdict, ruling.rule, ruling.contact) == (Outcome.DENY, "countries", "the desk, 55 00 00 00")


def test_every_rule_comes_back_as_it_was_written(browser):
    given = {
        "never_block": "192.0.2.0/24\n2001:db8::/32",
        "refuse": "198.51.100.7, 198.51.100.9",
        "prove": "203.0.113.0/24",
        "trust": "192.0.2.7",
        "addresses_does": "step_up-3",
        "networks_does": "step_up-2",
        "asns": "AS64500 64501",
        "kinds": ["tor"],
        "networks_notice": "on",
        "countries_does": "deny",
        "countries": "no, SE",
        "which": "others",
        "devices_does": "deny",
        "devices": "4",
        "hours_does": "step_up-1",
        "days": ["5", "6"],
        "start": "22:00",
        "end": "06:00",
        "zone": "Europe/Oslo",
        "whose": "user",
        "when": "inside",
        "no_answer_does": "step_up-3",
    }
    kept = draft(browser, **given).document
    again = draft(browser, contact=kept["contact"]).document

    assert again == kept
    assert {*kept} == {*(rule.key for rule in ORDER if rule.is_written), "report_only", "contact"}
    assert kept["countries"]["named"] == ["NO", "SE"]


@pytest.mark.product("risk-policy-6")
@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"refuse": "300.1.2.3"}, "refuse", "is no address and no block"),
        ({"refuse": "0.0.0.0/0"}, "refuse", "Name a smaller block"),
        ({"countries_does": "deny", "countries": "Norway"}, "countries", "is no country"),
        ({"countries_does": "deny", "countries": ""}, "countries", "at least one country"),
        ({"devices_does": "deny", "devices": "0"}, "devices", "from 1 to 100"),
        ({"hours_does": "deny", "days": []}, "days", "at least one day"),
        ({"medium_from": "90", "high_from": "10"}, "high_from", "at or above"),
        ({"high_does": "allow"}, "high_does", "at least as much as the one below"),
        ({"medium_does": "step_up-3"}, "no_answer_does", "at least as much proof"),
        ({"contact": ""}, "contact", "Write whom they can ask"),
    ],
)
def test_what_cannot_be_is_said_in_kind_words_beside_its_field(browser, changes, field, words):
    response = browser.post(SCOPE, filled(browser, **changes))

    assert words in str(response.context["form"].errors[field])
    assert not RiskPolicy.objects.filter(customer=browser.customer).exists()


@pytest.mark.product("risk-policy-2")
def test_nobody_publishes_what_would_refuse_themselves(browser, django_capture_on_commit_callbacks):
    draft(browser, report_only=None, refuse="127.0.0.0/8")
    said = publish(browser, django_capture_on_commit_callbacks)
    assert "It would refuse you" in said
    assert not RiskPolicy.published(browser.customer.pk).exists()

    draft(browser, report_only=None, refuse="127.0.0.0/8", never_block="127.0.0.1")
    publish(browser, django_capture_on_commit_callbacks)

    assert RiskPolicy.published(browser.customer.pk).exists()


@pytest.mark.product("risk-policy-9")
def test_going_back_makes_a_new_version_of_the_old_words(browser, django_capture_on_commit_callbacks):
    for countries in ("BR", "SE"):
        draft(browser, report_only=None, countries_does="deny", countries=countries)
        publish(browser, django_capture_on_commit_callbacks)

    said = publish(browser, django_capture_on_commit_callbacks, reverse("rba_console:policy_back", args=[1]))

    newest = RiskPolicy.published(browser.customer.pk).get()
    assert (newest.version, newest.back_to) == (3, 1)
    assert newest.document["countries"]["named"] == ["BR"]
    assert "brought back version 1" in said


@pytest.mark.parametrize("version", [2, 3, 0])
def test_there_is_no_way_back_to_what_is_in_force_or_never_was(browser, version):
    for number in (1, 2):
        RiskPolicy.objects.create(customer=browser.customer, version=number, document=DEFAULT)

    assert browser.get(reverse("rba_console:policy_back", args=[version])).status_code == 404


def test_a_draft_that_somebody_else_changed_is_not_published(browser, django_capture_on_commit_callbacks):
    draft(browser, **REFUSE_BR)
    seen = browser.get(PUBLISH).context["form"]["seen"].value()
    draft(browser, countries_does="deny", countries="SE")

    assert "Somebody else changed this policy" in browser.said(PUBLISH, {"seen": seen})
    assert not RiskPolicy.published(browser.customer.pk).exists()


def test_a_site_has_a_policy_of_its_own(browser, django_capture_on_commit_callbacks):
    site = SiteFactory(customer=browser.customer)
    here = f"{SCOPE}?site={site.public_id}"

    draft(browser, here, report_only=None, **REFUSE_BR)
    publish(browser, django_capture_on_commit_callbacks, f"{PUBLISH}?site={site.public_id}")

    assert governing.find(browser.customer, site).version == 1
    assert governing.find(browser.customer).version == 0
    assert str(site) in browser.text(LIST)


def test_another_customers_site_is_not_found(browser):
    theirs = SiteFactory(customer=CustomerFactory())

    assert browser.get(f"{SCOPE}?site={theirs.public_id}").status_code == 404


@pytest.mark.product("risk-policy-9")
def test_dropping_a_draft_leaves_what_is_in_force(browser):
    RiskPolicy.objects.create(customer=browser.customer, version=1, document=DEFAULT)
    draft(browser, **REFUSE_BR)

    browser.post(DISCARD)

    assert RiskPolicy.objects.get(customer=browser.customer).version == 1


def test_every_step_leaves_a_record(browser, django_capture_on_commit_callbacks):
    draft(browser, **REFUSE_BR)
    browser.post(DISCARD)
    draft(browser, **REFUSE_BR)
    publish(browser, django_capture_on_commit_callbacks)

    mine = AuditRecord.objects.filter(customer=browser.customer, action__startswith="risk_policy").order_by("pk")
    assert [one.action.partition(".")[2] for one in mine] == ["edited", "discarded", "edited", "published"]
    assert mine.last().facts == {"version": 1, "report_only": True}


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_others_may_read_it_and_change_nothing(role):
    browser = desk(role)

    assert "Keep as a draft" not in browser.text(SCOPE)
    browser.post(SCOPE, {"seen": ""})
    assert browser.get(PUBLISH).status_code == browser.get(DISCARD).status_code == 403
    assert not RiskPolicy.objects.filter(customer=browser.customer).exists()


@pytest.mark.product("risk-policy-8")
@pytest.mark.requirement("N7")
def test_a_draft_is_tried_on_the_decisions_that_are_kept_before_it_is_published(browser):
    user = UserFactory(customer=browser.customer, username="nora@nordvik.example")
    kept(user, USUAL, country="BR")
    kept(user, USUAL, id=first_id(timezone.now() - timedelta(days=10)))
    draft(browser, report_only=None, **REFUSE_BR)

    page = browser.get(PUBLISH)
    assert page.context["replayed"]["outcomes"] == [
        ("good", words.OUTCOMES["allow"], "2", "1"),
        ("warn", words.OUTCOMES["step_up"], "0", "0"),
        ("bad", words.OUTCOMES["deny"], "0", "1"),
    ]
    assert "nora@nordvik.example" in page.content.decode()
    assert browser.get(f"{PUBLISH}?days=7").context["replayed"]["looked_at"] == "1"
    assert browser.get(f"{PUBLISH}?days=x").context["replayed"]["looked_at"] == "2"


@pytest.mark.product("risk-policy-8")
@pytest.mark.requirement("N7")
def test_going_back_is_tried_on_them_as_well(browser, django_capture_on_commit_callbacks):
    for countries in ("BR", "SE"):
        draft(browser, report_only=None, countries_does="deny", countries=countries)
        publish(browser, django_capture_on_commit_callbacks)
    kept(UserFactory(customer=browser.customer), USUAL, country="BR")

    page = browser.get(reverse("rba_console:policy_back", args=[1]))

    assert page.context["replayed"]["found"].refused == 1
