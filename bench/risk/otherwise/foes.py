"""Attackers in campaigns: stolen passwords tried in bursts, rented and hijacked lines, pages that copy a victim."""

from random import Random
from typing import Any

from bench.risk.otherwise.people import Person
from bench.risk.otherwise.world import DAY, START, Land, Provider, Town, machine

Fields = dict[str, Any]


def raids(land: Land, everybody: list[Person], chance: Random) -> list[Fields]:
    """The fields of every attack, with its `kind`, and `guesses` for wrong passwords before it."""
    victims = [one for one in everybody if len(one.past) > 1]
    made: list[Fields] = []
    for kind in ("naive", "country"):
        left = land.scene.attacks
        while left > 0:
            size = min(left, int(chance.paretovariate(0.9)) + 1, 60)
            made += _burst(land, victims, chance, kind, size)
            left -= size
    for kind in ("place", "copied"):
        made += [_targeted(land, chance.choice(victims), chance, kind) for _ in range(land.scene.attacks)]
    return made


def _burst(land: Land, victims: list[Person], chance: Random, kind: str, size: int) -> list[Fields]:
    """Many names within an hour or so, from a few addresses, by one tool."""
    country = chance.choice([name for name in land.COUNTRIES if name != "NO"]) if kind == "naive" else "NO"
    pool = land.rented[country] if chance.random() < 0.6 else land.providers[country]
    towns, tool = land.towns[country], machine(land, chance, land.COUNTRIES[country][1])
    day = chance.uniform(land.scene.days * 0.2, land.scene.days)
    lines = [(chance.choice(pool), chance.choice(towns)) for _ in range(max(1, size // 4))]
    addresses = [(provider.home(town.number, chance), provider, town) for provider, town in lines]
    made = []
    for one in chance.sample(victims, min(size, len(victims))):
        address, provider, town = chance.choice(addresses)
        if kind == "country" and one.home.town.country != country:
            provider, town = _there(land, one, chance)
            address = provider.home(town.number, chance)
        if chance.random() < 0.4:
            tool = machine(land, chance, land.COUNTRIES[town.country][1])
        zone = land.COUNTRIES[town.country][0] if chance.random() < 0.8 else "UTC"
        when = max(day, _since(one) + 0.01) + chance.uniform(0, 0.06)
        shown = tool.shown(land, when, chance)
        made.append(_attack(one, kind, when, address, provider, town, {**shown, "tz": zone}, chance))
    return made


def _there(land: Land, one: Person, chance: Random) -> tuple[Provider, Town]:
    country = one.home.town.country
    return chance.choice(land.rented[country] + land.providers[country]), chance.choice(land.towns[country])


def _since(one: Person) -> float:
    return (float(one.past[0]["ts"]) - START) / DAY


def _targeted(land: Land, one: Person, chance: Random, kind: str) -> Fields:
    """A page copied what a visit showed; somebody signs in from the victim's town some time later."""
    scene = land.scene
    seen = chance.choice(one.past[1:])
    when = (seen["ts"] - START) / DAY + chance.uniform(0.01, scene.stale)
    if chance.random() < scene.waking:
        when = int(when) + ((chance.choice(one.hours) + chance.gauss(0, 3)) % 24) / 24
        when = max(when, (seen["ts"] - START) / DAY + 0.01)
    provider = seen["provider"] if chance.random() < scene.neighbour else chance.choice(_providers(land, one))
    town = one.home.town
    address = provider.home(town.number, chance)
    if chance.random() < 0.3:
        address = chance.choice(provider.phones)
    shown = {name: seen[name] for name in COPIED}
    if kind == "place":
        shown["fp"] = f"{chance.getrandbits(80):020x}"
    return _attack(one, kind, when, address, provider, town, shown, chance)


COPIED = ("ua", "browser", "browser_version", "os", "os_version", "device_type", "lang", "tz", "fp")


def _providers(land: Land, one: Person) -> list[Provider]:
    return land.providers[one.home.town.country]


def _attack(
    one: Person, kind: str, when: float, address: str, provider: Provider, town: Town, shown: Fields, chance: Random
) -> Fields:
    return {
        "ts": START + when * DAY,
        "user": one.name,
        "ip": address,
        "asn": provider.asn,
        "country": town.country,
        "city": town.name,
        "lat": round(town.lat, 2),
        "lon": round(town.lon, 2),
        "rtt_ms": None,
        **shown,
        "kind": kind,
        "guesses": chance.choice((0, 0, 0, 0, 1, 2)),
    }
