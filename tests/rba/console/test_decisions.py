"""Decisions in the dashboard: explained to the last part, counted together, and no further than a page can answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.retention import first_id
from rba import explain, summing
from rba.console import words
from rba.contract import FEATURES, How
from rba.features import LEVELS
from rba.models import RiskPolicy
from rba.policy import DEFAULT
from rba.score import scale
from tests.accounts.admin.conftest import desk, staff
from tests.accounts.console import cast
from tests.factories import UserFactory
from tests.rba.deciding_rows import USUAL, kept

__all__ = ("desk", "staff")  # fixtures of the staff's own pages

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-40")]
LIST, OVERVIEW = reverse("rba_console:decisions"), reverse("rba_console:overview")
REHEARSAL = reverse("rba_console:rehearsal")


@pytest.fixture
def browser():
    return cast.desk()


@pytest.fixture
def nora(browser):
    return UserFactory(customer=browser.customer, username="nora@nordvik.example")


def page_of(row):
    return reverse("rba_console:decision", args=[row.pk])


@pytest.mark.product("risk-why-1")
def test_the_parts_on_the_page_add_up_to_the_total(browser, nora):
    row = kept(nora)
    context = browser.get(page_of(row)).context

    assert row.base + sum(figure for _label, figure in context["parts"]) == pytest.approx(row.total)
    assert "8.0" in browser.text(page_of(row))


@pytest.mark.product("risk-why-1")
@pytest.mark.requirement("N6")
def test_a_page_says_what_would_have_changed_the_decision(browser, nora):
    row = kept(nora)
    instead = browser.get(page_of(row)).context["instead"]

    assert [str(label) for label, _score, _band in instead] == ["Location", "Browser"]
    assert instead[0][1] == scale(row.total - 22.0) < row.score
    assert str(instead[0][2]) == "Low"


def test_the_bands_are_those_of_the_policy_that_decided(browser, nora):
    bands = {**DEFAULT["bands"], "medium_from": 5}
    RiskPolicy.objects.create(customer=browser.customer, version=1, document={**DEFAULT, "bands": bands})

    ours, default = (browser.get(page_of(kept(nora, version=version))).context["instead"] for version in (1, 0))

    assert (str(ours[0][2]), str(default[0][2])) == ("Medium", "Low")


@pytest.mark.product("risk-why-1")
def test_every_level_that_matched_is_told_and_no_value(browser, nora):
    levels = browser.get(page_of(kept(nora))).context["levels"]

    assert [(str(one["level"]), str(one["how"]), one["points"]) for one in levels] == [
        ("Country", "New", 18.0),
        ("Town", "Not shown", None),
        ("Browser", "New", 9.0),
        ("Language with its country", "Usual", None),
    ]


def test_everything_that_can_be_told_has_words():
    assert {*LEVELS} <= {*explain.LEVELS}
    assert {*How} == {*words.HOWS}
    assert {level for feature in FEATURES.values() for level, _how in feature.words} <= {*explain.LEVELS}


def test_another_customers_decision_is_not_found(browser):
    assert browser.get(page_of(kept())).status_code == 404


def test_a_wrong_password_is_no_decision(browser, nora):
    row = kept(nora, failed=True)

    assert browser.get(page_of(row)).status_code == 404
    assert "No decisions yet" in browser.text(LIST)


def test_the_list_is_narrowed_by_user_band_and_outcome(browser, nora):
    other = UserFactory(customer=browser.customer, username="olav@nordvik.example")
    kept(nora), kept(other, USUAL)

    def found(query):
        return [one["row"].user.username[:4] for one in browser.get(f"{LIST}?{query}").context["rows"]]

    assert found("") == ["olav", "nora"]
    assert found("q=nora") == found("band=medium") == found("would=step_up") == ["nora"]
    assert found("band=high") == []


@pytest.mark.product("risk-why-2")
def test_the_list_asks_the_database_as_often_for_many_as_for_one(browser, nora, django_assert_max_num_queries):
    kept(nora)
    browser.get(LIST)
    for _each in range(9):
        kept(nora)

    with django_assert_max_num_queries(9):
        browser.get(LIST)


@pytest.mark.product("risk-why-2")
def test_bands_places_and_reasons_are_counted(browser, nora):
    kept(nora), kept(nora), kept(nora, USUAL)
    kept(nora, pk=new_old_id())
    found = summing.together(browser.customer)

    assert found.looked_at == 3
    assert found.places == {"BR": 2, "NO": 1}
    assert found.reasons == {("country", "new"): 2}
    assert [*found.days.values()] == [{"medium": 2, "low": 1}]
    assert "Country: New" in browser.text(OVERVIEW)


@pytest.mark.product("risk-why-2")
def test_counting_stops_and_the_page_says_so(browser, nora, monkeypatch):
    monkeypatch.setattr(summing, "MOST", 2)
    for _each in range(3):
        kept(nora, report_only=True)

    assert "Counted from the latest 2" in browser.text(OVERVIEW)
    assert "Counted from the latest 2" in browser.text(REHEARSAL)


@pytest.mark.product("risk-policy-10")
@pytest.mark.requirement("R-41")
def test_what_a_policy_that_only_reports_would_have_done_is_shown(browser, nora):
    kept(nora, report_only=True, verdict="allow"), kept(nora, report_only=True, verdict="allow")
    kept(nora, USUAL, report_only=True)
    kept(nora, would="deny", rule="countries", report_only=True, verdict="allow")
    kept(nora)
    found = summing.rehearsed(browser.customer, None)

    assert found.outcomes == {"step_up": 2, "allow": 1, "deny": 1}
    assert (found.rules, found.people) == ({"bands": 2, "countries": 1}, 1)
    page = browser.get(REHEARSAL)
    assert [one["row"].would for one in page.context["rows"]] == ["deny", "step_up", "step_up"]


def test_other_customers_count_for_nothing(browser):
    kept(report_only=True)

    assert summing.together(browser.customer).looked_at == summing.rehearsed(browser.customer, None).looked_at == 0
    assert "Nothing was only reported" in browser.text(REHEARSAL)


@pytest.mark.requirement("N6")
@pytest.mark.parametrize("language", ["en", "nb"])
def test_who_is_asked_for_more_is_told_why_in_one_sentence(nora, language):
    said = explain.sentence(kept(nora), language)

    assert said.endswith(".")
    assert said[0].isupper()
    assert (said == "A country you have not signed in from, and a browser you have not used before.") == (
        language == "en"
    )
    assert not any(sign.isdigit() for sign in said)


def test_who_is_not_asked_is_told_nothing(nora):
    assert explain.sentence(kept(nora, USUAL)) == ""


def new_old_id():
    """The id of a decision from before the weeks that are counted."""
    return first_id(timezone.now() - timedelta(days=summing.DAYS + 1))


@pytest.mark.product("risk-why-2")
def test_the_chart_holds_what_the_table_says(browser, nora):
    kept(nora)
    kept(nora, USUAL)
    kept(nora, USUAL, at=int((timezone.now() - timedelta(days=2)).timestamp()))

    bars = browser.get(OVERVIEW).context["bars"]

    assert [(bar["band"], bar["x"], bar["height"]) for bar in bars] == [
        ("low", "1.5", "50.00"),
        ("low", "21.5", "50.00"),
        ("medium", "21.5", "50.00"),
    ]


def test_somebody_without_a_history_is_no_reason(browser, nora):
    kept(nora, score=None, band="new")

    assert summing.together(browser.customer).reasons == {}


@pytest.mark.product("risk-why-1")
def test_staff_see_every_part_of_a_decision_and_nobody_in_full(desk, nora):
    row = kept(nora)
    address = reverse("admin:rba_riskdecision_change", args=[row.pk])
    page = desk.get(address).content.decode()

    for words_ in ("22.0", "Kind of attacker", "8.0", "Country", "New (18.0)", "A country you have not signed in from"):
        assert words_ in page
    assert "nora@nordvik.example" not in page and "n•••@nordvik.example" in page
    assert desk.post(address, {"band": "low"}).status_code == 403
    assert desk.get(reverse("admin:rba_riskdecision_add")).status_code == 403


@pytest.mark.product("risk-why-1")
def test_staff_narrow_decisions_by_band_outcome_customer_and_user(desk, nora):
    kept(nora)
    kept(nora, USUAL)
    kept()
    listed = reverse("admin:rba_riskdecision_changelist")

    def found(**filters):
        return desk.get(listed, filters).context["cl"].result_count

    assert [
        found(),
        found(band="low"),
        found(would="step_up"),
        found(user=nora.pk),
        found(customer=nora.customer_id),
    ] == [*(3, 1, 2, 2, 2)]
