"""How long an authenticator waits after wrong answers.

Pure arithmetic (NIST SP 800-63B-4 §3.2.2, security.md S1, S20).
"""

from datetime import timedelta

TRIES = 5  # wrong answers that end a transaction
FREE = 5  # wrong answers in a row that cost no wait
FIRST_WAIT = 30  # seconds
LONGEST_WAIT = 3600
LONGEST_SHARED_WAIT = 1800  # where strangers and the owner cannot be told apart
MOST = 100  # wrong answers in a row that switch an authenticator off


def wait_after(failures: int, longest: int = LONGEST_SHARED_WAIT) -> timedelta | None:
    """The wait that the latest of `failures` wrong answers in a row brings, or None.

    30 s after the fifth, then doubling.
    """
    if failures < FREE:
        return None
    return timedelta(seconds=min(longest, FIRST_WAIT * 2 ** min(failures - FREE, 16)))
