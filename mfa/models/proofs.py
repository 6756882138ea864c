"""Authenticators, what counts wrong answers, and what is remembered of secrets that are no longer good."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.models import Device, DeviceManager

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_public_id

_PROOF = datamap.Personal("authenticator", datamap.SIGN_IN, "as long as the authenticator")
_COUNTER = datamap.Personal(
    "activity", datamap.ABUSE, "as long as the authenticator", source="this server", corrected="not: it is a record"
)


class Guard(models.Model):
    """Counts wrong answers in a row; `mfa/guessing.py` says what follows from them (security.md S1)."""

    failures = models.PositiveIntegerField(default=0, editable=False)
    wait_until = models.DateTimeField(null=True, blank=True, editable=False)
    off_at = models.DateTimeField(null=True, blank=True, editable=False)

    data_map: ClassVar[datamap.Declaration] = {
        "failures": _COUNTER,
        "wait_until": _COUNTER,
        "off_at": _COUNTER,
    }

    class Meta:
        abstract = True


class AuthenticatorQuerySet(models.QuerySet["Authenticator"]):
    """Reading authenticators."""

    def active(self) -> "AuthenticatorQuerySet":
        """Confirmed, not suspended, not switched off, not past its end."""
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now()),
            confirmed=True,
            suspended_at=None,
            off_at=None,
        )


class Authenticator(Guard, Device):
    """A method that a user has enrolled. One table for all of them, so that a login costs one query.

    `data` holds what a method needs beside a secret and an address: for KBA the questions and the answers' hashes.
    `last_step` is the newest step, counter or sign count that was used. `bound_here` says that the person added it on
    our own pages, so that its address counts for signing in, not only for itself (security.md S9).
    """

    public_id = models.CharField(max_length=22, default=new_public_id, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, db_index=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    method = models.CharField(_("method"), max_length=32)
    secret = EncryptedTextField(bound_to="public_id", null=True, blank=True)
    pending_secret = EncryptedTextField(bound_to="public_id", null=True, blank=True)
    address = EncryptedTextField(bound_to="public_id", null=True, blank=True)
    address_hash = models.CharField(max_length=32, blank=True, editable=False)
    data = models.JSONField(default=dict, blank=True)
    last_step = models.BigIntegerField(default=-1, editable=False)
    drift = models.SmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    suspended_at = models.DateTimeField(pgettext_lazy("a method", "suspended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("works until"), null=True, blank=True)
    uses_left = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    bound_here = models.BooleanField(default=False, editable=False)

    shown_once: list[str] | None = None  # codes in clear, on the instance that just made them and nowhere else

    objects = DeviceManager.from_queryset(AuthenticatorQuerySet)()  # type: ignore[misc]  # django-otp brings no types

    data_map = datamap.plain("id", "public_id", "customer", "created_at") | {
        "user": _PROOF,
        "name": _PROOF,
        "confirmed": _PROOF,
        "method": _PROOF,
        "secret": datamap.Personal(
            "credential", datamap.SIGN_IN, "as long as the authenticator", exported="that it exists"
        ),
        "pending_secret": datamap.Personal(
            "credential", datamap.SIGN_IN, "until confirmed or replaced", exported="that it exists"
        ),
        "address": datamap.Personal(
            "contact",
            datamap.SIGN_IN,
            "as long as the authenticator",
            recipients=(datamap.PROVIDER,),
            exported="masked",
        ),
        "address_hash": datamap.Personal(
            "contact", datamap.SIGN_IN, "as long as the authenticator", exported="not: only a hash"
        ),
        "data": datamap.Personal(
            "credential", datamap.SIGN_IN, "as long as the authenticator", exported="what it is, not what proves it"
        ),
        "last_step": _COUNTER,
        "drift": _COUNTER,
        "last_used_at": _COUNTER,
        "suspended_at": _PROOF,
        "expires_at": _PROOF,
        "uses_left": _PROOF,
        "bound_here": _PROOF,
        "reason": datamap.Personal(
            "content", datamap.ACCOUNTABILITY, "as long as the authenticator", source="a member"
        ),
    }

    class Meta:
        verbose_name = _("authenticator")
        verbose_name_plural = _("authenticators")
        indexes = [models.Index(fields=["user", "method"], name="authenticator_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["public_id"], name="one_authenticator_an_id"),
            models.UniqueConstraint(
                fields=["user", "method", "address_hash"],
                condition=models.Q(expires_at=None),
                name="one_authenticator_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.public_id[:4]}"

    @property
    def is_usable(self) -> bool:
        """Neither suspended, switched off nor past its end; whether it was confirmed is another question."""
        ended = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.suspended_at is None and self.off_at is None and not ended

    def verify_token(self, token: str) -> bool:
        """Always False: proofs go through `mfa.verbs.verify`, which holds the locks and counts."""
        return False

    def verify_is_allowed(self) -> tuple[bool, Any]:
        return False, None


class Lane(models.Model):
    """Wrong answers from one source to one authenticator.

    So that strangers elsewhere make nobody wait (security.md S20).
    """

    id = models.BigAutoField(primary_key=True)
    authenticator = models.ForeignKey(Authenticator, models.CASCADE, related_name="lanes")
    source = models.CharField(max_length=32)
    failures = models.PositiveIntegerField(default=0)
    wait_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    data_map = datamap.plain("id", "authenticator", "changed_at") | {
        "source": datamap.Personal(
            "location", datamap.ABUSE, "30 days", source="the network address", exported="not: only a hash"
        ),
        "failures": _COUNTER,
        "wait_until": _COUNTER,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authenticator", "source"], name="one_lane_a_source")]
        indexes = [models.Index(fields=["changed_at"], name="lane_age")]

    def __str__(self) -> str:
        return self.source[:4]


class AddressGuard(Guard):
    """Counts wrong answers to codes that went to an address of nobody we know."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    address_hash = models.CharField(max_length=32)
    changed_at = models.DateTimeField(default=timezone.now)

    data_map = datamap.plain("id", "customer", "changed_at") | {
        "address_hash": datamap.Personal("contact", datamap.ABUSE, "30 days", exported="not: only a hash")
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "address_hash"], name="one_guard_an_address")]

    def __str__(self) -> str:
        return self.address_hash


class RetiredSecret(models.Model):
    """The keyed hash of a secret that was replaced, reset or switched off, so that it never enrols itself anew."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain("id", "at") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "as long as the user"),
        "digest": datamap.Personal("credential", datamap.SIGN_IN, "as long as the user", exported="not: only a hash"),
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="retired_once")]

    def __str__(self) -> str:
        return self.digest[:4]
