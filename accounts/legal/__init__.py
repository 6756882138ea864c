"""The operator's own documents: terms of use, the data-processing agreement, the privacy notice.

A text is one file per version and language under texts/, filled in with the operator's name, contact, place and
sub-processors. What a customer agrees to is proven by the version and the hash of the text as it was shown.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

TEXTS = Path(__file__).parent / "texts"
TERMS, PROCESSING, PRIVACY = "terms", "processing", "privacy"

# The version in force. A new text is a new file and a new version here; the old files stay, for what was agreed to.
VERSIONS = {TERMS: "2026-11", PROCESSING: "2026-11", PRIVACY: "2026-11"}
TITLES: dict[str, Promise] = {
    TERMS: _("Terms of use"),
    PROCESSING: _("Data-processing agreement"),
    PRIVACY: _("Privacy notice"),
}
TO_AGREE = (TERMS, PROCESSING)


@dataclass(frozen=True)
class Document:
    """One document as it is shown: the hash is of the HTML text in this language, with the operator's facts in it."""

    name: str
    version: str
    language: str
    text: SafeString
    sha256: str

    @property
    def title(self) -> str:
        return str(TITLES[self.name])


def current(name: str, language: str) -> Document:
    """The version in force, in the language asked for, or in English where there is no such text. Raises KeyError."""
    return version(name, VERSIONS[name], language)


def version(name: str, version: str, language: str) -> Document:
    """One version, as `current`. Raises FileNotFoundError."""
    known = language if _path(name, version, language).exists() else "en"
    facts = (
        settings.OPERATOR_NAME,
        settings.OPERATOR_CONTACT,
        settings.OPERATOR_HOSTING,
        settings.OPERATOR_SUBPROCESSORS,
        settings.PUBLIC_URL,
    )
    return _render(name, version, known, facts)


def to_agree(language: str) -> list[Document]:
    """What a customer must agree to, in this order."""
    return [current(name, language) for name in TO_AGREE]


def _path(name: str, version: str, language: str) -> Path:
    return TEXTS / f"{name}.{version}.{Path(language).name}.html"


@lru_cache(maxsize=64)
def _render(name: str, version: str, language: str, facts: tuple[str, ...]) -> Document:
    operator, contact, hosting, subprocessors, address = facts
    source = _path(name, version, language).read_text(encoding="utf-8")
    context = {
        "operator": operator,
        "contact": contact,
        "hosting": hosting,
        "subprocessors": subprocessors,
        "address": address,
        "version": version,
    }
    text = mark_safe(engines["django"].from_string(source).render(context))  # noqa: S308  # a template's own output
    return Document(name, version, language, text, hashlib.sha256(text.encode()).hexdigest())
