"""Policies: drafted, published against what somebody else did meanwhile, and whom a draft would lock out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit, verbs
from accounts.models import AuditRecord
from mfa import policies
from mfa.models import Grace, Policy
from mfa.policies import Enforcement, Rule
from mfa.verbs import governing
from tests.factories import AuthenticatorFactory, CustomerFactory, SiteFactory, UserFactory
from tests.mfa.test_races import at_once

BY = audit.SYSTEM
pytestmark = pytest.mark.django_db
STRONG = {Rule.ASSURANCE: 3}


@pytest.fixture
def customer():
    return CustomerFactory()


def publish(customer, rules, site=None, group=None):
    policy = governing.find(customer, site, group)
    policy = governing.edit(policy, rules, governing.stamp(policy), BY)
    return governing.publish(policy, governing.stamp(policy), BY)


def out(customer, rules, site=None, group=None):
    return governing.locked_out(governing.find(customer, site, group), rules)


def test_a_draft_changes_nothing_until_it_is_published(customer):
    policy = governing.find(customer)
    policy = governing.edit(policy, {Rule.TRIES: 3}, governing.stamp(policy), BY)
    assert policies.effective(customer).value(Rule.TRIES) == 5

    governing.publish(policy, governing.stamp(policy), BY)
    assert policies.effective(customer).value(Rule.TRIES) == 3


@pytest.mark.product("policy-1")
def test_the_narrower_scope_decides_and_of_two_groups_the_first(customer):
    site, user = SiteFactory(customer=customer), UserFactory(customer=customer)
    first, second = (verbs.add_group(customer, name, BY) for name in "AB")
    for group in (first, second):
        verbs.put_in_group(group, [user], BY)

    def tries(at=None):
        return policies.effective(customer, at, user).value(Rule.TRIES)

    publish(customer, {Rule.TRIES: 10})
    assert tries() == tries(site) == 10
    publish(customer, {Rule.TRIES: 9}, group=second)
    assert tries() == tries(site) == 9
    publish(customer, {Rule.TRIES: 8}, group=first)
    assert tries() == 8
    publish(customer, {Rule.TRIES: 7}, site=site)
    assert (tries(), tries(site)) == (8, 7)
    publish(customer, {Rule.TRIES: 6}, site=site, group=second)
    assert (tries(), tries(site)) == (8, 6)
    verbs.move_group(second, 1, BY)
    assert tries() == 9


@pytest.mark.parametrize("what", ["edit", "publish"])
def test_of_two_who_saw_the_same_the_second_is_told(customer, what):
    policy = governing.find(customer)
    seen = governing.stamp(policy)
    governing.edit(policy, {Rule.TRIES: 3}, seen, BY)
    policy = governing.find(customer)
    second = governing.stamp(policy)
    if what == "publish":
        governing.publish(policy, second, BY)

    with pytest.raises(governing.Changed):
        governing.edit(governing.find(customer), {Rule.TRIES: 4}, seen if what == "edit" else second, BY)
    with pytest.raises(governing.Changed):
        governing.publish(governing.find(customer), seen, BY)


@pytest.mark.parametrize("rules", [{"unknown": 1}, {Rule.TRIES: 2}, {Rule.TRIES: True}, {Rule.METHODS: []}])
def test_rules_that_cannot_be_are_no_draft(customer, rules):
    policy = governing.find(customer)

    with pytest.raises(ValueError, match=str(next(iter(rules)))):
        governing.edit(policy, rules, governing.stamp(policy), BY)
    assert not Policy.objects.exists()


def test_a_draft_that_says_what_is_in_force_is_none(customer):
    policy = publish(customer, {Rule.TRIES: 3})
    policy = governing.edit(policy, {Rule.TRIES: 3}, governing.stamp(policy), BY)

    assert policy.draft is None
    with pytest.raises(governing.Changed):
        governing.publish(policy, governing.stamp(policy), BY)


def test_a_dropped_draft_leaves_what_is_in_force_and_else_nothing(customer):
    policy = publish(customer, {Rule.TRIES: 3})
    governing.discard(governing.edit(policy, {Rule.TRIES: 4}, governing.stamp(policy), BY), BY)
    assert governing.find(customer).rules == {Rule.TRIES: 3}

    site = SiteFactory(customer=customer)
    policy = governing.find(customer, site)
    governing.discard(governing.edit(policy, {Rule.TRIES: 4}, governing.stamp(policy), BY), BY)
    assert not Policy.objects.filter(site=site).exists()


def test_the_trail_says_what_was_and_what_is(customer):
    publish(customer, {Rule.TRIES: 3, Rule.RESENDS: 1})
    publish(customer, {Rule.TRIES: 4})

    facts = AuditRecord.objects.filter(action="policy.published").latest("id").facts
    assert facts == {"version": 2, "before": {"tries": 3, "resends": 1}, "after": {"tries": 4}}


@pytest.mark.product("policy-4")
def test_who_has_nothing_that_the_draft_allows_is_locked_out(customer):
    by_mail, by_app = UserFactory(customer=customer), UserFactory(customer=customer)
    AuthenticatorFactory(user=by_app)

    found = out(customer, STRONG)

    assert (found.count, found.first) == (1, [by_mail])


def test_a_grace_that_runs_locks_nobody_out(customer):
    user = UserFactory(customer=customer)
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()

    assert out(customer, {**STRONG, Rule.GRACE_UNTIL: tomorrow}).count == 0
    assert out(customer, {**STRONG, Rule.GRACE_SKIPS: 2}).count == 0
    Grace.objects.create(user=user, skips=2)
    assert out(customer, {**STRONG, Rule.GRACE_SKIPS: 2}).count == 1
    assert out(customer, {**STRONG, Rule.ENFORCEMENT: Enforcement.OPTIONAL}).count == 0


def test_who_is_out_already_is_not_counted_again(customer):
    UserFactory(customer=customer)
    publish(customer, STRONG)

    assert out(customer, {**STRONG, Rule.METHODS: ["totp"]}).count == 0


def test_requiring_what_was_optional_names_those_without(customer):
    user = UserFactory(customer=customer, email="", username="no-address")
    publish(customer, {Rule.ENFORCEMENT: Enforcement.OPTIONAL})

    assert out(customer, {}).first == [user]


def test_a_group_is_asked_about_its_own_and_at_each_site_with_rules(customer):
    site = SiteFactory(customer=customer)
    inside, outside = UserFactory(customer=customer), UserFactory(customer=customer)
    group = verbs.add_group(customer, "A", BY)
    verbs.put_in_group(group, [inside], BY)

    assert out(customer, STRONG, group=group).first == [inside]
    publish(customer, {Rule.ASSURANCE: 1}, site=site, group=group)
    assert out(customer, STRONG, site=site).first == [outside]
    publish(customer, {Rule.ASSURANCE: 1}, group=group)
    publish(customer, {Rule.ASSURANCE: 1}, site=site)
    assert out(customer, STRONG).first == [outside]


def test_the_disabled_the_erased_and_others_users_are_not_counted(customer):
    UserFactory(customer=customer, disabled_at=timezone.now())
    verbs.request_erasure(UserFactory(customer=customer), BY)
    UserFactory()

    assert out(customer, STRONG).count == 0


def test_twenty_are_named_and_counting_stops(customer, monkeypatch):
    monkeypatch.setattr(governing, "MOST_COUNTED", 24)
    UserFactory.create_batch(30, customer=customer)

    found = out(customer, STRONG)

    assert (found.count, len(found.first), found.is_bounded) == (25, 20, True)


def test_counting_costs_queries_by_the_batch_not_by_the_person(customer, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(governing, "BATCH", 10)
    UserFactory.create_batch(20, customer=customer)
    policy = governing.find(customer)

    with django_assert_num_queries(2 + 2 * 4 + 1):
        governing.locked_out(policy, STRONG)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_eight_publications_at_once_one_is_made():
    customer = CustomerFactory()
    policy = governing.find(customer)
    policy = governing.edit(policy, {Rule.TRIES: 3}, governing.stamp(policy), BY)
    seen = governing.stamp(policy)

    def one(_number):
        try:
            return governing.publish(governing.find(customer), seen, BY).version
        except governing.Changed:
            return "changed"

    assert at_once(8, one) == {1: 1, "changed": 7}


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_eight_first_drafts_at_once_one_is_kept():
    customer = CustomerFactory()
    seen = governing.stamp(governing.find(customer))

    def one(number):
        try:
            return bool(governing.edit(governing.find(customer), {Rule.TRIES: 3 + number % 7}, seen, BY))
        except governing.Changed:
            return False

    assert at_once(8, one) == {True: 1, False: 7}
