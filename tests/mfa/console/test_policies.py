"""Policies in the dashboard: the scopes in their order, the form, and publishing with eyes open."""

import pytest
from django.urls import reverse

from accounts import audit, verbs
from accounts.models import Role
from mfa.contract import METHODS
from mfa.models import Policy
from mfa.policies import Rule
from mfa.verbs import governing
from tests.accounts.console.cast import desk
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, SCOPE = reverse("mfa_console:policies"), reverse("mfa_console:policy")
PUBLISH, DISCARD = reverse("mfa_console:policy_publish"), reverse("mfa_console:policy_discard")


@pytest.fixture
def browser():
    return desk()


def filled(browser, url=SCOPE, **changes):
    """What the form sends when nothing but the changes was touched."""
    form = browser.get(url).context["form"]
    data = {"seen": browser.get(url).context["seen"]}
    for name in form.fields:
        value = form[name].value()
        if value is not None and value is not False:
            data[name] = value
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def draft(browser, url=SCOPE, **changes):
    return browser.post(url, filled(browser, url, **changes))


def publish(browser, url=PUBLISH, **more):
    seen = browser.get(url).context["form"]["seen"].value()
    return browser.post(url, {"seen": seen, **more})


def scoped(url, site=None, group=None):
    return f"{url}?{'&'.join(f'{kind}={one.public_id}' for kind, one in (('site', site), ('group', group)) if one)}"


def test_without_any_policy_the_default_is_explained(browser):
    page = browser.text(LIST)

    assert "Leaves all to the others" in page
    assert "Everybody needs a second factor" in page


def test_what_was_not_touched_is_not_decided(browser):
    draft(browser)

    assert Policy.objects.get().draft == {}


def test_what_was_changed_is_decided_and_what_was_ticked_too(browser):
    draft(browser, tries="4", own_resends="on")

    assert Policy.objects.get().draft == {Rule.TRIES: 4, Rule.RESENDS: 3}


def test_a_tick_taken_off_leaves_the_rule_to_the_others(browser):
    draft(browser, tries="4", resends="2")
    draft(browser, own_tries=None)

    assert Policy.objects.get().draft == {Rule.RESENDS: 2}


