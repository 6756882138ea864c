"""Decisions as they are kept, made up for pages and counts."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from rba.models import RiskDecision
from rba.score import scale
from tests.factories import UserFactory

FOREIGN = {
    "parts": {"location": 22.0, "browser": 9.0, "language": -4.0, "attacker": 1.0},
    "findings": [["location", "country", "new", 18.0], ["browser", "browser", "new", 9.0]],
    "levels": {"country": "new", "city": "missing", "browser": "new", "language": "usual"},
    "band": "medium",
    "would": "step_up",
    "verdict": "step_up",
    "outcome": "step_up",
    "minimum": 1,
    "rule": "bands",
    "rules": ["bands"],
    "country": "BR",
}
USUAL = {
    "parts": {"location": -8.0, "browser": -6.0},
    "findings": [],
    "levels": {"country": "usual", "browser": "usual"},
    "band": "low",
    "would": "allow",
    "verdict": "allow",
    "outcome": "allow",
    "rule": "bands",
    "rules": ["bands"],
    "country": "NO",
}


def kept(user: User | None = None, like: dict[str, Any] = FOREIGN, **more: Any) -> RiskDecision:
    """A decision whose parts and base add up to its total."""
    user = user or UserFactory()
    given = {**like, **more}
    total = -20.0 + sum(given["parts"].values())
    made = {"base": -20.0, "total": total, "score": scale(total), "engine": 1, "where": "prompt"}
    name = f"made up {RiskDecision.objects.count()}"
    at = int(timezone.now().timestamp())
    made["attempt"] = {"at": at, "marks": {}, "features": [], "offset": None, "version": None, "place": None}
    return RiskDecision.objects.create(
        **{"name": name, "at": at, "customer": user.customer, "user": user, **made, **given}
    )
