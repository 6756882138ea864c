"""Tickets and what was written in them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id

_WRITER = datamap.Personal("contact", datamap.SUPPORT, "1 year after it was closed", source="the person")


class Ticket(models.Model):
    """A question, from a member on the support page or from a plugin's contact form."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for an answer")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    class Topic(models.TextChoices):
        SETUP = "setup", _("set-up")
        SIGN_IN = "sign_in", _("signing in")
        MESSAGES = "messages", _("codes and messages")
        ACCOUNT = "account", _("account and team")
        PRIVACY = "privacy", _("personal data")
        ABUSE = "abuse", _("abuse, or a breach of terms")
        OTHER = "other", _("something else")

    class Channel(models.TextChoices):
        MAIL = "mail", _("in writing")
        MEETING = "meeting", _("in a meeting")
        SCREEN = "screen", _("by sharing a screen")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, null=True, blank=True, related_name="tickets")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    category = models.CharField(_("plugin"), max_length=120, blank=True)
    topic = models.CharField(_("category"), max_length=12, choices=Topic, default=Topic.OTHER)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, default=Channel.MAIL)
    screen_agreed_at = models.DateTimeField(_("agreed to share a screen"), null=True, blank=True)
    answered_at = models.DateTimeField(_("first answer"), null=True, blank=True)
    is_restricted = models.BooleanField(_("investigation: seen by few"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain(
        *("id", "public_id", "customer", "category", "topic", "channel", "state", "created_at", "changed_at"),
        *("answered_at", "screen_agreed_at", "is_restricted"),
    ) | {
        "user": _WRITER,
        "email": _WRITER,
        "subject": _WRITER,
    }

    class Meta:
        verbose_name = _("support ticket")
        verbose_name_plural = _("support tickets")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(channel="screen") | models.Q(screen_agreed_at__isnull=False),
                name="screen_shared_by_agreement",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-changed_at"], name="ticket_of_customer"),
            models.Index(fields=["state", "-changed_at"], name="ticket_by_state"),
        ]

    def __str__(self) -> str:
        return self.subject


class TicketEntry(models.Model):
    """One text in a ticket."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="entries")
    by_staff = models.BooleanField(default=False)
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    text = EncryptedTextField(_("text"))
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "ticket", "by_staff", "at") | {
        "user": _WRITER,
        "text": datamap.Personal("content", datamap.SUPPORT, "1 year after it was closed", source="the person"),
    }

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["ticket", "at"], name="entry_of_ticket")]

    def __str__(self) -> str:
        return str(self.at)


class TicketViewer(models.Model):
    """Who of the staff may see a restricted ticket."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="viewers")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "ticket", "at") | {
        "user": datamap.Personal("identity", datamap.SUPPORT, "1 year after it was closed", source="this server")
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="viewer_once")]

    def __str__(self) -> str:
        return str(self.id)
