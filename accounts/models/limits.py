"""What limits and replay protection keep in PostgreSQL."""

from django.db import models

from accounts import datamap


class RateCount(models.Model):
    """A count of one window of one limit, used while Valkey cannot be reached. The name is a keyed hash."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=80)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()

    data_map = datamap.plain("id", "name", "window", "count", "expires_at", why="keyed hashes and counts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "window"], name="one_count_a_window")]
        indexes = [models.Index(fields=["expires_at"], name="rate_count_expiry")]

    def __str__(self) -> str:
        return f"{self.count}"


class SignedCall(models.Model):
    """The digest of a signed call that has acted.

    Kept while its timestamp would still be accepted (security.md S13).
    """

    digest = models.BinaryField(primary_key=True, max_length=32)
    body = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    data_map = datamap.plain("digest", "body", "at", why="keyed digests")

    class Meta:
        indexes = [models.Index(fields=["at"], name="signed_call_age")]

    def __str__(self) -> str:
        return bytes(self.digest).hex()[:8]
