"""What the doors say when an answer is refused: one sentence for each verdict, and how long to wait."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mfa.contract import Judged, Verdict

WRONG = gettext_lazy("That code is not right. Look at the app again: it shows a new one every 30 seconds.")
MESSAGES = {
    Verdict.PASSED: "",
    Verdict.WRONG: WRONG,
    Verdict.REPLAYED: gettext_lazy("That code was used already. Wait for the next one, 30 seconds at most."),
    Verdict.THROTTLED: gettext_lazy("Too many codes were not right."),
    Verdict.EXPIRED: gettext_lazy(
        "This took too long, or too many codes were not right. Type the code that the app shows now."
    ),
}


def refused(judged: Judged) -> str:
    """Why a code did not pass, and what to do."""
    text = str(MESSAGES[judged.verdict])
    if judged.verdict is Verdict.THROTTLED and not judged.wait:
        return _("Your authenticator app was switched off after a hundred codes that were not right. Ask us for help.")
    return f"{text} {wait(judged.wait)}" if judged.wait else text


def wait(seconds: int) -> str:
    """How long until the next try, in words."""
    if seconds < 60:
        return ngettext("Wait %(n)d second, then try again.", "Wait %(n)d seconds, then try again.", seconds) % {
            "n": seconds
        }
    minutes = -(-seconds // 60)
    return ngettext("Wait %(n)d minute, then try again.", "Wait %(n)d minutes, then try again.", minutes) % {
        "n": minutes
    }
