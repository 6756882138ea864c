"""Trusted devices, and the slow way back for who has lost every way to prove themselves."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id

_DEVICE = datamap.Personal("device", datamap.SIGN_IN, "30 days after it ended", source="the browser")
_RECOVERY = datamap.Personal("activity", datamap.SIGN_IN, "1 year", source="the person")


class TrustedDevice(models.Model):
    """A browser that need not prove itself again for a while, at one site or on the person's own pages.

    The cookie's value changes at every use; `earlier_hash` is the last one. Whoever comes with an older value holds a
    copy, and the device is no longer trusted. `stamp` is the person's security set-up when it was trusted: a changed
    set-up ends the trust.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="trusted_devices")
    site = models.ForeignKey("accounts.Site", models.CASCADE, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=32, editable=False)
    earlier_hash = models.CharField(max_length=32, blank=True, editable=False)
    rotated_at = models.DateTimeField(default=timezone.now, editable=False)
    stamp = models.CharField(max_length=32, editable=False)
    browser = models.CharField(_("browser"), max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stolen_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "public_id", "customer", "site", "created_at", "rotated_at") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "30 days after it ended", source="the site"),
        "token_hash": datamap.Personal(
            "device", datamap.SIGN_IN, "30 days after it ended", source="this server", exported="not: only a hash"
        ),
        "earlier_hash": datamap.Personal(
            "device", datamap.SIGN_IN, "30 days after it ended", source="this server", exported="not: only a hash"
        ),
        "stamp": datamap.Personal(
            "device", datamap.SIGN_IN, "30 days after it ended", source="this server", exported="not: only a hash"
        ),
        "browser": _DEVICE,
        "country": datamap.Personal(
            "location", datamap.SIGN_IN, "30 days after it ended", source="the network address"
        ),
        "last_used_at": _DEVICE,
        "expires_at": _DEVICE,
        "ended_at": _DEVICE,
        "stolen_at": _DEVICE,
    }

    class Meta:
        verbose_name = _("trusted device")
        verbose_name_plural = _("trusted devices")
        indexes = [
            models.Index(fields=["user", "-id"], name="device_of_user"),
            models.Index(fields=["expires_at"], name="device_expiry"),
        ]

    def __str__(self) -> str:
        return self.public_id[:4]


class Recovery(models.Model):
    """A request for a new beginning by who has lost every way: slow, told on every channel, cancellable, approved.

    Waiting until `ready_at` and approved by a help desk, it mails a link for a first enrolment; either alone is not
    enough.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    link_sent_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "public_id", "customer") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "1 year", source="the person"),
        "asked_at": _RECOVERY,
        "ready_at": _RECOVERY,
        "expires_at": _RECOVERY,
        "approved_at": _RECOVERY,
        "approved_by": datamap.Personal(
            "identity",
            datamap.ACCOUNTABILITY,
            "1 year",
            source="a member",
            erased="the link to the person is cut",
        ),
        "reason": datamap.Personal("content", datamap.ACCOUNTABILITY, "1 year", source="a member"),
        "refused_at": _RECOVERY,
        "cancelled_at": _RECOVERY,
        "link_sent_at": _RECOVERY,
    }

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        indexes = [
            models.Index(fields=["customer", "-id"], name="recovery_of_customer"),
            models.Index(fields=["user", "-id"], name="recovery_of_user"),
            models.Index(
                fields=["ready_at"],
                condition=models.Q(cancelled_at=None, refused_at=None, link_sent_at=None),
                name="recovery_due",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id[:4]

    @property
    def is_open(self) -> bool:
        """Whether it may still lead to a new beginning."""
        over = self.cancelled_at or self.refused_at or self.link_sent_at
        return over is None and self.expires_at > timezone.now()
