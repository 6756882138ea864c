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

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, null=True, blank=True, related_name="tickets")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    category = models.CharField(_("category"), max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "public_id", "customer", "category", "state", "created_at", "changed_at") | {
        "user": _WRITER,
        "email": _WRITER,
        "subject": _WRITER,
    }

    class Meta:
        verbose_name = _("support ticket")
        verbose_name_plural = _("support tickets")
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
