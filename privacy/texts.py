"""Texts that customers write: plain words, shown as headings, lists and paragraphs, and compared with earlier ones."""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

HEADING, ITEM = "# ", "- "


@dataclass(frozen=True)
class Pair:
    """A line of an earlier text beside the one that took its place, as HTML; `state`: same, new, gone or changed."""

    before: SafeString
    after: SafeString
    state: str


def digest(text: str) -> str:
    """What an agreement to this text is proven by."""
    return hashlib.sha256(text.encode()).hexdigest()


def shown(text: str) -> SafeString:
    """The text as HTML; whatever markup it holds is shown as it was typed."""
    return mark_safe("".join(_block(block) for block in blocks(text)))  # noqa: S308  # every block is escaped


def blocks(text: str) -> list[str]:
    """What stands between empty lines."""
    lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
    return ["\n".join(group) for filled, group in groupby(lines, key=bool) if filled]


def compare(before: str, after: str) -> list[Pair]:
    """Two texts line by line, side by side."""
    return list(_pairs(_lines(before), _lines(after)))


def _lines(text: str) -> list[str]:
    return [line for block in blocks(text) for line in block.split("\n")]


def _block(block: str) -> SafeString:
    if not block:
        return mark_safe("")
    lines = block.split("\n")
    if block.startswith(HEADING):
        head = format_html("<h2>{}</h2>", lines[0].removeprefix(HEADING))
        return format_html("{}{}", head, _block("\n".join(lines[1:]))) if lines[1:] else head
    if all(line.startswith(ITEM) for line in lines):
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line.removeprefix(ITEM),) for line in lines))
        )
    return format_html("<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)))


def _pairs(before: list[str], after: list[str]) -> Iterator[Pair]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        old, new = before[old_from:old_to], after[new_from:new_to]
        for place in range(max(len(old), len(new))):
            left = old[place] if place < len(old) else ""
            right = new[place] if place < len(new) else ""
            state = "same" if what == "equal" else "changed" if left and right else "new" if right else "gone"
            yield Pair(_block(left), _block(right), state)
