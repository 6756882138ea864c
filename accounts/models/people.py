"""Persons: users, their memberships and sessions, invitations, and what stays when they are erased."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from accounts import datamap, names
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id
from accounts.models.customers import Customer

_IDENTITY = datamap.Personal("identity", datamap.SIGN_IN, "as long as the user")
_ADDRESS = datamap.Personal("contact", datamap.DELIVERY, "as long as the user", recipients=(datamap.PROVIDER,))

_TERMS = datamap.Personal(
    "status",
    datamap.RIGHTS,
    "as long as the user",
    source="the person",
    basis="legal obligation",
    corrected="by agreeing or withdrawing",
)


class UserManager(BaseUserManager["User"]):
    """Finds people; making and changing them is the verbs' work."""

    def living(self) -> models.QuerySet["User"]:
        return self.filter(erased_at=None)


class User(AbstractBaseUser):
    """A person. Belongs to one customer; whoever signs in to the dashboard or the admin belongs to the operator."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="users")
    username = models.CharField(_("username"), max_length=255)
    canonical_username = models.CharField(max_length=255, editable=False)
    email = models.EmailField(_("e-mail"), blank=True)
    canonical_email = models.CharField(max_length=254, blank=True, editable=False)
    phone = PhoneNumberField(_("phone"), blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    email_confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    dialect_method = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    disabled_at = models.DateTimeField(_("disabled"), null=True, blank=True)
    restricted_at = models.DateTimeField(_("processing restricted"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    last_login = None  # summed by beat into last_sign_in_at, never written in a sign-in
    last_sign_in_at = models.DateTimeField(_("last sign-in"), null=True, blank=True, editable=False)
    factors_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    agreed_terms = models.PositiveIntegerField(default=0, editable=False)
    terms_withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    phrase = EncryptedTextField(null=True, blank=True, editable=False)  # in our notices: nobody else can copy them
    consented = models.JSONField(default=list, blank=True, editable=False)  # purposes of consents that hold

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []  # type: ignore[misc]  # a class variable there

    data_map = datamap.plain("id", "public_id", "customer", "created_at", "is_staff") | {
        "username": replace(_IDENTITY, recipients=(datamap.SITE, datamap.CUSTOMER_FILE)),
        "canonical_username": _IDENTITY,
        "first_name": replace(_IDENTITY, recipients=(datamap.CUSTOMER_FILE,)),
        "last_name": replace(_IDENTITY, recipients=(datamap.CUSTOMER_FILE,)),
        "email": replace(_ADDRESS, recipients=(datamap.PROVIDER, datamap.SITE)),
        "canonical_email": _ADDRESS,
        "phone": _ADDRESS,
        "email_confirmed_at": _ADDRESS,
        "language": datamap.Personal("preference", datamap.DELIVERY, "as long as the user"),
        "password": datamap.Personal(
            "credential", datamap.SIGN_IN, "as long as the user", source="the person", exported="that it exists"
        ),
        "dialect_method": datamap.Personal("preference", datamap.SIGN_IN, "as long as the user"),
        "phrase": datamap.Personal("preference", datamap.SIGN_IN, "as long as the user", source="the person"),
        "last_sign_in_at": datamap.Personal(
            "activity", datamap.SIGN_IN, "as long as the user", source="this server", corrected="not: it is a record"
        ),
        "factors_changed_at": datamap.Personal(
            "activity", datamap.SIGN_IN, "as long as the user", source="this server", corrected="not: it is a record"
        ),
        "agreed_terms": _TERMS,
        "terms_withdrawn_at": _TERMS,
        "consented": _TERMS,
        "disabled_at": datamap.Personal("status", datamap.SIGN_IN, "as long as the user", source="the customer"),
        "restricted_at": datamap.Personal("status", datamap.RIGHTS, "as long as the user"),
        "erased_at": datamap.Personal("status", datamap.RIGHTS, "as long as the row"),
    }

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "canonical_username"],
                condition=models.Q(erased_at=None),
                name="one_name_a_customer",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="user_newest"),
            models.Index(
                fields=["customer", "canonical_username"],
                name="user_by_name",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
            models.Index(
                fields=["customer", "canonical_email"],
                name="user_by_email",
                opclasses=["uuid_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["is_staff"], condition=models.Q(is_staff=True), name="user_staff"),
            models.Index(
                Coalesce("last_sign_in_at", "created_at"),
                condition=models.Q(restricted_at=None, erased_at=None),
                name="user_idle",
            ),
        ]

    def save(
        self,
        *args: Any,
        update_fields: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Keep the canonical forms beside what they are made of. Raises names.UnusableName."""
        self.canonical_username = names.canonical(self.username)
        self.canonical_email = names.canonical(self.email) if self.email else ""
        if update_fields is not None:
            update_fields = set(update_fields)
            update_fields |= {f"canonical_{name}" for name in ("username", "email") if name in update_fields}
        super().save(*args, update_fields=update_fields, **kwargs)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # a field there
        return self.disabled_at is None and self.erased_at is None

    def get_full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def get_short_name(self) -> str:
        return self.first_name or self.username

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Staff may what the admin's classes allow; there is no second table of permissions."""
        return self.is_staff and self.is_active

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff and self.is_active


