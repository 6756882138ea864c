"""People who sign in: their networks, devices, hours and journeys, and every sign-in of theirs."""

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.risk.world import DAY, START, Device, Network, Place, World, fingerprint, new_device


@dataclass
class Line:
    """A way onto the network: a fixed line keeps its address for a while, an office for ever, a phone for minutes."""

    network: Network
    keeps: float  # days in the mean
    prefix: int | None = None
    address: str = ""
    until: float = 0.0

    def at(self, chance: Random, day: float) -> str:
        if day >= self.until:
            self.address = self.network.address(chance, self.prefix if chance.random() < 0.7 else None)
            self.until = day + chance.expovariate(1 / self.keeps)
        return self.address


@dataclass
class Owner:
    """One person, as they are on the day that was last asked for."""

    name: str
    place: Place
    language: str
    zone: str
    offset: int
    pace: float
    hour: float
    weekends: float
    mobile: float
    devices: list[Device]
    home: Line
    phone: Line
    office: Line | None
    away: tuple[float, Place, Line] | None = None
    past: list[dict[str, Any]] = field(default_factory=list)  # what an attacker may have seen


def people(world: World, chance: Random) -> list[Owner]:
    shape = world.shape
    offices = [Line(world.office("AA"), 1e6) for _ in range(max(1, shape.users // 60))]
    return [_owner(world, chance, f"u{number}", offices) for number in range(shape.users)]


def _owner(world: World, chance: Random, name: str, offices: list[Line]) -> Owner:
    shape = world.shape
    country = "AA" if chance.random() < shape.at_home else chance.choice(world.countries[1:])
    places = [place for place in world.places if place.country == country]
    place = chance.choices(places, [1 / (rank + 1) for rank in range(len(places))])[0]
    zone, offset, language = world.zone(country)
    fixed = chance.choice([network for network in place.networks if network.kind == "fixed"])
    phone = chance.choice([network for network in place.networks if network.kind == "mobile"])
    mobile = min(0.98, chance.betavariate(1.2, 1.2 * (1 - shape.mobile) / shape.mobile))
    devices = [new_device(world, chance, 0.0) for _ in range(1 + (chance.random() < 0.5))]
    if chance.random() < shape.devices - 1.5 or mobile > 0.5:
        devices.append(new_device(world, chance, 0.0, "mobile"))
    return Owner(
        name,
        place,
        language if chance.random() < 0.9 else "en-US",
        zone,
        offset,
        min(6.0, shape.pace * math.exp(chance.gauss(0, 1.1))),
        chance.choice((9.0, 13.0, 20.0)) + chance.gauss(0, 1.5),
        chance.choice((0.1, 0.5, 1.0)),
        mobile,
        devices,
        Line(fixed, shape.lease * math.exp(chance.gauss(0, 1.2)), chance.randrange(fixed.prefixes)),
        Line(phone, 0.05, chance.randrange(phone.prefixes)),
        chance.choice(offices) if country == "AA" and chance.random() < shape.sharing else None,
    )


def signs_in(world: World, owner: Owner, chance: Random) -> Iterator[dict[str, Any]]:
    """Every sign-in of a person in time order: the fields of an attempt, with `mistyped` before it."""
    shape = world.shape
    first = chance.uniform(0, shape.days * 0.7)
    day = math.floor(first)
    while day < shape.days:
        weekday = day % 7 < 5
        if chance.random() < 0.004:
            owner.devices[chance.randrange(len(owner.devices))] = new_device(world, chance, day)
        _journey(world, owner, chance, day)
        times = _often(chance, owner.pace * (1.0 if weekday else owner.weekends))
        for hour in sorted(chance.gauss(owner.hour, shape.regular) for _ in range(times)):
            when = day + (hour - owner.offset) / 24 if chance.random() < 0.9 else day + chance.random()
            yield _attempt(world, owner, chance, when, weekday)
        day += 1


def _often(chance: Random, mean: float) -> int:
    """How many times, with that mean (Knuth's Poisson)."""
    bound, product, count = math.exp(-mean), chance.random(), 0
    while product > bound:
        product *= chance.random()
        count += 1
    return count


def _journey(world: World, owner: Owner, chance: Random, day: int) -> None:
    if owner.away and day >= owner.away[0]:
        owner.away = None
    if owner.away is None and chance.random() < world.shape.travel / 3:
        near = [place for place in world.places if place.country == owner.place.country]
        there = chance.choice(near if chance.random() < 0.6 else world.places)
        network = chance.choice([network for network in there.networks if network.kind != "office"])
        owner.away = (day + chance.randint(1, 6), there, Line(network, 2.0))


def _attempt(world: World, owner: Owner, chance: Random, day: float, weekday: bool) -> dict[str, Any]:
    by_phone = chance.random() < owner.mobile
    device = _device(world, owner, chance, day, by_phone)
    place, line = owner.place, owner.home
    if owner.away:
        place, line = owner.away[1:]
    elif by_phone and device.kind == "mobile":
        line = owner.phone
    elif owner.office and weekday and chance.random() < 0.7:
        line = owner.office
    attempt = {
        "ts": START + day * DAY,
        "user": owner.name,
        "ip": line.at(chance, day),
        "asn": line.network.asn,
        "country": place.country,
        "city": place.city if chance.random() < 0.93 else _nearby(world, place, chance),
        "lat": round(place.lat + chance.gauss(0, 0.05), 3),
        "lon": round(place.lon + chance.gauss(0, 0.05), 3),
        "lang": owner.language,
        "tz": owner.zone,
        "rtt_ms": round(chance.lognormvariate(3.5, 0.4)),
        **device.fields(),
    }
    owner.past.append({**attempt, "device": copy(device), "place": place, "network": line.network})
    return _forgetting(attempt, world, chance) | {"mistyped": chance.random() < world.shape.mistyped}


def _nearby(world: World, place: Place, chance: Random) -> str:
    """Databases of places place people in the next town at times."""
    return chance.choice([other.city for other in world.places if other.country == place.country])


def _forgetting(attempt: dict[str, Any], world: World, chance: Random) -> dict[str, Any]:
    for name in ("asn", "city", "lat", "fp", "lang", "tz", "device_type", "os_version"):
        if chance.random() < world.shape.missing:
            attempt[name] = None
    if attempt["lat"] is None:
        attempt["lon"] = None
    return attempt


def _device(world: World, owner: Owner, chance: Random, day: float, by_phone: bool) -> Device:
    fitting = [device for device in owner.devices if (device.kind == "mobile") == by_phone] or owner.devices
    device = fitting[0] if chance.random() < 0.8 else chance.choice(fitting)
    newest = world.version(device.browser, day - device.lag)
    if newest > device.version:
        if chance.random() > world.shape.fingerprint_holds ** (newest - device.version):
            device.fingerprint = fingerprint(chance)
        device.version = newest
    if chance.random() < world.shape.fingerprint_turns:
        device.fingerprint = fingerprint(chance)
    return device
