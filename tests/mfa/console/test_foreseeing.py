"""What would happen to this user here: the outcome, the ways, and whose rule decided."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import audit, verbs
from accounts.models import Role
from mfa.models import Authenticator, Grace, Transaction
from mfa.policies import Rule
from mfa.verbs import governing
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db
LOOK = reverse("mfa_console:foresee")


@pytest.fixture
def browser():
    return desk(Role.READ_ONLY)


@pytest.fixture
def nora(browser):
    return UserFactory(customer=browser.customer, username="nora@nordvik.example")


def publish(customer, rules, site=None, group=None):
    policy = governing.find(customer, site, group)
    policy = governing.edit(policy, rules, governing.stamp(policy), audit.SYSTEM)
    governing.publish(policy, governing.stamp(policy), audit.SYSTEM)


def look(browser, user, site=None):
    return browser.get(LOOK, {"user": user.username, "site": site.public_id if site else ""})


def outcome(browser, user, site=None):
    return str(look(browser, user, site).context["outcome"]["text"])


def test_without_a_question_nothing_is_answered(browser):
    assert "seen" not in browser.get(LOOK).context


@pytest.mark.product("policy-3")
def test_who_has_a_way_is_asked_for_it_and_nothing_is_begun(browser, nora):
    AuthenticatorFactory(user=nora)
    page = look(browser, nora)

    assert str(page.context["outcome"]["text"]) == "Asked for a proof"
    assert "Authenticator app" in [str(way["label"]) for way in page.context["ways"]]
    assert not Transaction.objects.exists()
    assert not Grace.objects.exists()


def test_who_has_nothing_that_serves_adds_something_or_is_let_in(browser):
    user = UserFactory(customer=browser.customer, username="bare", email="")
    assert outcome(browser, user) == "Asked to add a method"
    publish(browser.customer, {Rule.GRACE_SKIPS: 2})
    assert "can be put off for now" in look(browser, user).content.decode()
    publish(browser.customer, {Rule.ENFORCEMENT: "optional"})
    assert outcome(browser, user) == "Let in without a proof"


def test_what_does_not_serve_is_proved_first(browser, nora):
    publish(browser.customer, {Rule.METHODS: ["webauthn"]})
    AuthenticatorFactory(user=nora)

    page = look(browser, nora)

    assert str(page.context["outcome"]["text"]) == "Asked to add a method"
    assert "It is proved first" in page.content.decode()


def test_who_is_out_or_has_all_switched_off_is_not_let_in(browser, nora):
    publish(browser.customer, {Rule.ASSURANCE: 3})
    AuthenticatorFactory(user=nora, off_at=timezone.now())
    assert outcome(browser, nora) == "Not let in"
    Authenticator.objects.all().delete()
    nora.disabled_at = timezone.now()
    nora.save()
    assert outcome(browser, nora) == "Not let in"


@pytest.mark.product("policy-3")
def test_each_rule_names_the_scope_that_decided_it(browser, nora):
    site = SiteFactory(customer=browser.customer)
    group = verbs.add_group(browser.customer, "Editors", audit.SYSTEM)
    verbs.put_in_group(group, [nora], audit.SYSTEM)
    publish(browser.customer, {Rule.TRIES: 4, Rule.RESENDS: 1})
    publish(browser.customer, {Rule.TRIES: 6}, group=group)
    publish(browser.customer, {Rule.TRIES: 7}, site=site)

    def whose(at=None):
        rules = look(browser, nora, at).context["rules"]
        return {str(rule["label"]): (rule["value"], rule["whose"]) for rule in rules}

    tries, resends = "Wrong answers that end a sign-in", "Codes that may be sent again in one sign-in"
    assert whose()[tries] == ("6", "the policy of the group Editors")
    assert whose(site)[tries] == ("7", f"the policy of {site}")
    assert whose(site)[resends] == ("1", "your policy for all")
    assert whose(site)["Trusted browsers at once"] == ("5", "the default")


def test_a_name_of_nobodys_is_said_so(browser):
    page = look(browser, UserFactory())

    assert "You have no user of this name" in page.content.decode()
