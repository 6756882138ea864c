"""The operator's privacy notice, made from the data map version by version, and the check that it explains the map.

Each version has a committed copy of the map, maps/<version>.json: what the notice lists is read from there, so that a
published version stays as it was. `manage.py datamap --write <version>` writes it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.template.loader import render_to_string
from django.utils import translation

from accounts import datamap, legal
from accounts.datamap import Personal
from privacy import mapping

MAPS = Path(__file__).parent / "maps"
RELEASED = "released.txt"  # beside the copies: a line each released version, its name and the digest of its copy


@dataclass(frozen=True)
class Copy:
    """The data map as a version explains it, what is new in it by language, and how much that matters.

    `asks_again` names the consents whose purpose it changes.
    """

    fields: dict[str, dict[str, Any]]
    changes: dict[str, str]
    significant: bool
    asks_again: tuple[str, ...] = ()

    def said(self, part: str) -> set[str]:
        """Every purpose, category or recipient of the map."""
        found = [entry[part] for entry in self.fields.values()]
        return {one for each in found for one in (each if isinstance(each, list) else [each])}


def now() -> dict[str, dict[str, Any]]:
    """The map as the code declares it, one entry a personal field."""
    found = {}
    for model, name, entry in datamap.entries():
        if isinstance(entry, Personal):
            facts = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(entry).items()}
            found[f"{model._meta.label}.{name}"] = {"about": datamap.about(model), **facts}
    return dict(sorted(found.items()))


def labels() -> list[str]:
    """All versions, the oldest first: they are named by month, and by a letter after it where one is not enough."""
    return sorted(path.stem for path in MAPS.glob("*.json"))


@lru_cache(maxsize=16)
def copy(label: str) -> Copy:
    """One version's copy. Raises KeyError for a version that is not there."""
    if label not in labels():
        raise KeyError(label)
    read = json.loads((MAPS / f"{label}.json").read_text(encoding="utf-8"))
    return Copy(read["fields"], read["changes"], read["significant"], tuple(read["asks_again"]))


def released() -> dict[str, str]:
    """The versions that people were told of, each with the digest of its copy: they never change any more."""
    path = MAPS / RELEASED
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return dict(line.split() for line in lines if line.strip())


def release(label: str) -> None:
    """Note that a version is released with the copy that it has."""
    if label in released() or label not in labels():
        raise ValueError(f"{label} was released already, or has no copy")
    with (MAPS / RELEASED).open("a", encoding="utf-8") as file:
        file.write(f"{label} {_digest(label)}\n")


def _digest(label: str) -> str:
    return hashlib.sha256((MAPS / f"{label}.json").read_bytes()).hexdigest()


def write(label: str, *, significant: bool) -> Path:
    """Write the map of this moment as a version's copy, keeping what was said of it.

    Raises ValueError for a version that is not the newest, or that is released.
    """
    known = labels()
    if known and label < known[-1]:
        raise ValueError(f"{label} is not the newest version")
    if label in released():
        raise ValueError(f"{label} is released: what is new takes a version of its own")
    kept = copy(label) if label in known else Copy({}, dict.fromkeys(dict(settings.LANGUAGES), ""), significant)
    said = {"changes": kept.changes, "significant": significant, "asks_again": list(kept.asks_again)}
    head = "".join(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n" for key, value in said.items())
    lines = (f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in now().items())
    path = MAPS / f"{label}.json"
    path.write_text(f'{{\n{head} "fields": {{\n' + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")
    copy.cache_clear()
    return path


def differences(fields: dict[str, dict[str, Any]]) -> list[str]:
    """Where the code's map and a copy of it disagree, as field names."""
    live = now()
    return sorted(name for name in live.keys() | fields.keys() if live.get(name) != fields.get(name))


def fields_of(label: str) -> list[mapping.Field]:
    """A version's copy of the map, as the data map's own words."""
    found = []
    for name, facts in copy(label).fields.items():
        table, _dot, field = name.rpartition(".")
        told: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()}
        told.pop("about")
        found.append((table, field, Personal(**told)))
    return found


def text(label: str, language: str) -> str:
    """The whole notice of a version as HTML: what the operator says, then every datum."""
    with translation.override(language):
        said = legal.version(legal.PRIVACY, label, language)
        context = {"said": said.text, "groups": mapping.grouped(fields_of(label)), "changes": copy(label).changes}
        return render_to_string("hosted/privacy/notice_text.html", context)


def check_explained(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Deploy check: what the map holds now is what the notice in force explains, and what is new there is told."""
    label = legal.VERSIONS[legal.PRIVACY]
    if label not in labels():
        return [_error(f"The privacy notice {label} has no copy of the data map.")]
    known = copy(label)
    errors: list[CheckMessage] = [
        _error(f"{name} is not as the privacy notice {label} explains it.") for name in differences(known.fields)
    ]
    errors += [
        _error(f"The copy of the data map of {name} was changed after its release.")
        for name, digest in released().items()
        if name not in labels() or _digest(name) != digest
    ]
    earlier = labels()[: labels().index(label)]
    if not earlier:
        return errors
    before = copy(earlier[-1])
    new = {part: known.said(part) - before.said(part) for part in ("purpose", "recipients", "category")}
    if known.fields != before.fields and not all(known.changes.values()):
        errors.append(_error(f"The privacy notice {label} does not say what is new in it."))
    if any(new.values()) and not known.significant:
        errors.append(
            _error(f"The privacy notice {label} has a new purpose, recipient or category: it is significant.")
        )
    return errors


def _error(what: str) -> Error:
    hint = "Write a version that explains it: docs/privacy/versions.md says how."
    return Error(what, hint=hint, id="kumquat.E021")
