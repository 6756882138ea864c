"""Transactions: one row for each proof that was asked for."""

from dataclasses import replace

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id
from mfa.models.proofs import AddressGuard, Authenticator

_EVENT = datamap.Personal(
    "activity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="this server", corrected="not: it is a record"
)
_LISTED = replace(_EVENT, recipients=(datamap.CUSTOMER_FILE,))


class Transaction(models.Model):
    """One authentication: what was asked of whom, and how it went. `public_id` is the dialect's txId.

    `verifies_user` asks a security key to make sure who holds it (user verification, WebAuthn §5.8.6).
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        APPROVED = "approved", _("approved")
        DENIED = "denied", _("denied by the person")
        EXPIRED = "expired", _("expired")
        FAILED = "failed", _("failed")

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("sign-in")
        ENROL = "enrol", _("proof of an address")
        REGISTER = "register", _("registration")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="transactions", db_index=False)
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, blank=True, related_name="transactions", db_index=False
    )
    authenticator = models.ForeignKey(Authenticator, models.SET_NULL, null=True, blank=True, related_name="+")
    guard = models.ForeignKey(AddressGuard, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    is_weighed = models.BooleanField(default=False)  # risk decided under its public id, and learns when it is proved
    method = models.CharField(_("method"), max_length=32)
    dialect_name = models.CharField(max_length=64, blank=True)
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose, default=Purpose.SIGN_IN)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PENDING)
    key_id = models.CharField(max_length=16)
    nonce = models.CharField(max_length=22, default=new_public_id)
    code_length = models.PositiveSmallIntegerField(default=6)
    tries = models.PositiveSmallIntegerField(_("wrong answers"), default=0)
    tries_allowed = models.PositiveSmallIntegerField(default=5)
    verifies_user = models.BooleanField(default=False)
    asked = models.JSONField(default=list, blank=True)
    sent_to = models.CharField(_("sent to"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("began"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)
    country = models.CharField(max_length=2, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "authenticator",
        "guard",
        "is_weighed",
        "key_id",
        "nonce",
        "code_length",
        "asked",
        "tries_allowed",
        "verifies_user",
    ) | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the site"),
        "method": _LISTED,
        "dialect_name": _EVENT,
        "purpose": _LISTED,
        "state": _LISTED,
        "tries": _LISTED,
        "created_at": _LISTED,
        "expires_at": _EVENT,
        "closed_at": _EVENT,
        "sent_to": datamap.Personal(
            "contact",
            datamap.DELIVERY,
            datamap.EVENTS_KEPT,
            recipients=(datamap.CUSTOMER_FILE,),
            exported="masked",
        ),
        "country": datamap.Personal(
            "location",
            datamap.SIGN_IN,
            datamap.EVENTS_KEPT,
            source="the network address",
            recipients=(datamap.CUSTOMER_FILE,),
        ),
    }

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        # Every sign-in writes to each of them, so no index is the beginning of another (docs/performance.md)
        constraints = [models.UniqueConstraint(fields=["public_id"], name="one_transaction_an_id")]
        indexes = [
            models.Index(fields=["customer", "-id"], name="txn_of_customer"),
            models.Index(fields=["customer", "state", "-id"], name="txn_by_state"),
            models.Index(fields=["customer", "method", "-id"], name="txn_by_method"),
            models.Index(fields=["user", "-id"], name="txn_of_user"),
            models.Index(fields=["user", "method"], condition=models.Q(state="pending"), name="txn_open_of_user"),
            models.Index(fields=["guard"], condition=~models.Q(guard=None), name="txn_of_address"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def shown_state(self) -> str:
        """The state as people see it: a transaction left open past its end has expired."""
        if self.state == self.State.PENDING and self.expires_at <= timezone.now():
            return self.State.EXPIRED
        return self.state
