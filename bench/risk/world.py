"""An invented world for streams of sign-ins: places, networks and their addresses, browsers and their versions."""

import math
from dataclasses import dataclass, field
from random import Random

DAY = 86400
START = 1_700_000_000 // DAY * DAY  # a day in UTC


@dataclass(frozen=True)
class Shape:
    """What a population is like. Every figure is invented; the report varies them to see what depends on them."""

    name: str = "ordinary"
    users: int = 1500
    days: int = 240
    at_home: float = 0.8  # share of people in the main country
    cities: int = 12  # of the main country
    mobile: float = 0.35  # the share of sign-ins by phone networks, in the mean
    lease: float = 20.0  # days that a fixed line keeps its address, in the median
    travel: float = 0.02  # chance that a day is spent elsewhere
    devices: float = 1.9  # in the mean
    sharing: float = 0.25  # of people who sign in from an office with one address
    update: float = 28.0  # days between versions of a browser
    fingerprint_holds: float = 0.4  # chance that a fingerprint outlasts one update
    fingerprint_turns: float = 0.03  # chance that it changes without one: a private window, a new font
    pace: float = 0.25  # sign-ins a day, in the median; spread over two orders of magnitude
    regular: float = 2.5  # hours: how far from the usual hour people sign in
    missing: float = 0.01  # of the fields
    mistyped: float = 0.05
    # Attackers
    attacks: int = 900  # of each kind
    same_network: float = 0.5  # targeted attackers who reach the victim's own provider
    attack_hours: str = "any"  # "any", "night" of their own or the "victim"'s
    stale: float = 0.15  # a copied browser that is some weeks old
    guesses: float = 0.2  # attackers who first get the password wrong
    reuse: float = 0.3  # attackers who come from an address that they used before


@dataclass
class Network:
    """A provider: where it is, how it hands out addresses."""

    asn: int
    country: str
    kind: str  # fixed, mobile, office, hosting
    base: int
    prefixes: int

    def address(self, chance: Random, prefix: int | None = None) -> str:
        number = self.base + 256 * (chance.randrange(self.prefixes) if prefix is None else prefix)
        return _dotted(number + chance.randrange(1, 255))


@dataclass
class Place:
    city: str
    country: str
    lat: float
    lon: float
    networks: list[Network] = field(default_factory=list)


class World:
    """Countries with cities, networks in them, and a calendar of browser versions."""

    ZONES = {"AA": ("Europe/Oslo", 1, "nb-NO"), "AB": ("Europe/Berlin", 1, "de-DE"), "AC": ("Europe/Paris", 1, "fr-FR")}
    FAR = ("America/New_York", "Asia/Tokyo", "America/Sao_Paulo", "Asia/Kolkata", "Europe/London", "Africa/Lagos")
    OFFSETS = {"America/New_York": -5, "Asia/Tokyo": 9, "America/Sao_Paulo": -3, "Asia/Kolkata": 5, "Europe/London": 0}

    def __init__(self, shape: Shape, seed: int) -> None:
        self.shape = shape
        chance = Random(seed)
        self._next_base = 241 << 24
        self._next_asn = 64512
        self.places: list[Place] = []
        self.hosting: list[Network] = []
        self.countries = ["AA", "AB", "AC"] + [f"F{letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
        for index, country in enumerate(self.countries):
            self._country(chance, country, shape.cities if index == 0 else 4)
        self.updates = {name: chance.uniform(0, shape.update) for name in ("Chrome", "Firefox", "Safari", "Edge")}

    def _country(self, chance: Random, country: str, cities: int) -> None:
        middle = (chance.uniform(-50, 65), chance.uniform(-170, 170))
        shared = [self._network(country, kind, size) for kind, size in _PROVIDERS]
        self.hosting += [self._network(country, "hosting", 64) for _ in range(2)]
        for number in range(cities):
            here = Place(f"{country}-{number}", country, middle[0] + chance.gauss(0, 2), middle[1] + chance.gauss(0, 3))
            here.networks = [*shared, self._network(country, "fixed", 16)]
            self.places.append(here)

    def _network(self, country: str, kind: str, prefixes: int) -> Network:
        made = Network(self._next_asn, country, kind, self._next_base, prefixes)
        self._next_asn += 1
        self._next_base += 256 * prefixes
        return made

    def office(self, country: str) -> Network:
        return self._network(country, "office", 1)

    def zone(self, country: str) -> tuple[str, int, str]:
        """Zone, hours from UTC and language of a country."""
        if country in self.ZONES:
            return self.ZONES[country]
        zone = self.FAR[self.countries.index(country) % len(self.FAR)]
        return zone, self.OFFSETS.get(zone, 1), "en-US" if self.countries.index(country) % 2 else f"xx-{country}"

    def version(self, browser: str, day: float) -> int:
        """The newest major version on a day."""
        return 100 + math.floor((day + self.updates[browser]) / self.shape.update)


_PROVIDERS = (("fixed", 256), ("fixed", 96), ("mobile", 32), ("mobile", 64))

# device type, system, its versions, browsers with their share
SETUPS = (
    ("desktop", "Windows", ("10", "11"), (("Chrome", 6), ("Edge", 3), ("Firefox", 1)), 5),
    ("desktop", "Mac OS X", ("14.5", "15.1"), (("Chrome", 4), ("Safari", 5), ("Firefox", 1)), 2),
    ("mobile", "iOS", ("17.6", "18.1"), (("Safari", 8), ("Chrome", 2)), 3),
    ("mobile", "Android", ("13", "14", "15"), (("Chrome", 9), ("Firefox", 1)), 4),
    ("desktop", "Linux", ("",), (("Firefox", 1), ("Chrome", 1)), 0.3),
)


@dataclass
class Device:
    """One browser on one machine."""

    kind: str
    system: str
    system_version: str
    browser: str
    version: int
    fingerprint: str
    lag: float  # days after its release that a version is taken up

    def agent(self) -> str:
        return f"Mozilla/5.0 ({self.system} {self.system_version}) {self.browser}/{self.version}.0"

    def fields(self) -> dict[str, str]:
        return {
            "ua": self.agent(),
            "browser": self.browser,
            "browser_version": f"{self.version}.0",
            "os": self.system,
            "os_version": self.system_version,
            "device_type": self.kind,
            "fp": self.fingerprint,
        }


def new_device(world: World, chance: Random, day: float, kind: str = "") -> Device:
    setups = [setup for setup in SETUPS if not kind or setup[0] == kind]
    device, system, versions, browsers, _share = chance.choices(setups, [setup[4] for setup in setups])[0]
    browser = chance.choices([name for name, _ in browsers], [share for _, share in browsers])[0]
    lag = chance.expovariate(1 / 4)
    version = world.version(browser, day - lag)
    return Device(device, system, chance.choice(versions), browser, version, fingerprint(chance), lag)


def fingerprint(chance: Random) -> str:
    return f"{chance.getrandbits(64):016x}"


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
