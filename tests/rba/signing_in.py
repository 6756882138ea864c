"""A person who signs in, for tests of risk: contexts, an engine over dicts, a history of some weeks."""

from dataclasses import replace

from hypothesis import strategies as st

from rba.contract import Context
from rba.engine import ALL, Engine
from rba.keys import Keys
from rba.store import Decision, MemoryStore

MONDAY = 1_704_067_200  # 1 January 2024, 00:00 UTC
DAY = 86400

HOME = Context(
    at=MONDAY + 9 * 3600,
    address="240.1.2.3",
    asn=64512,
    country="NO",
    city="Bergen",
    latitude=60.4,
    longitude=5.3,
    user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/120.0",
    browser="Firefox",
    browser_version="120.0",
    system="Windows",
    system_version="10",
    device_type="desktop",
    language="nb-NO",
    zone="Europe/Oslo",
    fingerprint="f1",
)
ABROAD = Context(
    at=MONDAY,
    address="250.9.9.9",
    asn=65000,
    country="BR",
    city="Recife",
    latitude=-8.1,
    longitude=-34.9,
    user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/119.0",
    browser="Chrome",
    browser_version="119.0",
    system="Android",
    system_version="14",
    device_type="mobile",
    language="pt-BR",
    zone="America/Recife",
    fingerprint="f9",
)
# What one feature shows of a context
FIELDS = {
    "location": ("country", "city", "latitude", "longitude"),
    "ip_address": ("address", "asn"),
    "device_type": ("device_type",),
    "user_agent": ("user_agent", "system", "system_version"),
    "browser": ("browser", "browser_version"),
    "language": ("language",),
    "time": ("zone",),
    "fingerprint": ("fingerprint",),
}


def engine(features: frozenset[str] = ALL, key: bytes = b"k" * 32) -> Engine:
    return Engine(MemoryStore(), Keys(key), features)


def proved(on: Engine, context: Context, user: str = "kari", name: str = "") -> Decision:
    """One sign-in that ends well."""
    decision = on.decide(name or f"{user} {context.at}", user, context)
    assert on.prove(decision.id)
    return decision


def with_history(days: int = 30, user: str = "kari", on: Engine | None = None) -> Engine:
    """An engine to which one user has signed in at home every morning."""
    on = on or engine()
    for day in range(days):
        proved(on, at(HOME, day, minutes=7 * (day % 5)), user)
    return on


def at(context: Context, day: int, minutes: int = 0) -> Context:
    """The same, so many days later than the first Monday, at the hour of HOME and some minutes."""
    return replace(context, at=MONDAY + day * DAY + 9 * 3600 + 60 * minutes)


def total(on: Engine, context: Context, user: str = "kari") -> float:
    """The total of an attempt that is not proved."""
    return on.decide(f"look {context.at}", user, context).scored.total


TEXT = st.text(max_size=8)
contexts = st.builds(
    Context,
    at=st.integers(MONDAY, MONDAY + 90 * DAY).map(float),
    address=st.sampled_from(
        ["", "240.1.2.3", "240.1.2.77", "250.9.9.9", "2001:db8::1", "::ffff:240.1.2.3", "nonsense"]
    ),
    asn=st.sampled_from([None, 64512, 65000]),
    country=st.sampled_from(["", "NO", "BR", "SE"]),
    city=st.sampled_from(["", "Bergen", "Recife"]),
    latitude=st.none() | st.floats(-90, 90),
    longitude=st.none() | st.floats(-180, 180),
    user_agent=st.sampled_from(["", HOME.user_agent, ABROAD.user_agent]) | TEXT,
    browser=st.sampled_from(["", "Firefox", "Chrome"]),
    browser_version=st.sampled_from(["", "119.0", "120.0", "121.0", "many"]),
    system=st.sampled_from(["", "Windows", "Android"]),
    system_version=st.sampled_from(["", "10", "14"]),
    device_type=st.sampled_from(["", "desktop", "mobile"]),
    language=st.sampled_from(["", "nb-NO", "nb", "pt-BR,pt;q=0.8"]),
    zone=st.sampled_from(["", "Europe/Oslo", "America/Recife", "../../etc/passwd"]),
    fingerprint=st.sampled_from(["", "f1", "f2", "f9"]),
)