class Role(models.TextChoices):
    """What a member may do in a customer's dashboard; the matrix is in accounts/roles.py."""

    OWNER = "owner", _("owner")
    ADMIN = "admin", _("admin")
    HELP_DESK = "help_desk", _("help desk")
    READ_ONLY = "read_only", _("read-only")


class Membership(models.Model):
    """That a user of the operator's may open a customer's dashboard."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "public_id", "customer", "created_at") | {
        "user": datamap.Personal("identity", datamap.CONTRACT, "as long as the membership", basis="contract"),
        "role": datamap.Personal("status", datamap.CONTRACT, "as long as the membership", basis="contract"),
    }

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "customer"], name="one_role_a_customer")]
        indexes = [models.Index(fields=["customer", "created_at"], name="member_of_customer")]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"


class Invitation(models.Model):
    """An offer of a membership, open until it is accepted, withdrawn or expired."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain(
        "id", "public_id", "customer", "created_at", "expires_at", "accepted_at", "withdrawn_at"
    ) | {
        "email": datamap.Personal(
            "contact",
            datamap.CONTRACT,
            "30 days after it ended",
            source="a member",
            recipients=("the e-mail provider",),
        ),
        "role": datamap.Personal("status", datamap.CONTRACT, "30 days after it ended", source="a member"),
        "invited_by": datamap.Personal("identity", datamap.CONTRACT, "30 days after it ended", source="this server"),
    }

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [models.Index(fields=["customer", "-created_at"], name="invitation_of_customer")]

    def __str__(self) -> str:
        return names.mask_email(self.email)


class Session(AbstractBaseSession):
    """A signed-in browser. The cookie's value is not stored: `session_key` is its hash."""

    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(default=timezone.now, editable=False)
    browser = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=2, blank=True)

    data_map = datamap.plain("session_key", "public_id", "customer", "created_at", "expire_date", "session_data") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "until the session ends", source="the person"),
        "last_seen_at": datamap.Personal("activity", datamap.SIGN_IN, "until the session ends", source="this server"),
        "browser": datamap.Personal("device", datamap.SIGN_IN, "until the session ends", source="the browser"),
        "country": datamap.Personal(
            "location", datamap.SIGN_IN, "until the session ends", source="the network address"
        ),
    }

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        indexes = [
            models.Index(fields=["user", "-last_seen_at"], name="session_of_user"),
            models.Index(fields=["expire_date"], name="session_expiry"),
        ]

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore


class ErasureRequest(models.Model):
    """A user whose erasure was asked for; privacy works it off. `reference` is how the asker finds what led to it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.CharField(max_length=16)
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "customer", "asked_at", "asked_by", "done_at") | {
        "user": datamap.Personal("identity", datamap.RIGHTS, "until erased", erased="the link to the person is cut"),
        "reference": datamap.Personal(
            "request",
            datamap.RIGHTS,
            "3 years after its end",
            source="a member",
            basis="legal obligation",
            corrected="not: it is a record",
            erased="stays: an id without a person",
        ),
    }

    class Meta:
        verbose_name = _("erasure request")
        verbose_name_plural = _("erasure requests")
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(done_at=None), name="erasure_due"),
            models.Index(fields=["customer", "-id"], name="erasure_of_customer"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ErasedName(models.Model):
    """The keyed hash of an erased user's name, so that a site cannot bring the person back unawares.

    `tried_at`: when somebody last tried to, until a member has seen to it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="erased_names")
    name_hash = models.CharField(max_length=32)
    erased_at = models.DateTimeField(default=timezone.now, editable=False)
    request = models.ForeignKey(ErasureRequest, models.SET_NULL, null=True, related_name="names")
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "customer", "erased_at", "request", "tries", "tried_at") | {
        "name_hash": datamap.Personal(
            "identity", datamap.RIGHTS, "until a member allows the name again", exported="not: only a hash"
        )
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "name_hash"], name="erased_once")]
        indexes = [
            models.Index(
                fields=["customer", "-tried_at"], condition=models.Q(tried_at__isnull=False), name="erased_name_tried"
            )
        ]

    def __str__(self) -> str:
        return str(self.id)
