"""What outlives an erasure: the mark that keeps the erased erased, and the receipt that shows what was done."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id

KEPT = "3 years after its end"
_MARK = datamap.Personal(
    "identity",
    datamap.RIGHTS,
    KEPT,
    source="this server",
    basis="legal obligation",
    exported="not: only a hash",
    corrected="not: it is a record",
    erased="stays: an id without a person",
)


class Tombstone(models.Model):
    """That a person, or a whole customer, was erased: the keyed hash of an id, and nothing that names anybody.

    `filed_at`: since when it also stands in the file outside of the database, which a restored backup does not undo.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    mark = models.CharField(max_length=32, unique=True)
    name_hash = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(default=timezone.now, editable=False)
    filed_at = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain("id", "customer", "erased_at", "filed_at") | {"mark": _MARK, "name_hash": _MARK}

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        indexes = [
            models.Index(fields=["id"], condition=models.Q(filed_at=None), name="tombstone_to_file"),
            models.Index(fields=["erased_at"], name="tombstone_age"),
        ]

    def __str__(self) -> str:
        return self.mark[:6]


class Receipt(models.Model):
    """What this server removed, kept and why, what the sites answered, and who was given data that nobody can recall.

    `ours` is this server's half, written in the transaction that erased. `text` is the whole, signed, once every site
    has answered or its silence is stated. The person's own request gives it its address before anything is erased.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    erasure = models.OneToOneField("accounts.ErasureRequest", models.CASCADE, null=True, related_name="receipt")
    request = models.ForeignKey("privacy.PrivacyRequest", models.SET_NULL, null=True, related_name="receipts")
    subject = models.CharField(max_length=32)
    ours = models.JSONField(default=dict)
    text = models.TextField(blank=True, default="")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    signed_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain(
        "id", "public_id", "customer", "erasure", "request", "ours", "text", "made_at", "signed_at", why="names nobody"
    ) | {"subject": _MARK}

    class Meta:
        verbose_name = _("receipt of an erasure")
        verbose_name_plural = _("receipts of erasures")
        indexes = [
            models.Index(fields=["customer", "-id"], name="receipt_of_customer"),
            models.Index(fields=["id"], condition=models.Q(signed_at=None), name="receipt_to_sign"),
            models.Index(fields=["signed_at"], condition=models.Q(signed_at__isnull=False), name="receipt_to_forget"),
        ]

    def __str__(self) -> str:
        return self.public_id[:6]
