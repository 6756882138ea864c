"""What another policy would have made of the decisions that are kept: what differs, for whom, and who could not pass.

Nothing is scored anew: the score, the country and the facts are those of each decision, so that the policy that was in
force says again what it said then. Where somebody was is not kept; the addresses and networks that a policy names are
hashed as the engine hashes them, and looked for among the decisions.
"""

import ipaddress
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from accounts.assurance import Assurance
from accounts.models import Customer, Site, User
from accounts.retention import first_id
from rba import deciding, verbs
from rba.contract import Outcome, Scored
from rba.deciding import Ruling
from rba.models import RiskDecision, RiskPolicy
from rba.policy import RiskRules
from rba.rules import Action, Facts
from rba.rules.addresses import Addresses, Network, lies_in
from rba.rules.networks import Networks

DAYS = (7, 28, 90)
MOST = 5000  # decisions: a page must answer in seconds
MOST_BLOCKS = 100_000  # that are hashed: more than one /8
MOST_HOSTS = 256  # addresses of one block that are hashed one by one
BLOCK = {4: 24, 6: 48}  # as the engine reads them: rba/features/ip_address.py
MOST_NAMED = 20
OTHER_NETWORK = 0  # the number of no network
ELSEWHERE = ("0.0.0.1", "255.255.255.254", "240.0.0.1", "::2")  # addresses of nobody
COLUMNS = (
    *("at", "score", "total", "base", "country", "facts", "user", "verdict", "minimum"),
    *("attempt__marks__address__1", "attempt__marks__prefix__1", "attempt__marks__asn__1"),
)


class Ways(NamedTuple):
    """How somebody can prove who they are: the best proof that they have, and whether all of them go by phone."""

    best: Assurance
    is_charged: bool


ways: dict[str, Callable[[Customer, Site | None, Collection[UUID]], Mapping[UUID, Ways]]] = {}  # "of": mfa tells


@dataclass
class Person:
    """Whom a draft would treat otherwise, and how often."""

    user: User
    asked: int
    refused: int
    stuck: bool


@dataclass
class Replayed:
    """Outcomes as they were and as they would have been; `asked`, `refused` count those who were let in before."""

    days: int
    looked_at: int = 0
    is_bounded: bool = False
    was: Counter[str] = field(default_factory=Counter)
    then: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)  # of those who would not have been let in as they were
    asked: int = 0
    refused: int = 0
    eased: int = 0  # of whom less would have been asked
    untold: int = 0  # whose address could not be told: as where somebody hides it
    sent: int = 0  # codes by phone that the proofs on top would have taken
    people: int = 0
    stuck: int = 0  # people who have nothing that is as strong as they would have been asked for
    first: list[Person] = field(default_factory=list)  # those who could not pass, then those asked most


def replay(
    customer: Customer, site: Site | None, document: Mapping[str, Any], days: int, at: datetime | None = None
) -> Replayed:
    """The newest decisions of the last days, at one site or at all without a policy of their own."""
    policy = RiskRules.of(document)
    seen, found, tally = _Seen(customer, policy), Replayed(days), _Tally()
    for row in decisions(customer, site, days, at).values_list(*COLUMNS)[: MOST + 1]:
        if found.looked_at == MOST:
            found.is_bounded = True
            break
        found.looked_at += 1
        one = _Row(*row)
        facts, is_told = seen.facts(one)
        found.untold += not is_told
        _note(found, tally, one, again(policy, one, facts))
    _name(found, tally, customer, site)
    return found


def decisions(customer: Customer, site: Site | None, days: int, at: datetime | None = None) -> QuerySet[RiskDecision]:
    """The decisions that a policy of this scope would have made, the newest first."""
    since = first_id((at or timezone.now()) - timedelta(days=days))
    rows = RiskDecision.objects.filter(customer=customer, pk__gte=since, failed=False).order_by("-pk")
    if site is not None:
        return rows.filter(site=site)
    own = [one.site_id for one in RiskPolicy.published(customer.pk) if one.site_id is not None]
    return rows.exclude(site__in=own)


@dataclass
class _Tally:
    """What is counted for each person: how often more was asked and refused, and the strongest proof asked for."""

    asked: Counter[UUID] = field(default_factory=Counter)
    refused: Counter[UUID] = field(default_factory=Counter)
    minimum: dict[UUID, Assurance] = field(default_factory=dict)


class _Row(NamedTuple):
    """What is read of a decision; the last three are hashes, or None where it showed nothing of the sort."""

    at: int
    score: float | None
    total: float
    base: float
    country: str
    facts: dict[str, Any]
    user: UUID
    verdict: str
    minimum: int
    address: str | None
    block: str | None
    network: str | None

    @property
    def strength(self) -> tuple[int, int]:
        """As `Action.strength`."""
        return Action(Outcome(self.verdict), Assurance(self.minimum)).strength


