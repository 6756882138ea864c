"""People whose data has left use: warned of it, kept apart under a key of its own, then erased or given back."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id

_WHY = datamap.Personal(
    "status",
    datamap.RIGHTS,
    "until erased or given back",
    source="this server",
    basis="legal obligation",
    corrected="not: it is a record",
)


class SetAside(models.Model):
    """Why and until when a person's data is out of use, and their name and addresses, which stand nowhere else then.

    With `warned_at` alone, somebody who has not signed in for long was told. `at` is when the data left use. By
    `email_hash` they are known when they write by mail.
    """

    class Why(models.TextChoices):
        INACTIVE = "inactive", _("no sign-in for long")
        REQUEST = "request", _("the person asked for it")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="set_aside")
    why = models.CharField(_("why"), max_length=8, choices=Why)
    warned_at = models.DateTimeField(_("told"), null=True, blank=True)
    at = models.DateTimeField(_("out of use since"), null=True, blank=True)
    until = models.DateTimeField(_("until"), null=True, blank=True)
    email_hash = models.CharField(max_length=64, blank=True, default="", editable=False)
    sealed = EncryptedTextField(null=True, blank=True, purpose="set aside")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain("id", "customer", "created_at") | {
        "user": datamap.Personal(
            "identity", datamap.RIGHTS, "until erased or given back", source="this server", basis="legal obligation"
        ),
        "why": _WHY,
        "warned_at": _WHY,
        "email_hash": datamap.Personal(
            "identity",
            datamap.RIGHTS,
            "until erased or given back",
            source="this server",
            basis="legal obligation",
            exported="not: only a hash",
        ),
        "at": _WHY,
        "until": _WHY,
        "sealed": datamap.Personal(
            "identity",
            datamap.RIGHTS,
            "until erased or given back",
            source="this server",
            basis="legal obligation",
            exported="as your account’s own data",
        ),
    }

    class Meta:
        verbose_name = _("person kept apart")
        verbose_name_plural = _("people kept apart")
        indexes = [
            models.Index(fields=["warned_at"], condition=models.Q(at=None), name="apart_warned"),
            models.Index(fields=["until"], condition=models.Q(at__isnull=False), name="apart_until"),
            models.Index(fields=["customer", "-id"], name="apart_of_customer"),
            models.Index(fields=["email_hash"], condition=~models.Q(email_hash=""), name="apart_by_address"),
        ]

    def __str__(self) -> str:
        return self.get_why_display()
