"""What another policy would have done: the one in force says again what it said, and no address is needed for it."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils import timezone

from accounts.assurance import Assurance
from accounts.retention import first_id
from mfa.verbs import governing
from rba import geo, replaying, verbs
from rba.contract import Outcome
from rba.geo import Spot
from rba.models import RiskDecision, RiskPolicy
from rba.policy import DEFAULT, RiskRules
from rba.reading import Shown
from rba.verbs import Wish
from tests.factories import AuthenticatorFactory, CustomerFactory, SiteFactory, UserFactory
from tests.rba.deciding_rows import USUAL, kept
from tests.rba.policies import ASK, REFUSE

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("N7"), pytest.mark.product("risk-policy-8")]
AGENTS = {
    "kari": "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
    "ola": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
}
ADDRESSES = ("192.0.2.7", "192.0.2.9", "198.51.100.3", "203.0.113.77", "2001:db8::1", "2001:db9::1", "8.8.8.8", "")
POLICIES = {
    "addresses": {
        "addresses": {"refuse": ["192.0.2.0/24"], "prove": ["198.51.0.0/16"], "trust": ["192.0.2.9"], "action": ASK},
        "never_block": {"networks": ["2001:db8::/32", "192.0.2.7"]},
    },
    "blocks within blocks": {
        "addresses": {"refuse": ["192.0.2.0/28", "2001:db9::1"], "trust": ["192.0.2.0/24"], "action": ASK}
    },
    "networks": {"networks": {"asns": [15169], "kinds": [], "action": REFUSE}},
    "countries": {"countries": {"named": ["US"], "which": "named", "action": ASK}},
    "devices": {"devices": {"most": 1, "action": REFUSE}},
    "hours": {
        "hours": {
            "days": [*range(7)],
            "start": "00:00",
            "end": "12:00",
            "zone": "Europe/Oslo",
            "whose": "user",
            "when": "outside",
            "action": REFUSE,
        }
    },
}


@pytest.fixture
def customer():
    return CustomerFactory()


@pytest.fixture(autouse=True)
def places(monkeypatch):
    """Three countries and networks, by the beginning of an address."""
    found = {"": Spot(), "192": Spot("NO", asn=64500), "8": Spot("US", asn=15169)}
    monkeypatch.setattr(geo, "spot_of", lambda address: found.get(address.partition(".")[0], Spot("SE", asn=64501)))


def sign_ins(customer):
    """Five days of two people at home, then each of them from everywhere."""
    begin = timezone.now() - timedelta(days=6)
    for name, agent in AGENTS.items():
        user = UserFactory(customer=customer, username=name)
        for day in range(5):
            shown = Shown("192.0.2.9", agent, "nb-NO", "Europe/Oslo")
            verbs.assess(Wish(user, f"{name} {day}", shown, "prompt", at=begin + timedelta(days=day, hours=day)))
            verbs.prove(customer, f"{name} {day}")
        for number, address in enumerate(ADDRESSES):
            other = AGENTS["ola" if number % 2 else "kari"]
            shown = Shown(address, other, "nb-NO", "Europe/Oslo" if number % 3 else "Asia/Kathmandu")
            verbs.assess(
                Wish(user, f"{name} from {address}", shown, "prompt", at=begin + timedelta(days=5, hours=3 * number))
            )


@pytest.mark.parametrize("rules", POLICIES.values(), ids=[*POLICIES])
@pytest.mark.parametrize("only_reports", [False, True])
def test_the_policy_in_force_says_again_what_it_said_then(customer, rules, only_reports):
    document = {**DEFAULT, **rules, "report_only": only_reports}
    RiskPolicy.objects.create(customer=customer, version=1, document=document)
    sign_ins(customer)
    policy = RiskRules.of(document)
    seen = replaying._Seen(customer, policy)

    rows = RiskDecision.objects.filter(customer=customer).order_by("pk")
    told = [replaying._Row(*values) for values in rows.values_list(*replaying.COLUMNS)]
    rulings = [replaying.again(policy, one, seen.facts(one)[0]) for one in told]

    assert [(one.would.outcome, one.rule, one.verdict, one.minimum, list(one.rules)) for one in rulings] == [
        (row.would, row.rule, row.verdict, row.minimum, row.rules) for row in rows
    ]
    assert len({row.would for row in rows}) > 1


def test_a_replay_is_the_same_every_time_and_counts_what_comes_on_top(customer):
    user = UserFactory(customer=customer)
    for country in ("NO", "NO", "BR"):
        kept(user, USUAL, country=country)
    draft = {**DEFAULT, "countries": {"named": ["NO"], "which": "others", "action": REFUSE}}

    found = replaying.replay(customer, None, draft, 28)

    assert found == replaying.replay(customer, None, draft, 28)
    assert (found.was["allow"], found.then["allow"], found.then["deny"]) == (3, 2, 1)
    assert (found.refused, found.asked, found.people, found.rules) == (1, 0, 1, {"countries": 1})
    assert [(one.user, one.refused) for one in found.first] == [(user, 1)]


def test_a_milder_draft_asks_for_less(customer):
    kept(UserFactory(customer=customer))
    bands = {**DEFAULT["bands"], "medium_from": 98, "high_from": 99}

    found = replaying.replay(customer, None, {**DEFAULT, "bands": bands}, 28)

    assert (found.eased, found.asked, found.people) == (1, 0, 0)


def test_who_could_not_pass_is_named_first(customer):
    strong, weak = UserFactory(customer=customer), UserFactory(customer=customer, email="", phone="+4791000111")
    AuthenticatorFactory(user=strong, customer=customer)
    for user in (strong, strong, weak):
        kept(user, USUAL)
    draft = {**DEFAULT, "countries": {"named": ["NO"], "which": "named", "action": {**ASK, "minimum": 3}}}
    draft["no_answer"] = {"action": {**ASK, "minimum": 3}}

    found = replaying.replay(customer, None, draft, 28)

    known = governing.ways_of(customer, None, [strong.pk, weak.pk])
    assert known[weak.pk].best < Assurance.AAL2 <= known[strong.pk].best
    assert (found.people, found.stuck, found.asked) == (2, 1, 3)
    assert [(one.user, one.stuck) for one in found.first] == [(weak, True), (strong, False)]
    assert found.sent == 1


def test_an_address_that_no_list_can_tell_counts_as_one_that_is_hidden(customer):
    sign_ins(customer)
    draft = {**DEFAULT, "addresses": {"refuse": ["2001:db9::/64"], "prove": [], "trust": [], "action": ASK}}

    found = replaying.replay(customer, None, draft, 28)

    assert found.untold == 4  # one in the block of the /64, and one without an address, of each
    assert found.then["deny"] == RiskDecision.objects.filter(customer=customer, would="deny").count()


def test_a_list_too_large_to_look_for_is_said_and_makes_nothing_milder(customer, monkeypatch):
    sign_ins(customer)
    monkeypatch.setattr(replaying, "MOST_BLOCKS", 10)
    draft = {**DEFAULT, "addresses": {"refuse": ["192.0.0.0/8"], "prove": [], "trust": [], "action": ASK}}

    found = replaying.replay(customer, None, draft, 28)

    assert found.untold == found.looked_at
    assert found.then[Outcome.ALLOW] == 0


def test_counting_is_bounded_by_number_and_days(customer, monkeypatch):
    user = UserFactory(customer=customer)
    for _ in range(3):
        kept(user)
    kept(user, id=first_id(timezone.now() - timedelta(days=8)))
    monkeypatch.setattr(replaying, "MOST", 2)
    assert replaying.replay(customer, None, DEFAULT, 7).is_bounded

    monkeypatch.undo()
    assert [replaying.replay(customer, None, DEFAULT, days).looked_at for days in (7, 28)] == [3, 4]


def test_a_scope_looks_at_its_own_sign_ins_alone(customer):
    user, site, other = UserFactory(customer=customer), SiteFactory(customer=customer), SiteFactory(customer=customer)
    for where in (site, site, other, None):
        kept(user, site=where)
    kept()
    RiskPolicy.objects.create(customer=customer, site=site, version=1, document=DEFAULT)

    assert replaying.replay(customer, site, DEFAULT, 28).looked_at == 2
    assert replaying.replay(customer, None, DEFAULT, 28).looked_at == 2


def test_decisions_from_before_facts_were_kept_are_taken_as_untold(customer):
    user = UserFactory(customer=customer)
    kept(user, USUAL)

    found = replaying.replay(customer, None, {**DEFAULT, "devices": {"most": 9, "action": REFUSE}}, 28)

    assert found.then[Outcome.STEP_UP] == 1
    assert found.asked == 1


@pytest.mark.parametrize("network", ["10.0.0.0/14", "2001:db8::/40", "::/40", "192.0.2.0/24"])
def test_blocks_are_named_as_the_engine_names_them(network):
    found = ip_network(network)

    assert [*replaying.blocks_of(found)] == [
        str(one) for one in found.subnets(new_prefix=24 if found.version == 4 else 48)
    ]
