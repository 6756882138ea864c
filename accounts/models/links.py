"""Links that we mail: a random id in the row, and a keyed hash that only the message holds."""

from django.db import models
from django.utils import timezone

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id


class Link(models.Model):
    """One link. The token is derived while the message is sent and stored nowhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    key_id = models.CharField(max_length=16)
    purpose = models.CharField(max_length=32)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    about = models.CharField(max_length=64, blank=True)
    value = EncryptedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain(
        "id", "public_id", "key_id", "purpose", "customer", "about", "created_at", "expires_at", "used_at"
    ) | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "30 days after it expired", source="this server"),
        "value": datamap.Personal(
            "contact", datamap.SIGN_IN, "30 days after it expired", source="the person", exported="masked"
        ),
    }

    class Meta:
        indexes = [
            models.Index(fields=["user", "purpose", "-created_at"], name="link_of_user"),
            models.Index(fields=["expires_at"], name="link_expiry"),
        ]

    def __str__(self) -> str:
        return self.purpose
