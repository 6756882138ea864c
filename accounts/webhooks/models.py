"""Where a customer's events go, and how each delivery went."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id


class WebhookEndpoint(models.Model):
    """An address that a customer wants its events sent to.

    `events` names those it gets, all of them when it is empty. `earlier_secret` signs beside `secret` for a day after
    a rotation. `failing_since`: nothing has arrived since then; `rests_until`: it is left alone until then.
    """

    class Stopped(models.TextChoices):
        NO = "", _("no")
        MEMBER = "member", _("by a member")
        FAILING = "failing", _("nothing arrived for days")
        GONE = "gone", _("it answered that it is gone")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="webhooks")
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list, blank=True)
    secret = EncryptedTextField()
    earlier_secret = EncryptedTextField(null=True, blank=True)
    earlier_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stopped_why = models.CharField(max_length=8, choices=Stopped, default=Stopped.NO, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "name",
        "url",
        "events",
        "secret",
        "earlier_secret",
        "earlier_until",
        "created_at",
        "stopped_at",
        "stopped_why",
        "failing_since",
        "rests_until",
        why="about a program",
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [models.Index(fields=["customer", "-id"], name="webhook_of_customer")]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint. What is sent is made from the record while it is sent, never stored."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        DELIVERED = "arrived", _("arrived")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries")
    record = models.ForeignKey("accounts.AuditRecord", models.CASCADE, null=True, related_name="+")
    event = models.CharField(_("event"), max_length=48)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    give_up_at = models.DateTimeField()
    next_try_at = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    reply = models.CharField(max_length=200, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "endpoint",
        "record",
        "event",
        "state",
        "tries",
        "created_at",
        "give_up_at",
        "next_try_at",
        "claimed_at",
        "finished_at",
        "status",
        "reply",
        why="about a program; the event is named by its record alone",
    )

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(
                fields=["next_try_at"], condition=models.Q(state__in=["waiting", "sending"]), name="delivery_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.event
