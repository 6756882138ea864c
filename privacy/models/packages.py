"""The copy of a person's data that they asked for: made in parts, each under the copy's own key, gone after a week."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id
from privacy.models.requests import PrivacyRequest

_OWN = datamap.Personal(
    "identity",
    datamap.RIGHTS,
    "7 days",
    source="this server",
    basis="legal obligation",
    corrected="not: it is a record",
)


class Package(models.Model):
    """One copy for one request. `key` opens its parts; deleting the row is the end of them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.OneToOneField(PrivacyRequest, models.CASCADE, related_name="package")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    key = EncryptedTextField()
    tables = models.PositiveSmallIntegerField(default=0)
    tables_done = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain(
        "id", "request", "key", "tables", "tables_done", "claimed_at", "made_at", "expires_at", "created_at"
    ) | {"user": _OWN}

    class Meta:
        verbose_name = _("copy of a person's data")
        verbose_name_plural = _("copies of people's data")

    def __str__(self) -> str:
        return str(self.pk)


class PackagePart(models.Model):
    """A stretch of the copy, encrypted: a piece of the file that programs read, or of the page that people read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    package = models.ForeignKey(Package, models.CASCADE, related_name="parts")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.TextField()

    data_map = datamap.plain("id", "package", "number") | {
        "user": _OWN,
        "sealed": datamap.Personal(
            "content",
            datamap.RIGHTS,
            "7 days",
            source="this server",
            basis="legal obligation",
            exported="that it exists",
            corrected="not: it is a record",
        ),
    }

    class Meta:
        verbose_name = _("part of a copy")
        verbose_name_plural = _("parts of copies")
        constraints = [models.UniqueConstraint(fields=["package", "number"], name="one_part_a_number")]

    def __str__(self) -> str:
        return str(self.number)
