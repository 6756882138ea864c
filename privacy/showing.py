"""A request, or a site's job, as pages show it: its state in words and tone, what was said, why something stays."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import moves, subjects
from privacy.models import PrivacyRequest, SiteJob
from privacy.moves import Ground, Kind, Move, State, Who
from privacy.verbs import requesting

TONES = {
    State.EVIDENCE: "warn",
    State.OPEN: "info",
    State.COOLING: "warn",
    State.VERIFYING: "warn",
    State.WORKING: "info",
    State.IN_FORCE: "info",
    State.DONE: "good",
    State.PARTLY: "good",
    State.REFUSED: "bad",
    State.CANCELLED: "idle",
    State.LAPSED: "idle",
}
JOB_TONES = {
    SiteJob.State.WAITING: "info",
    SiteJob.State.PENDING: "warn",
    SiteJob.State.DONE: "good",
    SiteJob.State.CONFIRMED: "good",
    SiteJob.State.GAP: "bad",
}
PARTS = {
    Who.PERSON: gettext_lazy("The person"),
    Who.CUSTOMER: gettext_lazy("The site's owner"),
    Who.STAFF: gettext_lazy("The operator"),
    Who.SITE: gettext_lazy("The site"),
    Who.SYSTEM: gettext_lazy("This service"),
}
WORDS = {
    requesting.ASKED: gettext_lazy("Asked"),
    requesting.AGAIN: gettext_lazy("Asked again, and joined"),
    requesting.SAID: gettext_lazy("Wrote"),
    requesting.EXTENDED: gettext_lazy("Took two months more"),
    requesting.REMINDED: gettext_lazy("Reminded whoever has to answer"),
    **{str(move): move.label for move in Move},
}
ENDED = {str(one) for one in (Move.REFUSE, Move.CANCEL, Move.LAPSE)}
MARKS = {True: ("check", "good"), False: ("info", "")}
GOOD = {str(one) for one in (Move.GRANT, Move.ANSWER, Move.FINISH, Move.FINISH_PART, Move.CONFIRM, Move.PROVE)}


def row(request: PrivacyRequest) -> dict[str, Any]:
    """One line of a list."""
    state = State(request.state)
    return {
        "request": request,
        "kind": capfirst(str(Kind(request.kind).label)),
        "about": about(request),
        "tone": TONES[state],
        "text": capfirst(str(state.label)),
        "is_paused": request.paused_at is not None,
    }


def about(request: PrivacyRequest) -> str:
    """What a correction or a question is about, in the data map's words."""
    return next(iter(subjects.data_of(request).values())) if request.about else ""


def entries(request: PrivacyRequest, *, hide: bool = False, own: bool = False) -> list[dict[str, Any]]:
    """All that happened, as the timeline shows it; without the words where they are to stay hidden.

    `own` is for the person, who is “you” there.
    """
    found = []
    for entry, text in requesting.said(request):
        if entry.what in ENDED:
            icon, tone = "x", "bad" if entry.what == Move.REFUSE else ""
        else:
            icon, tone = MARKS[entry.what in GOOD]
        part = _("You") if own and entry.who == Who.PERSON else PARTS[Who(entry.who)]
        title = f"{part}: {WORDS.get(entry.what, entry.what)}"
        shown = (_("Prove more than a mailbox to read it.") if text else "") if hide else text
        found.append({"title": title, "text": shown, "at": entry.at, "icon": icon, "tone": tone})
    return found


def grounds(request: PrivacyRequest) -> list[tuple[str, Any]]:
    """What is not given, changed or erased, each with why."""
    known = subjects.data_of(request)
    return [(known.get(key, key), Ground(ground).label) for key, ground in request.grounds.items()]


def acts(request: PrivacyRequest, who: Who) -> set[str]:
    """The names of the moves that somebody can make; the page offers no other."""
    found = {str(rule.move) for rule in moves.moves_of(request.kind, request.state, who)}
    if request.channel == PrivacyRequest.Channel.OWN and who is not Who.PERSON:
        found.discard(str(Move.CANCEL))
    return found
