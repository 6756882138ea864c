"""What holds for every risk policy: strictness, missing facts, missing answers, the never-block list, report-only."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.assurance import Assurance
from rba import deciding
from rba.contract import Outcome
from rba.deciding import FIRST_WEEKS, decide, rule_on
from rba.models import RiskPolicy
from rba.policy import DEFAULT, RiskRules
from rba.rules import Band
from tests.factories import CustomerFactory, SiteFactory
from tests.rba.policies import ASK, AT_HOME, NOON, REFUSE, documents, does, facts, moments, rules, scored, scores


@pytest.mark.product("risk-policy-7")
@given(documents, scores, facts, moments)
def test_every_rule_that_is_added_makes_a_policy_stricter_or_leaves_it(document, score, seen, at):
    """But for trusted addresses, whose point is the contrary, and those that are never blocked."""
    document.pop("never_block", None)
    if "addresses" in document:
        document["addresses"]["trust"] = []
    whole = rule_on(RiskRules.of(document), scored(score), seen, at)

    for key in document:
        less = rule_on(
            RiskRules.of({name: document[name] for name in document if name != key}), scored(score), seen, at
        )
        assert less.would.strength <= whole.would.strength
        assert whole.notice or not less.notice


@pytest.mark.product("risk-policy-5")
@pytest.mark.requirement("R-41")
@given(documents, scores, facts, moments)
def test_without_an_answer_nobody_needs_less_than_with_any_that_does_not_refuse(document, score, seen, at):
    policy = RiskRules.of(document)
    answered, failed = rule_on(policy, scored(score), seen, at), rule_on(policy, None, seen, at)

    assert failed.verdict is not Outcome.ALLOW
    assert failed.band is Band.NO_ANSWER
    assert answered.verdict is Outcome.DENY or failed.would.strength >= answered.would.strength


@pytest.mark.product("risk-policy-5")
@given(documents, scores, facts, moments, st.sampled_from(["address", "asn", "kinds", "country", "devices", "offset"]))
def test_what_cannot_be_told_never_lets_in_whom_a_rule_might_stop(document, score, seen, at, hidden):
    """Whatever stands in the place of a missing fact, the missing one is asked at least for some proof, if that is."""
    if "addresses" in document:
        document["addresses"]["trust"] = []
    document.pop("never_block", None)
    policy = RiskRules.of(document)
    missing = replace(seen, **{hidden: "" if hidden in ("address", "country") else None})
    told, untold = rule_on(policy, scored(score), seen, at), rule_on(policy, scored(score), missing, at)

    assert told.verdict is Outcome.ALLOW or untold.verdict is not Outcome.ALLOW


@pytest.mark.product("risk-policy-2")
@given(documents, scores, facts, moments)
def test_what_is_never_blocked_is_never_refused_and_no_rule_is_weaker_for_it(document, score, seen, at):
    assume("never_block" in document)
    policy = RiskRules.of(document)
    without = RiskRules.of({**document, "never_block": {"networks": []}})
    ruling, harsh = rule_on(policy, scored(score), seen, at), rule_on(without, scored(score), seen, at)

    if policy.never_block.covers(seen.address):
        assert ruling.verdict is not Outcome.DENY
        assert (ruling.verdict is Outcome.ALLOW) == (harsh.verdict is Outcome.ALLOW)
        assert harsh.verdict is Outcome.DENY or ruling == harsh
    else:
        assert ruling == harsh


@pytest.mark.product("risk-policy-1")
@given(documents, st.floats(0, 100), st.floats(0, 100), facts, moments)
def test_a_higher_score_never_asks_for_less(document, one, other, seen, at):
    policy = RiskRules.of(document)
    lower, higher = (rule_on(policy, scored(score), seen, at) for score in sorted((one, other)))

    assert lower.would.strength <= higher.would.strength


@pytest.mark.product("risk-policy-10")
@given(documents, scores, facts, moments)
def test_a_policy_that_only_reports_adds_nothing_and_says_what_it_would_have_done(document, score, seen, at):
    firm = rule_on(RiskRules.of(document), scored(score), seen, at)
    mild = rule_on(RiskRules.of({**document, "report_only": True}), scored(score), seen, at)

    careful = seen.careful > Assurance.NONE
    assert mild.verdict is (Outcome.STEP_UP if careful else Outcome.ALLOW)
    assert (mild.minimum, mild.notice) == (seen.careful, False)
    assert (mild.would, mild.rule, mild.band) == (firm.would, firm.rule, firm.band)


@given(documents, scores, facts, moments)
def test_only_more_proof_has_a_minimum(document, score, seen, at):
    ruling = rule_on(RiskRules.of(document), scored(score), seen, at)

    assert (ruling.minimum is not Assurance.NONE) == (ruling.verdict is Outcome.STEP_UP)
    assert ruling.rule in ruling.rules


@given(documents)
def test_a_policy_that_is_stored_and_read_again_is_the_same(document):
    stored = RiskRules.of(document).to_json()

    assert RiskRules.of(stored).to_json() == stored


@given(st.fixed_dictionaries(rules), scores, facts, moments)
def test_the_order_of_a_document_makes_no_difference(document, score, seen, at):
    turned = dict(reversed(document.items()))

    assert rule_on(RiskRules.of(document), scored(score), seen, at) == rule_on(
        RiskRules.of(turned), scored(score), seen, at
    )


@pytest.mark.product("risk-policy-10")
@pytest.mark.django_db
@pytest.mark.requirement("R-41")
def test_a_new_customers_risk_is_only_reported_in_the_first_weeks():
    customer = CustomerFactory()
    asked = (customer.pk, None, None, scored(99.9), AT_HOME)

    first, later = (decide(*asked, customer.created_at + step) for step in (timedelta(days=1), FIRST_WEEKS))

    assert (first.verdict, first.report_only, first.would.outcome) == (Outcome.ALLOW, True, Outcome.DENY)
    assert (later.verdict, later.report_only) == (Outcome.DENY, False)


@pytest.mark.django_db
def test_a_site_follows_its_own_policy_and_the_others_the_customers_newest():
    site = SiteFactory()
    for version, action in ((1, REFUSE), (2, ASK)):
        _publish(site.customer, version, {"countries": {"named": ["NO"], "action": action}})
    _publish(site.customer, 1, {"countries": {"named": ["SE"], "action": REFUSE}}, site=site)
    _publish(site.customer, RiskPolicy.DRAFT, {"countries": {"named": ["NO"], "action": REFUSE}})

    other, here = (decide(site.customer_id, one, None, scored(1), AT_HOME, NOON) for one in (None, site.pk))

    assert (other.verdict, other.version) == (Outcome.STEP_UP, 2)
    assert (here.verdict, here.version) == (Outcome.ALLOW, 1)


@pytest.mark.django_db
def test_another_customers_policy_decides_nothing_here():
    mine, theirs = CustomerFactory(), CustomerFactory()
    _publish(theirs, 1, {"countries": {"named": ["NO"], "action": REFUSE}})

    assert decide(mine.pk, None, None, scored(1), AT_HOME, mine.created_at).verdict is Outcome.ALLOW


@pytest.mark.django_db
@pytest.mark.requirement("R-41")
def test_a_policy_that_cannot_be_read_asks_for_more_proof():
    customer = CustomerFactory()
    _publish(customer, 1, {"countries": {"named": ["Norway"], "action": does("allow")}})

    ruling = decide(customer.pk, None, None, scored(1), AT_HOME, NOON)

    assert (ruling.verdict, ruling.report_only) == (Outcome.STEP_UP, False)


@pytest.mark.django_db
def test_a_decision_reads_the_policy_once(django_assert_num_queries):
    customer = CustomerFactory()
    decide(customer.pk, None, None, scored(1), AT_HOME, NOON)

    with django_assert_num_queries(0):
        decide(customer.pk, None, None, scored(1), AT_HOME, NOON)
    deciding.forget(customer.pk)
    with django_assert_num_queries(2):
        decide(customer.pk, None, None, scored(1), AT_HOME, NOON)


def _publish(customer, version, document, site=None):
    RiskPolicy.objects.create(
        customer=customer, site=site, version=version, document={**DEFAULT, **document, "report_only": False}
    )
    deciding.forget(customer.pk)
