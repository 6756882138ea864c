"""What the person's browser shows: its request, and what our own script put into the form."""

from django.http import HttpRequest

from accounts.http import source_of
from mfa.models import Visit
from rba import reading, switches
from rba.reading import Shown

FIELDS = {"shown_zone": "zone", "shown_fingerprint": "fingerprint"}
ASKS = {"shown_zone": "time", "shown_fingerprint": switches.FINGERPRINT}  # the kind of data that each is for


def browser(request: HttpRequest, *, knows_device: bool = False) -> Shown:
    """For risk. What a form holds is the browser's word alone: it counts as little as that may."""
    told = {name: request.POST.get(field, "") for field, name in FIELDS.items()} if request.method == "POST" else {}
    return reading.of_request(source_of(request), told, knows_device=knows_device)


def asked(visit: Visit) -> list[str]:
    """The fields that our script is to fill in on the page of a visit; none where nothing of that is looked at."""
    if visit.risk in ("", Visit.Risk.OFF) or visit.user is None:
        return []
    looked_at = switches.features_for(visit.user)
    return [field for field, feature in ASKS.items() if feature in looked_at]
