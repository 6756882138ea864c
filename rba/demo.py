"""The demo set's share of risk: what somebody's browser showed at a sign-in of the past, decided and learned from."""

import random
from datetime import datetime
from uuid import UUID

from accounts.models import Site, User
from accounts.retention import first_id
from rba import verbs
from rba.models import RiskDecision
from rba.reading import Shown
from rba.verbs import Wish

AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 "
    "Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1",
)
STRANGE = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36"
HOMES = ("88.91.10.{}", "84.208.10.{}", "193.213.112.{}", "81.191.40.{}")  # blocks of Norwegian providers
ON_THE_WAY = (("85.24.130.9", "Europe/Stockholm"), ("139.18.1.1", "Europe/Berlin"))
ELSEWHERE = (("200.147.3.157", "pt-BR", "America/Sao_Paulo"), ("5.206.224.9", "pt-PT", "Europe/Lisbon"))


def id_at(moment: datetime, dice: random.Random) -> UUID:
    """An id as a row has that was made at a moment."""
    return UUID(int=first_id(moment).int | (7 << 76) | (2 << 62) | dice.getrandbits(60))


def sign_in(dice: random.Random, user: User, site: Site, name: str, moment: datetime, *, proved: bool) -> None:
    """One sign-in: at home, now and then on the way, and what was not proved sometimes by somebody else."""
    verbs.assess(Wish(user, name, _shown(dice, user, proved), RiskDecision.Where.DIALECT, site, at=moment))
    taught_at = moment if proved and verbs.prove(user.customer, name) else None
    RiskDecision.objects.filter(customer=user.customer, name=name).update(id=id_at(moment, dice), taught_at=taught_at)


def _shown(dice: random.Random, user: User, proved: bool) -> Shown:
    own = random.Random(user.username)  # noqa: S311  # the same at every sign-in of one person
    home, agent = own.choice(HOMES).format(own.randint(2, 200)), own.choice(AGENTS)
    if not proved and dice.random() < 0.7:
        address, language, zone = dice.choice(ELSEWHERE)
        return Shown(address, STRANGE, language, zone)
    if dice.random() < 0.08:
        address, zone = dice.choice(ON_THE_WAY)
        return Shown(address, AGENTS[2], "nb-NO,nb", zone)
    return Shown(home, agent, "nb-NO,nb", "Europe/Oslo")
