"""The native API's bearer tokens, and the calls that were made once and must not be made twice."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id


class ApiToken(models.Model):
    """What a program shows to use the native API. Only its keyed hash is kept, so it is shown once.

    `site`: its transactions belong to that site. A token of a test customer begins otherwise than a live one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="api_tokens")
    site = models.ForeignKey("accounts.Site", models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    scopes = models.JSONField(_("may"), default=list)
    digest = models.CharField(max_length=32, unique=True, editable=False)
    ending = models.CharField(_("ends in"), max_length=4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("works until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "name",
        "scopes",
        "digest",
        "ending",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
        why="a program's credential",
    ) | {
        "created_by": datamap.Personal(
            "identity",
            datamap.ACCOUNTABILITY,
            "as long as the token is listed",
            source="this server",
            erased="the link to the person is cut",
        )
    }

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        indexes = [models.Index(fields=["customer", "-id"], name="token_of_customer")]

    def __str__(self) -> str:
        return f"…{self.ending}"

    def is_live(self, at: datetime | None = None) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > (at or timezone.now()))


class IdempotencyKey(models.Model):
    """That a token made a call under a key of its own choosing, and what it was answered: said again for a day.

    Written in the database transaction of what the call did, so neither is there without the other.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+")
    key_hash = models.CharField(max_length=32)
    digest = models.CharField(max_length=32)
    status = models.PositiveSmallIntegerField()
    answer = EncryptedTextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain("id", "customer", "token", "key_hash", "digest", "status", "created_at") | {
        "answer": datamap.Personal(
            "content", datamap.SIGN_IN, "a day", source="this server", exported="what it is, not what proves it"
        )
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key_hash"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key_hash[:4]
