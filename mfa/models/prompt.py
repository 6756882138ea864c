"""The hosted prompt: the pairs by which sites' clients ask for it, and each visit of a person to it."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id
from mfa.models.transactions import Transaction

_EVENT = datamap.Personal(
    "activity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="this server", corrected="not: it is a record"
)


class PromptClient(models.Model):
    """A site's client id and secret for the prompt, and where it may send people back to.

    `redirects` is a list of {"uri": text, "any_query": bool}. After a rotation the earlier secret works until
    `earlier_until`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.OneToOneField("accounts.Site", models.CASCADE, related_name="prompt_client")
    client_id = models.CharField(_("client id"), max_length=20, unique=True, editable=False)
    secret = EncryptedTextField()
    ending = models.CharField(_("ends in"), max_length=4, editable=False)
    earlier_secret = EncryptedTextField(null=True, blank=True)
    earlier_until = models.DateTimeField(null=True, blank=True)
    redirects = models.JSONField(_("redirect addresses"), default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    rotated_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "customer",
        "site",
        "client_id",
        "secret",
        "ending",
        "earlier_secret",
        "earlier_until",
        "redirects",
        "created_at",
        "rotated_at",
        "last_used_at",
        why="a site's credential",
    )

    class Meta:
        verbose_name = _("prompt client")
        verbose_name_plural = _("prompt clients")
        indexes = [models.Index(fields=["customer", "-created_at"], name="prompt_client_of_customer")]

    def __str__(self) -> str:
        return self.client_id


class UsedAssertion(models.Model):
    """The digest of a client assertion's jti, kept until the assertion would expire, so that it is used once."""

    id = models.BigAutoField(primary_key=True)
    client = models.ForeignKey(PromptClient, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    expires_at = models.DateTimeField()

    data_map = datamap.plain("id", "client", "digest", "expires_at")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "digest"], name="assertion_once")]
        indexes = [models.Index(fields=["expires_at"], name="assertion_expiry")]

    def __str__(self) -> str:
        return self.digest[:4]


class Visit(models.Model):
    """One visit to the prompt: who is to prove themselves, for what, and where they return to.

    It may span several transactions, one for each method that was tried. `method` is the way that was chosen last, in
    the end the method that passed; empty where a trusted device was recognised. `proved_at` says that the person
    proved themselves by what does not suffice here, and may enrol what does. Only an approved visit has a code for
    the site (`code_digest`), which is spent once.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        SITE = "site", _("sign-in at a site")
        OWN_PAGES = "own_pages", _("the person's own pages")

    class Risk(models.TextChoices):
        """What risk made of it; empty before it was looked at."""

        OFF = "off", _("not looked at")
        ALLOW = "allow", _("let in")
        STEP_UP = "step_up", _("more proof")
        DENY = "deny", _("refused")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, blank=True, related_name="+")
    client = models.ForeignKey(PromptClient, models.CASCADE, null=True, blank=True, related_name="+")
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.SITE)
    state = models.CharField(max_length=16, choices=State, default=State.PENDING)
    browser = models.CharField(max_length=32, editable=False)
    username = models.CharField(max_length=255, blank=True)
    transaction = models.ForeignKey(Transaction, models.SET_NULL, null=True, blank=True, related_name="+")
    decision_id = models.UUIDField(null=True, editable=False)  # rba's; it may be gone, as it can be erased
    risk = models.CharField(max_length=8, choices=Risk, blank=True)
    minimum = models.PositiveSmallIntegerField(default=0)  # the least that risk lets a proof be worth (Assurance)
    sent = models.PositiveSmallIntegerField(default=0)
    method = models.CharField(max_length=32, blank=True)
    skipped = models.BooleanField(default=False)
    proved_at = models.DateTimeField(null=True, blank=True, editable=False)
    return_to = models.TextField(blank=True)
    client_state = models.TextField(blank=True)
    nonce = models.CharField(max_length=1024, blank=True)
    code_parameter = models.CharField(max_length=16, default="code")
    code_digest = models.CharField(max_length=32, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    code_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "client",
        "transaction",
        "decision_id",
        "client_state",
        "nonce",
        "code_parameter",
        "code_digest",
        "code_expires_at",
        "code_used_at",
    ) | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the site"),
        "username": datamap.Personal("identity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the site"),
        "browser": datamap.Personal(
            "device", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the browser", exported="not: only a hash"
        ),
        "return_to": datamap.Personal("activity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the site"),
        "purpose": _EVENT,
        "state": _EVENT,
        "risk": _EVENT,
        "minimum": _EVENT,
        "sent": _EVENT,
        "method": _EVENT,
        "skipped": _EVENT,
        "proved_at": _EVENT,
        "created_at": _EVENT,
        "expires_at": _EVENT,
        "closed_at": _EVENT,
    }

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [
            models.Index(fields=["user", "-id"], name="visit_of_user"),
            models.Index(fields=["client", "code_digest"], condition=~models.Q(code_digest=""), name="visit_by_code"),
            models.Index(fields=["created_at"], name="visit_age"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def is_open(self, at: Any = None) -> bool:
        """Whether it still waits for a proof."""
        return self.state == self.State.PENDING and self.expires_at > (at or timezone.now())
