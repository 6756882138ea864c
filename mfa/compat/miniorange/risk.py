"""rest/rba/*: what a plugin collects of a browser, evaluated, and remembered once its person has proved themselves."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from accounts import crypto
from accounts.models import User
from accounts.verbs import find_user
from mfa.compat.miniorange import words
from mfa.compat.miniorange.calling import SIGNED, Call, Reply, Stop, atomic, endpoint
from mfa.compat.miniorange.parsing import Malformed
from mfa.contract import Method
from mfa.verbs import weighing
from mfa.verbs.risking import Where
from mfa.verbs.weighing import Answer
from rba import reading
from rba.verbs import Assessment

# The attributes that are of the eight kinds of data. The plugin's word on the place is not taken: the address tells it
KEPT = {
    "browser.useragent": "user_agent",
    "browser.timezone": "zone",
    "browser.language": "language",
    "browser.sytemlanguage": "language",  # as clients spell it
    "device.fingerprint": "fingerprint",
    "device.type": "device_type",
    "location.ip": "address",
}
MOST = 100
DENIED = "This sign-in is too unlike the person's other ones. A person at {who} can let them in."

ANSWERS: dict[Answer, tuple[str, str]] = {
    Answer.LET_IN: ("SUCCESS", "The device is known."),
    Answer.PROVE: ("WAIT_FOR_INPUT", "Ask for the second factor, then whether to remember this device."),
    Answer.UNKNOWN: ("ERROR", "This session has ended. Ask for the second factor."),
}


@endpoint(SIGNED)
@atomic
def acs(call: Call) -> Reply:
    """Weigh what the plugin collected. The session that this begins is good for some minutes."""
    call.once(shared=True)
    values, dropped = attributes(call.body.raw("attributes"))
    session = weighing.open_session(_user(call), call.site, values, dropped)
    return {"status": "SUCCESS", "sessionUuid": session.public_id, "message": ""}


@endpoint(SIGNED)
def evaluate_risk(call: Call) -> Reply:
    """Whether the second factor may be left out for a remembered device."""
    if not crypto.same(call.body.needed("appSecret"), call.customer.app_secret):
        raise Stop("ERROR", "The appSecret is not this customer's.", "key")
    answer = weighing.evaluate(_user(call), call.site, call.body.needed("sessionUuid", most=64))
    if answer is Answer.REFUSE:
        raise denied(call)
    status, message = ANSWERS[answer]
    return {"status": status, "message": message}


@endpoint(SIGNED)
@atomic
def register_profile(call: Call) -> Reply:
    """Remember the device of a session, once its person has proved themselves."""
    call.once(shared=True)
    if not weighing.remember(_user(call), call.site, call.body.needed("sessionUuid", most=64)):
        raise Stop("FAILED", "Only the device of a sign-in that was just proved can be remembered.")
    return {"status": "SUCCESS", "message": ""}


def weigh(call: Call, user: User, method: Method) -> Assessment | None:
    """Weigh a challenge or an answer as far as the plugin sends anything; stops one that is refused or too weak."""
    if call.body.raw("attributes") is None:
        return None
    values, dropped = attributes(call.body.raw("attributes"))
    found = weighing.weigh(user, call.site, reading.of_values(values, dropped), Where.DIALECT)
    if found is not None and not weighing.suffices(found, method):
        call.afterwards = partial(weighing.keep, found)
    if found is not None and found.is_denied:
        raise denied(call)
    if not weighing.suffices(found, method):
        raise Stop("FAILED", "This sign-in looks unusual. Ask for a stronger second factor.")
    return found


def weigh_named(call: Call, username: str, method: Method) -> Assessment | None:
    """As `weigh`, for an answer that names its user; nothing is read where the plugin sends no attributes."""
    user = find_user(call.customer, username) if call.body.raw("attributes") is not None else None
    if user is None:
        return None
    user.customer = call.customer
    return weigh(call, user, method)


def denied(call: Call) -> Stop:
    """The dialect's refusal, with a human way on."""
    return Stop("DENIED", DENIED.format(who=call.site.name))


def attributes(given: Any) -> tuple[Mapping[str, str], int]:
    """What is kept of a list of {attrName, attrValue}, by our names; and how many others there were."""
    if given is None:
        return {}, 0
    if not isinstance(given, list):
        raise Malformed("attributes is not a list.")
    kept: dict[str, str] = {}
    for one in given[:MOST]:
        if not isinstance(one, dict):
            raise Malformed("attributes is not a list of objects.")
        ours = KEPT.get(str(one.get("attrName", "")).strip().lower())
        value = one.get("attrValue")
        if ours is not None and isinstance(value, str) and value:
            kept.setdefault(ours, value)
    return kept, len(given) - len(kept)


def _user(call: Call) -> User:
    user = find_user(call.customer, call.body.needed("userKey"))
    if user is None:
        raise Stop("FAILED", words.UNKNOWN_USER, "unknown_user")
    user.customer = call.customer
    return user
