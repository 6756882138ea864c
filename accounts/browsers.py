"""A browser in a few words, for lists of sessions and pages that say where a sign-in is from."""

from functools import lru_cache

from user_agents.parsers import parse

LONGEST = 512  # its parser takes quadratic time (security.md S28)


def words(user_agent: str) -> str:
    """Such as "Firefox, Windows"; empty for what names itself nothing that we know."""
    return _words(user_agent[:LONGEST])


@lru_cache(maxsize=1024)
def _words(user_agent: str) -> str:
    found = parse(user_agent)
    parts = [part for part in (found.browser.family, found.os.family) if part and part != "Other"]
    return ", ".join(parts)[:64]
