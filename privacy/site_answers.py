"""What a site's answer to a job may say: counts of what was removed and kept, in words of a list, and no name."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts import strict_json

TYPE = "site_job.answer"
DONE, FAILED = "done", "failed"
LONGEST = 16 * 1024
MOST = 50  # lines of each list
# Why a site keeps something, and what pages say of it
WHYS: dict[str, Any] = {
    "law": gettext_lazy("the law demands that it is kept"),
    "claims": gettext_lazy("it is needed for a legal claim"),
    "others": gettext_lazy("it would harm the rights of others"),
    "safety": gettext_lazy("it is needed to keep the sign-in safe"),
    "own_account": gettext_lazy("it is the site's own account, no part of the second factor"),
    "not_ours": gettext_lazy("somebody else holds it"),
}
_WHAT = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}", re.ASCII)
_FIELDS = {"type", "job", "site", "at", "outcome", "removed", "kept", "problem"}


class Unusable(ValueError):
    """The answer is none that can be taken; the message says why, for whoever writes the site's program."""


@dataclass(frozen=True)
class Answer:
    """A site's answer, checked: of which job and site, whether it is done, and what stands in the way if not."""

    job: str
    site: str
    is_done: bool
    removed: int
    kept: int
    problem: str


def parse(text: str) -> Answer:
    """Read the text that a site signed. Raises Unusable."""
    if len(text.encode()) > LONGEST:
        raise Unusable("The answer is longer than 16 kB.")
    try:
        said = strict_json.parse(text.encode())
    except strict_json.Malformed as error:
        raise Unusable(f"The answer cannot be read. {error}") from error
    if said.get("type") != TYPE or not set(said) <= _FIELDS:
        raise Unusable(f"The answer is of type {TYPE} and has no fields but {', '.join(sorted(_FIELDS))}.")
    problem = said.get("problem", "")
    if said.get("outcome") not in (DONE, FAILED) or not _is_word(problem, empty=True):
        raise Unusable("The outcome is done or failed; problem is a word in lower case.")
    _moment(said.get("at"))
    return Answer(
        job=str(said.get("job", "")),
        site=str(said.get("site", "")),
        is_done=said["outcome"] == DONE,
        removed=_lines(said.get("removed"), {"what", "count"}),
        kept=_lines(said.get("kept"), {"what", "count", "why"}),
        problem=problem,
    )


def _lines(found: Any, fields: set[str]) -> int:
    """How many things the lines of a list add up to."""
    if not isinstance(found, list) or len(found) > MOST:
        raise Unusable(f"removed and kept are lists of at most {MOST} lines.")
    return sum(_count(one, fields) for one in found)


def _count(line: Any, fields: set[str]) -> int:
    if not isinstance(line, dict) or set(line) != fields or not _is_word(line["what"]):
        raise Unusable(f"Each line has {', '.join(sorted(fields))}; what is a word in lower case.")
    count = line["count"]
    if type(count) is not int or not 0 <= count < 10**9:
        raise Unusable("A count is a whole number.")
    if "why" in line and line["why"] not in WHYS:
        raise Unusable(f"why is one of {', '.join(WHYS)}.")
    return count


def _is_word(value: Any, *, empty: bool = False) -> bool:
    return isinstance(value, str) and ((empty and not value) or _WHAT.fullmatch(value) is not None)


def _moment(value: Any) -> None:
    try:
        datetime.fromisoformat(str(value))
    except ValueError as error:
        raise Unusable("at is a moment as ISO 8601 writes it.") from error
