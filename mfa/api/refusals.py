"""Why nothing was begun, and why an answer did not pass, as problems."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from mfa.api.problems import Problem
from mfa.contract import Judged, Reason, Refusal, Verdict

WHY: dict[Reason, Any] = {
    Reason.NOT_CONFIRMED: _("Confirm the account’s e-mail address first: until then codes go to that address only."),
    Reason.SUSPENDED: _("This account is suspended. Write to support."),
    Reason.UNKNOWN_USER: _("There is no such user."),
    Reason.DISABLED: _("This user is kept out."),
    Reason.NOT_ENROLLED: _("This user has no such method."),
    Reason.NO_ADDRESS: _("No address of this user is known."),
    Reason.BAD_ADDRESS: _("The address cannot be used."),
    Reason.NOT_OFFERED: _("This server does not offer this method."),
    Reason.COUNTRY: _("Nothing is sent to this country."),
    Reason.LIMITED: _("A sending limit is used up."),
    Reason.WAITING: _("Too many wrong answers just now."),
    Reason.ERASED: _("This person was erased."),
    Reason.CONSENT: _("This person has not agreed to your terms yet. Lead them to `agreement_url`."),
    Reason.POLICY: _("The policy does not let this method serve here."),
}
STATUS = {
    Reason.SUSPENDED: "suspended",
    Reason.LIMITED: "limited",
    Reason.WAITING: "limited",
}
PROBLEMS = {
    Verdict.WRONG: "wrong",
    Verdict.REPLAYED: "replayed",
    Verdict.THROTTLED: "limited",
    Verdict.EXPIRED: "ended",
}


def refused(refusal: Refusal) -> Problem:
    """Why nothing was begun: 429 where waiting helps, 403 for a suspended account, else 422."""
    code = STATUS.get(refusal.reason, "refused")
    return Problem(code, WHY[refusal.reason], wait=refusal.wait, reason=str(refusal.reason))


def failed(judged: Judged) -> Problem:
    """Why a response did not pass; `tries_left` of this transaction where one may try again."""
    more = {"verdict": str(judged.verdict)}
    tries = judged.tries_left if judged.verdict in (Verdict.WRONG, Verdict.REPLAYED) else None
    return Problem(PROBLEMS[judged.verdict], wait=judged.wait, tries_left=tries, **more)
