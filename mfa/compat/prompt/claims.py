"""What the site is told of an approved visit: the id_token of prompt-protocol §8, field by field."""

import time
from datetime import UTC, datetime
from typing import Any

from mfa.compat.prompt.clients import Caller
from mfa.contract import METHODS
from mfa.models import Visit

LASTS = 300
NOWHERE = {"city": "", "state": "", "country": ""}
REMEMBERED = ("remembered_device", "remembered_device")
PUT_OFF = ("", "allow_unenrolled_user")


def of(visit: Visit, caller: Caller) -> dict[str, Any]:
    """The claims. `iss` is the endpoint as the client addresses it, which was checked against our own names."""
    now = int(time.time())
    proved = visit.closed_at or visit.created_at
    claims: dict[str, Any] = {
        "iss": caller.endpoint,
        "aud": caller.client.client_id,
        "sub": visit.user.public_id if visit.user is not None else "",
        "exp": now + LASTS,
        "iat": now,
        "preferred_username": visit.username,
        "auth_time": int(proved.timestamp()),
        "auth_result": {"result": "allow", "status": "allow", "status_msg": "Login Successful"},
        "auth_context": _context(visit, caller, proved),
    }
    return claims | ({"nonce": visit.nonce} if visit.nonce else {})


def _context(visit: Visit, caller: Caller, proved: datetime) -> dict[str, Any]:
    """How the person proved themselves. Where and with which device is personal, and no policy releases it yet."""
    factor, reason = _how(visit)
    return {
        "txid": visit.public_id,
        "event_type": "authentication",
        "factor": factor,
        "reason": reason,
        "result": "success",
        "timestamp": int(proved.timestamp()),
        "isotimestamp": proved.astimezone(UTC).isoformat(),
        "alias": "",
        "email": "",
        "ood_software": "",
        "trusted_endpoint_status": "unknown",
        "user": {"key": visit.user.public_id if visit.user is not None else "", "name": visit.username, "groups": []},
        "application": {"key": caller.client.client_id, "name": caller.client.site.name},
        "access_device": {
            "ip": "",
            "hostname": "",
            "browser": "",
            "browser_version": "",
            "os": "",
            "os_version": "",
            "is_encryption_enabled": "unknown",
            "is_firewall_enabled": "unknown",
            "is_password_set": "unknown",
            "location": NOWHERE,
        },
        "auth_device": {"ip": "", "name": "", "location": NOWHERE},
    }


def _how(visit: Visit) -> tuple[str, str]:
    if visit.skipped:
        return PUT_OFF
    method = METHODS.get(visit.method)
    return (method.prompt_factor, method.prompt_reason) if method is not None else REMEMBERED
