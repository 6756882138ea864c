"""The bare view's own two tables."""

from django.db import models
from django.utils import timezone


class Row(models.Model):
    """What is locked and changed."""

    count = models.IntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return f"{self.pk}: {self.count}"


class Note(models.Model):
    """What is written."""

    row = models.BigIntegerField()
    count = models.IntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return f"{self.row}: {self.count}"
