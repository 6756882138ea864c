"""Attackers who know a password, from one who knows nothing else to one who copied the victim's browser."""

from collections.abc import Callable
from random import Random
from typing import Any

from bench.risk.owners import Owner
from bench.risk.world import DAY, START, Network, World, fingerprint, new_device

KINDS = ("naive", "country", "place", "copied")
Attack = dict[str, Any]


def attacks(world: World, owners: list[Owner], chance: Random) -> list[Attack]:
    """The fields of every attempt, with its `kind`, and `guesses` for wrong passwords before it."""
    victims = [owner for owner in owners if len(owner.past) > 1]
    made = []
    for kind in KINDS:
        used: list[tuple[str, str, Network]] = []
        for _ in range(world.shape.attacks):
            owner = chance.choice(victims)
            seen = owner.past[chance.randrange(1, len(owner.past))]
            day = _when(world, owner, chance, (seen["ts"] - START) / DAY)
            attempt = _MAKERS[kind](world, owner, chance, _known(owner, START + day * DAY))
            old = [one for one in used if one[0] == attempt["country"]]
            if old and chance.random() < world.shape.reuse:
                _country, attempt["ip"], network = chance.choice(old)
                attempt["asn"] = network.asn
            elif kind in ("naive", "country"):
                used.append((attempt["country"], attempt["ip"], attempt.pop("network")))
            attempt.pop("network", None)
            made.append(
                attempt
                | {
                    "ts": START + day * DAY,
                    "user": owner.name,
                    "rtt_ms": round(chance.lognormvariate(4, 0.5)),
                    "kind": kind,
                    "guesses": chance.randint(1, 3) if chance.random() < world.shape.guesses else 0,
                }
            )
    return made


def _known(owner: Owner, at: float) -> dict[str, Any]:
    """What of the victim an attacker copies: one of the latest sign-ins before."""
    before = [one for one in owner.past if one["ts"] < at] or owner.past[:1]
    return before[-1]


def _when(world: World, owner: Owner, chance: Random, day: float) -> float:
    """Some time after a sign-in of the victim."""
    later = day + chance.expovariate(1 / 6) + 0.02
    if world.shape.attack_hours == "any":
        return int(later) + chance.random()
    if world.shape.attack_hours == "night":
        return int(later) + (chance.gauss(2, 3) % 24) / 24
    return int(later) + (chance.gauss(owner.hour - owner.offset, 2.5) % 24) / 24


def _naive(world: World, owner: Owner, chance: Random, seen: Attack) -> Attack:
    place = chance.choice(world.places)
    network = chance.choice(place.networks if chance.random() < 0.5 else world.hosting)
    return _from(world, chance, place, network) | _own_browser(world, chance, seen)


def _country(world: World, owner: Owner, chance: Random, seen: Attack) -> Attack:
    places = [place for place in world.places if place.country == owner.place.country]
    hosting = [network for network in world.hosting if network.country == owner.place.country]
    place = chance.choice(places)
    network = chance.choice(hosting if chance.random() < 0.6 else place.networks)
    zone, _offset, language = world.zone(owner.place.country)
    return (
        _from(world, chance, place, network)
        | _own_browser(world, chance, seen)
        | {"lang": language if chance.random() < 0.7 else "en-US", "tz": zone}
    )


def _place(world: World, owner: Owner, chance: Random, seen: Attack) -> Attack:
    device = seen["device"]
    device.fingerprint, kept = fingerprint(chance), device.fingerprint
    fields: Attack = device.fields()
    device.fingerprint = kept
    if chance.random() < world.shape.stale:
        version = device.version - chance.randint(1, 3)
        fields |= {"browser_version": f"{version}.0", "ua": fields["ua"].replace(f"/{device.version}.", f"/{version}.")}
    return _near(world, chance, seen) | fields | {"lang": seen["lang"], "tz": seen["tz"]}


def _copied(world: World, owner: Owner, chance: Random, seen: Attack) -> Attack:
    fields = {name: seen[name] for name in ("ua", "browser", "browser_version", "os", "os_version", "device_type")}
    return _near(world, chance, seen) | fields | {"fp": seen["fp"], "lang": seen["lang"], "tz": seen["tz"]}


def _near(world: World, chance: Random, seen: Attack) -> Attack:
    """The victim's city: in their own provider's network, or in another's."""
    place, network = seen["place"], seen["network"]
    if network.kind == "office" or chance.random() > world.shape.same_network:
        network = chance.choice(place.networks)
    return _from(world, chance, place, network)


def _from(world: World, chance: Random, place: Any, network: Network) -> Attack:
    return {
        "ip": network.address(chance),
        "asn": network.asn,
        "country": place.country,
        "city": place.city,
        "lat": round(place.lat + chance.gauss(0, 0.05), 3),
        "lon": round(place.lon + chance.gauss(0, 0.05), 3),
        "network": network,
    }


def _own_browser(world: World, chance: Random, seen: Attack) -> Attack:
    device = new_device(world, chance, (seen["ts"] - START) / DAY)
    zone, _offset, language = world.zone(chance.choice(world.countries))
    return device.fields() | {"lang": language, "tz": zone}


_MAKERS: dict[str, Callable[[World, Owner, Random, Attack], Attack]] = {
    "naive": _naive,
    "country": _country,
    "place": _place,
    "copied": _copied,
}
