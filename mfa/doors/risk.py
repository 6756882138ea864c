"""Risk at the doors of members and staff: it refuses, naming whom to ask, and learns from who proves a factor.

These doors ask whoever has a second factor for a strong one at every sign-in, so risk has nothing to raise here.
"""

from django.http import HttpResponse
from django.shortcuts import render

from accounts import audit
from accounts.http import KumquatRequest
from accounts.ids import new_public_id
from accounts.models import User
from mfa.doors import devices
from mfa.verbs import risking
from rba import reading
from rba import verbs as rba
from rba.verbs import Wish

WEIGHED = "weighed"  # in the session: the name that a sign-in was weighed under, until it is proved


def refused(request: KumquatRequest, user: User) -> HttpResponse | None:
    """The page for somebody whom risk refuses; None for all others, whose proof may teach from now on."""
    name = new_public_id()
    knows = bool(devices.known_device(request, user.canonical_username))
    shown = reading.of_request(request.source, knows_device=knows)
    found = risking.assess(Wish(user, name, shown, risking.Where.DOOR, before_told=True))
    request.session.pop(WEIGHED, None)
    if found is None:
        return None
    if found.is_denied:
        risking.tell_denied(audit.stranger(request.source), user, user, found)
        context = {"reasons": found.reasons, "way_on": found.ruling.contact}
        return render(request, "doors/refused.html", context, status=403)
    request.session[WEIGHED] = name
    return None


def learn(request: KumquatRequest, user: User) -> None:
    """Learn from a sign-in that a second factor has proved."""
    name = request.session.pop(WEIGHED, None)
    if name is not None:
        rba.prove(user.customer, name)