class _Seen:
    """Where a decision came from, as far as a policy's lists can tell by their hashes."""

    def __init__(self, customer: Customer, policy: RiskRules) -> None:
        self._keys = verbs.keys_of(customer)
        lists = [rule.lists.values() for rule in policy.rules if isinstance(rule, Addresses)]
        self._named = [*policy.never_block.networks, *(one for found in lists for named in found for one in named)]
        self._hosts: dict[str, str] = {}
        self._blocks: dict[str, str] = {}
        self._vague: set[str] = set()  # blocks with something in them that is too large to be hashed one by one
        self._is_whole = True
        for network in sorted(self._named, key=lambda one: one.num_addresses):
            self._hash(network)
        asns = {number for rule in policy.rules if isinstance(rule, Networks) for number in rule.asns}
        self._asns = {self._keys.crowd("asn", str(number)): number for number in asns}
        self._taken = {*self._hosts.values()}
        self._elsewhere = next((one for one in ELSEWHERE if not lies_in(one, self._named)), "")

    def facts(self, row: _Row) -> tuple[Facts, bool]:
        """The facts of a decision, and whether its address could be told apart from those that the policy names."""
        address = self._address(row) if self._named else self._elsewhere
        asn = None if row.network is None else self._asns.get(row.network, OTHER_NETWORK)
        kept = row.facts
        kinds = kept.get("kinds")
        facts = Facts(
            address,
            asn,
            None if kinds is None else frozenset(kinds),
            row.country,
            kept.get("devices"),
            kept.get("is_new_device"),
            kept.get("offset"),
            Assurance(kept.get("careful", 0)),
        )
        return facts, bool(address)

    def _hash(self, network: Network) -> None:
        size = BLOCK[network.version]
        if network.prefixlen > size and network.num_addresses > MOST_HOSTS:
            self._vague.add(self._keys.crowd("prefix", str(network.supernet(new_prefix=size))))
        elif network.prefixlen > size:
            self._hosts |= {self._keys.crowd("address", str(one)): str(one) for one in network}
        elif len(self._blocks) + 2 ** (size - network.prefixlen) > MOST_BLOCKS:
            self._is_whole = False
        else:
            self._blocks |= {self._keys.crowd("prefix", block): block for block in blocks_of(network)}

    def _address(self, row: _Row) -> str:
        """One that stands on the same lists; empty where none can be told."""
        if row.address is None or row.block is None:
            return ""
        if row.address in self._hosts:
            return self._hosts[row.address]
        if row.block in self._vague:
            return ""
        if row.block in self._blocks:
            block = ipaddress.ip_network(self._blocks[row.block])
            return next((str(one) for one in block if str(one) not in self._taken), "")
        return self._elsewhere if self._is_whole else ""


def blocks_of(network: Network) -> Iterator[str]:
    """The blocks of a network as the engine names them; by the system's own words, ten times faster than ipaddress."""
    size, family = BLOCK[network.version], AF_INET if network.version == 4 else AF_INET6
    first, step = int(network.network_address), 1 << (network.max_prefixlen - size)
    for number in range(2 ** (size - network.prefixlen)):
        yield f"{inet_ntop(family, (first + number * step).to_bytes(network.max_prefixlen // 8, 'big'))}/{size}"


def again(policy: RiskRules, row: _Row, facts: Facts) -> Ruling:
    """A policy's answer to a decision of the past."""
    scored = Scored(row.score, row.total, row.base, {})
    return deciding.rule_on(policy, scored, facts, datetime.fromtimestamp(row.at, UTC))


def _note(found: Replayed, tally: _Tally, row: _Row, ruling: Ruling) -> None:
    would = ruling.would
    found.was[row.verdict] += 1
    found.then[would.outcome] += 1
    if would.outcome is not Outcome.ALLOW:
        found.rules[ruling.rule] += 1
    if would.strength == row.strength:
        return
    if would.strength < row.strength:
        found.eased += 1
    elif would.outcome is Outcome.DENY:
        found.refused += 1
        tally.refused[row.user] += 1
    else:
        found.asked += row.verdict == Outcome.ALLOW
        tally.asked[row.user] += row.verdict == Outcome.ALLOW
        tally.minimum[row.user] = max(tally.minimum.get(row.user, would.minimum), would.minimum)


def _name(found: Replayed, tally: _Tally, customer: Customer, site: Site | None) -> None:
    """Count people, and name those who could not pass and those whom it concerns most."""
    concerned = {*tally.minimum, *tally.refused}
    known = ways["of"](customer, site, concerned) if concerned and "of" in ways else {}
    stuck = {user for user, minimum in tally.minimum.items() if user in known and known[user].best < minimum}
    found.people, found.stuck = len(concerned), len(stuck)
    found.sent = sum(tally.asked[user] for user in tally.asked if user in known and known[user].is_charged)
    order = sorted(concerned, key=lambda one: (one not in stuck, -tally.refused[one], -tally.asked[one], str(one)))
    users = User.objects.filter(customer=customer).in_bulk(order[:MOST_NAMED])
    found.first = [
        Person(users[pk], tally.asked[pk], tally.refused[pk], pk in stuck) for pk in order[:MOST_NAMED] if pk in users
    ]
