"""The append-only trail, and the keys that let it forget a person."""

from dataclasses import replace

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id


class PersonKey(models.Model):
    """A key of one person's own. Destroying it makes every value encrypted under it unreadable."""

    person = models.UUIDField(primary_key=True)
    key = EncryptedTextField(bound_to="person")

    data_map = datamap.plain("person", "key", why="a key, destroyed at erasure")

    def __str__(self) -> str:
        return str(self.person)


_WHO = datamap.Personal(
    "identity",
    datamap.ACCOUNTABILITY,
    "3 years",
    source="this server",
    recipients=(datamap.CUSTOMER_FILE,),
    erased="stays: an id without a person",
)
_PLACE = datamap.Personal(
    "location",
    datamap.ACCOUNTABILITY,
    "3 years",
    source="the network address",
    erased="emptied, of their own acts",
)


class AuditRecord(models.Model):
    """Who did what, when and from where. Names people by id only; what must be kept of them is encrypted."""

    class Actor(models.TextChoices):
        MEMBER = "member", _("member")
        STAFF = "staff", _("staff")
        SITE = "site", _("site")
        TOKEN = "token", _("API token")
        USER = "user", _("end user")
        SYSTEM = "system", _("this server")
        STRANGER = "stranger", _("someone not signed in")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=timezone.now)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, null=True, related_name="+", db_index=False)
    actor_kind = models.CharField(_("by"), max_length=8, choices=Actor)
    actor_id = models.UUIDField(_("by whom"), null=True)
    action = models.CharField(_("action"), max_length=48)
    object_kind = models.CharField(_("kind"), max_length=32, blank=True)
    object_id = models.CharField(_("object"), max_length=40, blank=True)
    person = models.UUIDField(_("about"), null=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    sealed = models.TextField(blank=True, default="")
    country = models.CharField(_("country"), max_length=2, blank=True)
    network = models.CharField(_("network"), max_length=64, blank=True)
    address_hash = models.CharField(max_length=32, blank=True)
    address_sealed = models.TextField(blank=True, default="")

    data_map = datamap.plain("id", "at", "customer", "actor_kind", "action", "object_kind", "object_id", "facts") | {
        "actor_id": _WHO,
        "person": replace(_WHO, recipients=(datamap.SITE, datamap.CUSTOMER_FILE)),
        "sealed": datamap.Personal(
            "history", datamap.ACCOUNTABILITY, "3 years", source="this server", erased="the person's key is destroyed"
        ),
        "country": replace(_PLACE, recipients=(datamap.CUSTOMER_FILE,)),
        "network": _PLACE,
        "address_hash": replace(_PLACE, exported="not: only a hash"),
        "address_sealed": datamap.Personal(
            "location",
            datamap.ACCOUNTABILITY,
            "60 days; members and staff only",
            source="the network address",
            erased="the person's key is destroyed",
        ),
    }

    class Meta:
        verbose_name = _("audit record")
        verbose_name_plural = _("audit trail")
        indexes = [
            models.Index(fields=["customer", "-id"], name="audit_of_customer"),
            models.Index(fields=["person", "-id"], name="audit_of_person"),
            models.Index(fields=["at"], condition=~models.Q(address_sealed=""), name="audit_address_age"),
        ]

    def __str__(self) -> str:
        return self.action


__all__ = ("AuditRecord", "PersonKey")
