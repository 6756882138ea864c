"""What the status of an HTTP answer says about a message, for every provider that is reached by HTTP."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from accounts.gateways.contract import Outcome, Result
from accounts.messages.reasons import Reason

LONGEST_WAIT = 3600.0


def by_status(status: int, retry_after: str = "") -> Result:
    """2xx is accepted; 504 unknown, for somebody behind the provider may have it; busy or broken is later."""
    detail = str(status)
    if 200 <= status < 300:
        return Result(Outcome.ACCEPTED)
    if status == 504:
        return Result(Outcome.UNKNOWN, Reason.NO_ANSWER, detail, ails=True)
    if status in (401, 403):  # our set-up is wrong, and not this message
        return Result(Outcome.TRY_LATER, Reason.LOGIN_REFUSED, detail, ails=True)
    if status in (408, 429) or status >= 500:
        return Result(Outcome.TRY_LATER, Reason.TRY_LATER, detail, seconds(retry_after), ails=True)
    return Result(Outcome.REFUSED, Reason.REFUSED, detail)


def seconds(retry_after: str) -> float:
    """The wait that a Retry-After header asks for (RFC 9110 §10.2.3), an hour at most; 0 for one that says nothing."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_WAIT)
