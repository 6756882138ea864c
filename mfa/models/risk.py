"""What a plugin's three calls about risk have in common: one session of attributes, evaluated, then remembered."""

from django.db import models
from django.utils import timezone

from accounts import datamap
from accounts.ids import new_id, new_public_id

_EVENT = datamap.Personal("activity", datamap.SIGN_IN, "1 day", source="the site", corrected="not: it is a record")


class RiskSession(models.Model):
    """What a site told of one sign-in: decided on when it arrived, under this public id, and not kept otherwise.

    `device` is a keyed hash by which the browser is known again, empty where nothing tells it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+", db_index=False)
    site = models.ForeignKey("accounts.Site", models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    device = models.CharField(max_length=32, blank=True, editable=False)
    band = models.CharField(max_length=12, blank=True)
    verdict = models.CharField(max_length=8, blank=True)
    would = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "public_id", "customer", "site") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "1 day", source="the site"),
        "device": datamap.Personal("device", datamap.SIGN_IN, "1 day", source="the site", exported="not: only a hash"),
        "band": _EVENT,
        "verdict": _EVENT,
        "would": _EVENT,
        "created_at": _EVENT,
        "evaluated_at": _EVENT,
        "registered_at": _EVENT,
    }

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="risk_session_age")]

    def __str__(self) -> str:
        return self.public_id