@pytest.mark.product("policy-2")
def test_every_rule_can_be_decided_and_comes_back_as_it_was(browser):
    given = {
        "methods": ["totp", "webauthn"],
        "assurance": "3",
        "enforcement": "optional",
        "grace_until": "2027-01-31",
        "grace_skips": "3",
        "remember_days": "30",
        "remember_devices": "2",
        "resends": "1",
        "tries": "4",
        "sms_countries": "+46, 47",
        "add_unknown": "no",
        "link_days": "7",
        "verify_user": "yes",
        "passkey_alone": "no",
    }
    draft(browser, **given)
    kept = {
        Rule.METHODS: ["totp", "webauthn"],
        Rule.ASSURANCE: 3,
        Rule.ENFORCEMENT: "optional",
        Rule.GRACE_UNTIL: "2027-01-31",
        Rule.GRACE_SKIPS: 3,
        Rule.REMEMBER_DAYS: 30,
        Rule.REMEMBER_DEVICES: 2,
        Rule.RESENDS: 1,
        Rule.TRIES: 4,
        Rule.SMS_COUNTRIES: ["+46", "+47"],
        Rule.ADD_UNKNOWN: False,
        Rule.LINK_DAYS: 7,
        Rule.VERIFY_USER: True,
        Rule.PASSKEY_ALONE: False,
    }
    assert Policy.objects.get().draft == kept
    assert set(kept) == set(Rule)

    draft(browser)
    assert Policy.objects.get().draft == kept


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("methods", [], "Tick at least one"),
        ("methods", ["unheard-of"], "Choose one of those that are offered"),
        ("tries", "2", "Write 3 or more"),
        ("tries", "", "This is needed"),
        ("sms_countries", "+999", "No country has the calling code"),
        ("grace_until", "soon", "Write a day, such as"),
        ("assurance", "7", "Choose one of those that are offered"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(browser, field, value, words):
    answer = draft(browser, **{field: value})

    assert words in answer.content.decode()
    assert not Policy.objects.exists()


@pytest.mark.product("policy-1")
def test_each_value_is_shown_with_whose_it_is(browser):
    site = SiteFactory(customer=browser.customer)
    draft(browser, tries="4")
    publish(browser)

    page = browser.text(scoped(SCOPE, site))

    assert "Otherwise: 4, from your policy for all." in page
    assert "Otherwise: 3, from the default." in page


@pytest.mark.product("policy-1")
def test_the_list_is_in_the_order_in_which_they_decide(browser):
    site = SiteFactory(customer=browser.customer)
    second, first = (verbs.add_group(browser.customer, name, audit.SYSTEM) for name in ("Second", "First"))
    verbs.move_group(first, 1, audit.SYSTEM)
    for one in ((None, None), (None, second), (None, first), (site, None), (site, second)):
        draft(browser, scoped(SCOPE, *one), tries="4")

    rows = [row["title"] for row in browser.get(LIST).context["rows"]]

    assert rows == [
        f"Second at {site}",
        f"All users at {site}",
        "First at all sites",
        "Second at all sites",
        "All users at all sites",
    ]


def test_publishing_says_what_changes_and_puts_it_in_force(browser):
    draft(browser, tries="4")

    page = browser.text(PUBLISH)
    assert "Locks nobody out" in page
    assert "5 (the default)" in page
    publish(browser)

    assert Policy.objects.get().rules == {Rule.TRIES: 4}
    assert "→ 4" in browser.text(SCOPE)


@pytest.mark.product("policy-4")
def test_who_would_be_locked_out_is_named_and_must_be_confirmed(browser):
    user = UserFactory(customer=browser.customer, first_name="Nora", last_name="Bj")
    draft(browser, assurance="3")

    page = browser.text(PUBLISH)
    assert "Locks out 1 person" in page
    assert user.username in page
    assert "Tick this first" in publish(browser).content.decode()
    assert Policy.objects.get().version == 0

    publish(browser, sure="on")
    assert Policy.objects.get().version == 1


def test_a_draft_that_somebody_else_changed_meanwhile_is_not_published(browser):
    draft(browser, tries="4")
    seen = browser.get(PUBLISH).context["form"]["seen"].value()
    draft(browser, tries="6")

    assert "Somebody else changed this policy" in browser.said(PUBLISH, {"seen": seen})
    assert Policy.objects.get().version == 0


@pytest.mark.product("doors-3")
def test_publishing_asks_for_a_fresh_proof():
    browser = desk(fresh=False)
    governing.edit(policy := governing.find(browser.customer), {Rule.TRIES: 4}, governing.stamp(policy), audit.SYSTEM)

    assert browser.post(PUBLISH, {}).url.startswith("/confirm/")


def test_a_draft_is_dropped_after_a_page_that_says_what_stays(browser):
    draft(browser, tries="4")
    assert "Nothing was published here" in browser.text(DISCARD)

    browser.post(DISCARD)

    assert not Policy.objects.exists()


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_who_may_only_look_sees_the_rules_and_changes_none(role):
    browser = desk(role)
    page = browser.get(SCOPE)

    assert page.status_code == 200
    assert b"Keep as a draft" not in page.content
    browser.post(SCOPE, {**filled(browser), "tries": "4"})
    assert not Policy.objects.exists()
    assert browser.get(PUBLISH).status_code == 403


@pytest.mark.promise("S10")
def test_another_customers_site_and_group_are_not_there(browser):
    site = SiteFactory()
    group = verbs.add_group(site.customer, "A", audit.SYSTEM)

    for url in (SCOPE, PUBLISH, DISCARD):
        assert browser.get(scoped(url, site)).status_code == 404
        assert browser.get(scoped(url, None, group)).status_code == 404


def test_every_method_of_ones_own_can_be_chosen_with_its_strength(browser):
    page = browser.text(SCOPE)

    for method in METHODS.values():
        assert (f"{method.label}, " in page) is method.is_own


def test_what_goes_with_a_group_names_its_policies(browser):
    group = verbs.add_group(browser.customer, "A", audit.SYSTEM)
    draft(browser, scoped(SCOPE, None, group), tries="4")

    assert "1 policy" in browser.text(reverse("console:group_delete", args=[group.public_id]))
