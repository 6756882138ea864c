"""Keyed hashes of what attempts show: one for the user, which ends with the user's salt, and one for the customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from rba.contract import Attempt, Context, Mark
from rba.features import FEATURES, LEVELS, ORDER
from rba.features.browser import major
from rba.features.time import offset_of

BYTES = 8


@dataclass(frozen=True)
class Keys:
    """Hashes under one customer's key. A hash is worth what its key is: IPv4 has only 2^32 addresses."""

    key: bytes
    by_id: Mapping[str, bytes] = field(default_factory=dict)  # for users whose history names its root key

    def own(self, salt: bytes, level: str, value: str, key_id: str = "") -> str:
        """A value as this user's: nothing links it to another user's or, without the salt, to anything."""
        return _hash(self.by_id.get(key_id, self.key), salt, level.encode(), value.encode())

    def crowd(self, level: str, value: str) -> str:
        """A value as anybody's of this customer."""
        return _hash(self.key, b"all", level.encode(), value.encode())


def _hash(key: bytes, *parts: bytes) -> str:
    """The lengths come first, so that parts cannot run into one another."""
    told = b"%d %d " % (len(parts[0]), len(parts[1])) + b"".join(parts)
    return blake2b(told, key=key, digest_size=BYTES).hexdigest()


def read(context: Context, features: frozenset[str]) -> dict[str, str]:
    """The value of every level that an attempt shows, of the features that are looked at."""
    found: dict[str, str] = {}
    for key in ORDER:
        if key in features:
            found |= FEATURES[key].read(context)
    return {level: value.encode(errors="replace").decode() for level, value in found.items()}


def in_crowd(values: Mapping[str, str], keys: Keys) -> dict[str, str]:
    """The customer's hash of each value: enough to ask what everybody showed."""
    return {level: keys.crowd(level, value) for level, value in values.items()}


def hashed(
    context: Context,
    features: frozenset[str],
    values: Mapping[str, str],
    crowd: Mapping[str, str],
    own: Mapping[str, str],
) -> Attempt:
    """What is left of a context: keyed hashes and coarse values of the features that are looked at."""
    marks = {}
    for name, (_feature, level) in LEVELS.items():
        if name in values:
            parent = next((coarser for coarser in level.within if coarser in values), None)
            nested = (own[parent], crowd[parent]) if parent else ("", "")
            marks[name] = Mark(own[name], crowd[name], *nested)
    return Attempt(
        at=int(context.at),
        marks=marks,
        features=features,
        offset=offset_of(context.zone, context.at) if "time" in features else None,
        version=major(context.browser_version) if "browser" in features else None,
        place=_coarse(context) if "location" in features else None,
    )


def _coarse(context: Context) -> tuple[float, float] | None:
    """A point to a tenth of a degree, about ten kilometres; None for what is none."""
    latitude, longitude = context.latitude, context.longitude
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return round(latitude, 1), round(longitude, 1)
