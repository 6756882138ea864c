"""Texts that customers write: plain words, shown as headings, lists and paragraphs, and compared with earlier ones."""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

HEADING, ITEM = "# ", "- "
MOST_COMPARED = 60_000  # lines of one text times those of the other: the time grows faster than that (security.md S28)


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
    lines = block.split("\n")
    heads = list(takewhile(lambda line: line.startswith(HEADING), lines))
    shown = format_html_join("", "<h2>{}</h2>", ((line.removeprefix(HEADING),) for line in heads))
    return shown + _paragraph(lines[len(heads) :])


def _paragraph(lines: list[str]) -> SafeString:
    if not any(lines):
        return mark_safe("")
    if all(line.startswith(ITEM) for line in lines):
        return format_html(
            "<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line.removeprefix(ITEM),) for line in lines))
        )
    return format_html("<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines)))


def _steps(before: list[str], after: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """From one text to the other, as difflib says it.

    What begins and ends alike is told at once; the rest is matched where that is soon done, else it is one change.
    """
    alike = [one == other for one, other in zip(before, after, strict=False)]
    head = alike.index(False) if False in alike else len(alike)
    ends = [one == other for one, other in zip(before[head:][::-1], after[head:][::-1], strict=False)]
    tail = ends.index(False) if False in ends else len(ends)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    yield "equal", 0, head, 0, head
    if len(old) * len(new) > MOST_COMPARED:
        yield "replace", head, head + len(old), head, head + len(new)
    else:
        for what, *places in difflib.SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
            old_from, old_to, new_from, new_to = (head + place for place in places)
            yield what, old_from, old_to, new_from, new_to
    yield "equal", len(before) - tail, len(before), len(after) - tail, len(after)


def _pairs(before: list[str], after: list[str]) -> Iterator[Pair]:
    for what, old_from, old_to, new_from, new_to in _steps(before, after):
        old, new = before[old_from:old_to], after[new_from:new_to]
        for place in range(max(len(old), len(new))):
            left = old[place] if place < len(old) else ""
            right = new[place] if place < len(new) else ""
            state = "same" if what == "equal" else "changed" if left and right else "new" if right else "gone"
            yield Pair(_block(left), _block(right), state)
