"""People who visit: at home, on the phone, in cafés, on journeys; some seldom, some in private windows."""

import math
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.risk.otherwise.world import DAY, START, Land, Machine, Provider, Town, machine

Fields = dict[str, Any]


@dataclass
class Home:
    """One household: its address, shared by who lives there, until the provider gives it another."""

    provider: Provider
    town: Town
    address: str = ""
    until: float = -1.0

    def at(self, chance: Random, day: float, renewal: float) -> str:
        if day > self.until:
            self.address = self.provider.home(self.town.number, chance)
            self.until = day + chance.expovariate(1 / renewal)
        return self.address


@dataclass
class Person:
    name: str
    home: Home
    phone: Provider
    machines: list[Machine]
    gap: float
    hours: tuple[float, float]
    works: Home | None
    private: bool
    blocking: bool
    most: int
    renewal: float
    on_phone: float
    shops: list[Home]
    trip: tuple[float, Home, bool] | None = None  # until when, where, roaming
    past: list[Fields] = field(default_factory=list)


def people(land: Land, chance: Random) -> list[Person]:
    scene, made = land.scene, []
    homes: list[Home] = []
    works = [Home(land.rented["NO"][0], town, until=1e9) for town in land.towns["NO"]]
    for one in works:
        one.address = one.provider.home(one.town.number, chance)
    for number in range(scene.users):
        country = chance.choices(list(land.COUNTRIES), [12, 1, 1, 1, 0.5, 0.5, 0.2, 0.2, 0.2, 0.2])[0]
        town = chance.choice(land.towns[country])
        providers = land.providers[country]
        if homes and chance.random() < 0.2:
            home = chance.choice(homes[-20:])
            country, town = home.town.country, home.town
            providers = land.providers[country]
        else:
            home = Home(chance.choice(providers), town)
            homes.append(home)
        language = land.COUNTRIES[country][1]
        machines = [machine(land, chance, language) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
        if all(one.sort == "desktop" for one in machines) and chance.random() < 0.8:
            machines.append(machine(land, chance, language, "mobile"))
        made.append(
            Person(
                name=f"p{number}",
                home=home,
                phone=home.provider if chance.random() < 0.5 else chance.choice(providers),
                machines=machines,
                gap=scene.gap * math.exp(chance.gauss(0, 1.2)),
                hours=(chance.gauss(9, 1.5), chance.gauss(20, 1.5)),
                works=works[town.number] if country == "NO" and chance.random() < 0.3 else None,
                private=chance.random() < scene.private,
                blocking=chance.random() < scene.blocking,
                most=chance.randint(1, 3) if chance.random() < scene.few else 10**6,
                renewal=scene.renewal * math.exp(chance.gauss(0, 1.3)),
                on_phone=chance.betavariate(1.0, (1 - scene.on_phone) / scene.on_phone),
                shops=[Home(chance.choice(providers), town) for _ in range(4)],
            )
        )
    return made


def visits(land: Land, one: Person, chance: Random) -> Iterator[Fields]:
    """All sign-ins in time order: gaps from a heavy tail, now and then two within the hour."""
    day, count = chance.uniform(0, land.scene.days * 0.6), 0
    while day < land.scene.days and count < one.most:
        day = max(day, math.floor(day) + (chance.choice(one.hours) + chance.gauss(0, 1.5) - _ahead(land, one)) / 24)
        if chance.random() < 0.01:
            one.machines[chance.randrange(len(one.machines))] = machine(land, chance, one.machines[0].language)
        yield _visit(land, one, chance, day)
        count += 1
        again = chance.random() < 0.15
        day += chance.uniform(0.004, 0.05) if again else one.gap * math.exp(chance.gauss(-0.5, 1.0))
        if one.trip is None and chance.random() < 1 - (1 - land.scene.trips) ** max(1.0, one.gap):
            country = one.home.town.country if chance.random() < 0.5 else chance.choice(list(land.COUNTRIES))
            town = chance.choice(land.towns[country])
            there = Home(chance.choice(land.providers[country]), town)
            one.trip = (day + chance.uniform(1, 12), there, chance.random() < 0.5)
        elif one.trip is not None and day > one.trip[0]:
            one.trip = None


def _ahead(land: Land, one: Person) -> int:
    return land.COUNTRIES[one.home.town.country][2]


def _where(land: Land, one: Person, chance: Random, day: float, handy: bool) -> tuple[str, Provider, Town, str, bool]:
    """Address, provider, town as the address tells it, the country whose zone the clock shows, and whether by phone."""
    place, by_phone = one.home, handy and chance.random() < one.on_phone * 1.6
    if one.trip is not None:
        place = one.trip[1]
        if handy and one.trip[2]:  # what roams has an address at home
            return chance.choice(one.phone.phones), one.phone, one.home.town, place.town.country, True
    elif one.works is not None and not handy and chance.random() < 0.6:
        place = one.works
    elif chance.random() < land.scene.shops:
        place = chance.choice(one.shops)
    if by_phone:
        return chance.choice(one.phone.phones), one.phone, place.town, place.town.country, True
    return place.at(chance, day, one.renewal), place.provider, place.town, place.town.country, False


def _visit(land: Land, one: Person, chance: Random, day: float) -> Fields:
    scene = land.scene
    device = chance.choices(one.machines, [3, 1, 1, 1, 1][: len(one.machines)])[0]
    address, provider, town, zone_of, by_phone = _where(land, one, chance, day, device.sort != "desktop")
    shown = device.shown(land, day, chance)
    if one.private and chance.random() < 0.5:
        shown["fp"] = f"{chance.getrandbits(80):020x}"
    fields = {
        "ts": START + day * DAY,
        "user": one.name,
        "ip": address,
        "asn": provider.asn,
        "country": town.country,
        "city": None if by_phone and chance.random() < 0.3 else town.name,
        "lat": round(town.lat, 2),
        "lon": round(town.lon, 2),
        "tz": land.COUNTRIES[zone_of][0],
        "rtt_ms": None,
        **shown,
    }
    one.past.append({**fields, "machine": copy(device), "town": one.home.town, "provider": provider})
    if one.blocking:
        fields["fp"] = None
    for name in ("asn", "city", "fp", "lang", "tz", "os_version", "browser_version"):
        if chance.random() < scene.gaps:
            fields[name] = None
    return fields | {"mistyped": chance.random() < 0.06}
