"""What a request shows, as the engine reads it: the eight kinds of data and nothing else; the rest is counted."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from user_agents.parsers import UserAgent, parse

from accounts.http import Source
from rba import geo
from rba.contract import Context
from rba.features.ip_address import parse as parse_address
from rba.features.user_agent import LONGEST

PARSED = 2048  # user agents whose parse is remembered, by digest: a new one takes a millisecond
TEXTS = {"user_agent": LONGEST, "language": 200, "zone": 64, "fingerprint": 128, "device_type": 32, "address": 64}
MOST_DROPPED = 1000
_UNNAMED = {"", "Other"}
_SYSTEMS = {"macOS": "Mac OS X", "Chrome OS": "Chrome OS", "Chromium OS": "Chrome OS"}


@dataclass(frozen=True)
class Shown:
    """What one sign-in shows, in clear. It lives as long as the request that brought it and is never stored.

    `knows_device`: its browser has a cookie by which this very person was let in before. `dropped` counts what came
    with it that is none of the eight kinds of data.
    """

    address: str = ""
    user_agent: str = ""
    language: str = ""
    zone: str = ""
    fingerprint: str = ""
    device_type: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    knows_device: bool = False
    dropped: int = 0


NOTHING = Shown()  # what is known of somebody of whom nobody told anything


def of_request(source: Source, told: Mapping[str, str] | None = None, *, knows_device: bool = False) -> Shown:
    """What a browser's own request shows; `told` is what a script of ours adds: zone and fingerprint."""
    told = told or {}
    return Shown(
        address=source.address,
        user_agent=_text(source.user_agent, "user_agent"),
        language=_text(source.language, "language"),
        zone=_text(told.get("zone", ""), "zone"),
        fingerprint=_text(told.get("fingerprint", ""), "fingerprint"),
        hints=source.hints,
        knows_device=knows_device,
    )


def of_values(values: Mapping[str, object], dropped: int = 0) -> Shown:
    """What somebody else says that a browser showed: a site by its plugin or program. Anything else is dropped."""
    known = {name: _text(value, name) for name, value in values.items() if name in TEXTS}
    if "address" in known:
        known["address"] = str(parse_address(known["address"]) or "")
    others = dropped + sum(name not in TEXTS for name in values)
    return replace(Shown(dropped=min(others, MOST_DROPPED)), **known)  # type: ignore[arg-type]  # all are texts


def context(shown: Shown, at: float) -> Context:
    """The same for the engine: places looked up, the user agent taken apart. Never raises for what was sent."""
    spot = geo.spot_of(shown.address)
    agent = _agent(shown.user_agent) if shown.user_agent else None
    browser, version = _browser(agent, shown.hints)
    system, system_version = _system(agent, shown.hints)
    return Context(
        at=at,
        address=shown.address,
        asn=spot.asn,
        country=spot.country,
        city=spot.city,
        latitude=spot.latitude,
        longitude=spot.longitude,
        user_agent=shown.user_agent,
        browser=browser,
        browser_version=version,
        system=system,
        system_version=system_version,
        device_type=_device(agent, shown),
        language=shown.language,
        zone=shown.zone,
        fingerprint=shown.fingerprint,
    )


def _text(value: object, name: str) -> str:
    """A text cut to what its kind may be long; a NUL, which no database takes, ends nothing here either."""
    return value[: TEXTS[name]].replace("\0", "") if isinstance(value, str) else ""


def _browser(agent: UserAgent | None, hints: Mapping[str, str]) -> tuple[str, str]:
    family = "" if agent is None or agent.browser.family in _UNNAMED else agent.browser.family
    version = agent.browser.version_string if agent is not None and family else ""
    for brand, major in _brands(hints.get("brands", "")):
        if brand not in ("Chromium", "Google Chrome"):  # what browsers made from it do not say in their user agent
            return brand[:60], major
    return family, version


def _brands(header: str) -> list[tuple[str, str]]:
    """Brands and versions of Sec-CH-UA, without the ones that are made up to keep parsers honest ("Not A;Brand")."""
    found = []
    for part in header[:300].split('", "'):
        name, _, version = part.strip('" ').partition('";v="')
        if version and not (name.lower().startswith("not") or "brand" in name.lower()):
            found.append((name, version.strip('"')[:12]))
    return found


def _system(agent: UserAgent | None, hints: Mapping[str, str]) -> tuple[str, str]:
    family = "" if agent is None or agent.os.family in _UNNAMED else agent.os.family
    version = agent.os.version_string if agent is not None and family else ""
    hinted = hints.get("platform", "").strip('"')[:40]
    if hinted and hinted != "Unknown" and not family:
        return _SYSTEMS.get(hinted, hinted), ""
    return family, version


def _device(agent: UserAgent | None, shown: Shown) -> str:
    if agent is None:
        return shown.device_type.lower()
    if agent.is_tablet:
        return "tablet"
    if agent.is_mobile or shown.hints.get("mobile") == "?1":
        return "mobile"
    return "desktop" if agent.is_pc else shown.device_type.lower() or "other"


_parsed: OrderedDict[bytes, UserAgent] = OrderedDict()


def _agent(text: str) -> UserAgent:
    """The parse of a user agent that was cut already (security.md S28)."""
    digest = blake2b(text.encode(errors="replace"), digest_size=16).digest()
    found = _parsed.get(digest)
    if found is None:
        found = _parsed[digest] = parse(text)
        if len(_parsed) > PARSED:
            _parsed.popitem(last=False)
    return found
