"""A world of shared addresses: providers of homes and phones alike, waves of updates, fingerprints that collide."""

import hashlib
from dataclasses import dataclass, field
from random import Random

DAY = 86400
START = 1_688_169_600  # a Saturday, 00:00 UTC


@dataclass(frozen=True)
class Scene:
    """What a population is like; every figure is invented."""

    name: str = "otherwise"
    users: int = 400
    attacks: int = 250  # of each kind
    days: int = 300
    gap: float = 4.0  # days between visits, in the median
    cgnat: int = 96  # addresses that all phones of a provider share
    on_phone: float = 0.35  # share of visits over a phone's network
    private: float = 0.07  # share of people whose browser looks new at half of their visits
    blocking: float = 0.03  # share of people whose browser never shows a fingerprint
    shops: float = 0.15  # share of visits from a café, a shop, a friend's home
    trips: float = 0.012  # chance of a journey a day
    renewal: float = 60.0  # days until a home has another address
    redraw: float = 0.35  # chance that an update of the browser changes the fingerprint
    models: int = 40  # telephones of one model look alike
    few: float = 0.25  # share of people with one to three sign-ins in all
    gaps: float = 0.02  # share of fields that are null
    neighbour: float = 0.5  # targeted attackers in a network of the victim's own provider
    waking: float = 0.6  # attackers at the victim's hours, not their own
    stale: int = 20  # days since the attacker copied what they show


@dataclass
class Provider:
    """Homes and phones behind one number; a block of addresses for homes of each town, a few for all phones."""

    asn: int
    country: str
    base: int
    phones: list[str] = field(default_factory=list)

    def home(self, town: int, chance: Random) -> str:
        return dotted(self.base + town * 4096 + chance.randrange(4096))


@dataclass(frozen=True)
class Town:
    name: str
    country: str
    lat: float
    lon: float
    number: int


class Land:
    """Countries (the first has most people), their towns and providers, rented servers, releases of browsers."""

    COUNTRIES = {
        "NO": ("Europe/Oslo", "nb-NO", 1, 61.0, 9.0, 9),
        "SE": ("Europe/Stockholm", "sv-SE", 1, 60.0, 15.0, 5),
        "DE": ("Europe/Berlin", "de-DE", 1, 51.0, 10.0, 6),
        "PL": ("Europe/Warsaw", "pl-PL", 1, 52.0, 19.0, 4),
        "ES": ("Europe/Madrid", "es-ES", 1, 40.0, -4.0, 4),
        "US": ("America/Chicago", "en-US", -6, 39.0, -95.0, 8),
        "RU": ("Europe/Moscow", "ru-RU", 3, 56.0, 40.0, 4),
        "VN": ("Asia/Ho_Chi_Minh", "vi-VN", 7, 16.0, 107.0, 3),
        "NG": ("Africa/Lagos", "en-NG", 1, 9.0, 8.0, 3),
        "BR": ("America/Sao_Paulo", "pt-BR", -3, -15.0, -48.0, 4),
    }

    def __init__(self, scene: Scene, chance: Random) -> None:
        self.scene = scene
        self.towns: dict[str, list[Town]] = {}
        self.providers: dict[str, list[Provider]] = {}
        self.rented: dict[str, list[Provider]] = {}
        base, asn = 11 << 24, 2000
        for country, (_zone, _lang, _ahead, lat, lon, towns) in self.COUNTRIES.items():
            self.towns[country] = [
                Town(f"{country} {n}", country, lat + chance.gauss(0, 2), lon + chance.gauss(0, 3), n)
                for n in range(towns)
            ]
            made = []
            for _ in range(6):
                asn, base = asn + 7, base + (1 << 16)
                one = Provider(asn, country, base)
                one.phones = [dotted(base + 60000 + n * 17) for n in range(scene.cgnat)]
                made.append(one)
            self.providers[country], self.rented[country] = made[:4], made[4:]
        self.released = {name: chance.uniform(0, every) for name, every in RELEASES.items()}
        self.big_update = chance.uniform(90, 200)  # the day on which a new system comes out for everybody

    def version(self, browser: str, day: float) -> int:
        return 100 + int((day + self.released[browser]) // RELEASES[browser])


RELEASES = {"Chrome": 28, "Edge": 28, "Firefox": 30, "Safari": 120, "Samsung Internet": 75}
PLATFORMS = (  # system, versions before and after the big update, device, browsers, weight
    ("Windows", "10", "11", "desktop", ("Chrome", "Chrome", "Edge", "Firefox"), 5),
    ("Mac OS X", "10.15.7", "10.15.7", "desktop", ("Safari", "Chrome"), 2),
    ("iOS", "16.6", "17.1", "mobile", ("Safari", "Safari", "Chrome"), 4),
    ("Android", "13", "14", "mobile", ("Chrome", "Samsung Internet"), 3),
    ("iOS", "16.6", "17.1", "tablet", ("Safari",), 0.6),
)


@dataclass
class Machine:
    """One browser on one machine; what it draws follows from what it is made of."""

    system: str
    old: str
    new: str
    sort: str
    browser: str
    parts: str  # what tells it from others of its platform
    lag: float
    updates_system: float  # days after the big update
    drawn_at: int = 0
    language: str = ""

    def shown(self, land: Land, day: float, chance: Random) -> dict[str, str]:
        version = land.version(self.browser, day - self.lag)
        if version > self.drawn_at:
            if self.drawn_at and chance.random() < land.scene.redraw:
                self.parts += "."
            self.drawn_at = version
        system = self.new if day > land.big_update + self.updates_system else self.old
        drawn = f"{self.system} {self.browser} {self.parts} {system}"
        return {
            "ua": f"Mozilla/5.0 ({self.system} {system}) {self.browser}/{version}.0.0.0",
            "browser": self.browser,
            "browser_version": f"{version}.0.{self.lag:.0f}",
            "os": self.system,
            "os_version": system,
            "device_type": self.sort,
            "lang": self.language,
            "fp": hashlib.sha1(drawn.encode(), usedforsecurity=False).hexdigest()[:20],
        }


def machine(land: Land, chance: Random, language: str, sort: str = "") -> Machine:
    fitting = [one for one in PLATFORMS if not sort or one[3] == sort]
    system, old, new, kind, browsers, _weight = chance.choices(fitting, [one[5] for one in fitting])[0]
    alike = kind != "desktop" and system == "iOS"
    parts = f"model {chance.randrange(land.scene.models)}" if alike else f"{chance.getrandbits(48):x}"
    made = Machine(system, old, new, kind, chance.choice(browsers), parts, chance.expovariate(1 / 6), 0.0)
    made.updates_system = chance.expovariate(1 / 25)
    made.language = language if chance.random() < 0.9 else "en-US"
    return made


def dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
