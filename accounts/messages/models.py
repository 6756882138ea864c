"""The outbox's rows."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id
from accounts.messages import reasons


class Message(models.Model):
    """One message by one channel to one address. Codes and links in it are derived while it is sent, never stored.

    queued → claimed → sending → sent, refused or unknown; sending → queued when the provider said "try later";
    queued or claimed → expired when it is too late; dead after five tries. In test mode: kept, and never queued.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        SMS = "sms", _("text message")
        VOICE = "voice", _("call")

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        CLAIMED = "claimed", _("being prepared")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused")
        UNKNOWN = "unknown", _("unknown")
        EXPIRED = "expired", _("too late")
        DEAD = "dead", _("given up")
        KEPT = "kept", _("kept: test mode")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="messages", db_index=False)
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="messages", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    to = EncryptedTextField(null=True)  # none once emptied
    to_masked = models.CharField(_("to"), max_length=255, editable=False)
    language = models.CharField(max_length=8)
    transaction = models.CharField(_("transaction"), max_length=22, blank=True)
    link = models.ForeignKey("accounts.Link", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    context = models.JSONField(default=dict, blank=True)
    body = EncryptedTextField(null=True, blank=True)
    is_code = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    provider = models.CharField(_("provider"), max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    next_try_at = models.DateTimeField(default=timezone.now)
    not_after = models.DateTimeField(_("useless after"))
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "kind",
        "channel",
        "language",
        "link",
        "is_code",
        "state",
        "reason",
        "provider",
        "tries",
        "created_at",
        "next_try_at",
        "not_after",
        "claimed_at",
        "finished_at",
    ) | {
        "user": datamap.Personal(
            "identity", datamap.DELIVERY, "90 days", source="this server", erased="the link to the person is cut"
        ),
        "to": datamap.Personal(
            "contact",
            datamap.DELIVERY,
            "90 days",
            recipients=(datamap.PROVIDER,),
            exported="masked",
            erased="emptied",
        ),
        "to_masked": datamap.Personal("contact", datamap.DELIVERY, "90 days", erased="emptied"),
        "transaction": datamap.Personal(
            "activity", datamap.DELIVERY, "90 days", source="this server", erased="emptied"
        ),
        "context": datamap.Personal("content", datamap.DELIVERY, "90 days", source="this server", erased="emptied"),
        "body": datamap.Personal(
            "content",
            datamap.DELIVERY,
            "until sent or expired",
            source="a member or staff",
            recipients=(datamap.PROVIDER,),
            erased="emptied",
        ),
    }

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [models.UniqueConstraint(fields=["public_id"], name="one_message_an_id")]
        indexes = [
            models.Index(fields=["customer", "-id"], name="message_of_customer"),
            models.Index(fields=["customer", "transaction"], name="message_of_transaction"),
            models.Index(
                fields=["-is_code", "next_try_at"],
                condition=models.Q(state__in=["queued", "claimed", "sending"]),
                name="message_waiting",
            ),
            models.Index(
                fields=["is_code", "customer", "-next_try_at"],
                condition=models.Q(state="queued"),
                name="message_turn",
            ),
            models.Index(fields=["not_after"], condition=models.Q(body__isnull=False), name="message_text_age"),
            models.Index(fields=["user", "-id"], name="message_of_user"),
            models.Index(fields=["link"], condition=~models.Q(link=None), name="message_of_link"),
            models.Index(
                fields=["customer", "-id"],
                condition=models.Q(state__in=["refused", "unknown", "dead"]),
                name="message_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, {self.get_channel_display()}"

    @property
    def reason_in_words(self) -> str:
        """Why it went as it did, for pages; empty when there is nothing to say."""
        return reasons.in_words(self.reason)


class WorkerHeartbeat(models.Model):
    """When a worker last did a task from each queue; readiness is judged by it, for a worker may be alive but deaf."""

    queue = models.CharField(primary_key=True, max_length=16)
    at = models.DateTimeField()

    data_map = datamap.plain("queue", "at")

    class Meta:
        verbose_name = _("worker heartbeat")
        verbose_name_plural = _("worker heartbeats")

    def __str__(self) -> str:
        return self.queue
