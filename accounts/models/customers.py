"""Customers, their sites and the sites' keys, and what a customer has agreed to."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id


class Customer(models.Model):
    """An organisation with an account: the unit of tenancy, and the controller of its users' data.

    `closing_at` alone: closes then, unless somebody takes it back. Both it and `closed_at`: closed, and being erased.
    `closed_at` alone: only this row is left, without a name, for the trail that names it.
    `terms_needed` is the least version of its terms that its end users must have agreed to, 0 for none.
    `test_of`: the universe in which that customer tries things out; its codes are fixed and nothing is sent.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    number = models.BigIntegerField(_("customer key"), unique=True, editable=False)
    name = models.CharField(_("company or website"), max_length=200)
    slug = models.SlugField(max_length=64, unique=True)
    website = models.CharField(_("website"), max_length=255, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_operator = models.BooleanField(default=False, editable=False)
    test_of = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="test_customer"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("address confirmed"), null=True, blank=True)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    closing_at = models.DateTimeField(_("closes"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    keys_stopped_at = models.DateTimeField(_("keys stopped"), null=True, blank=True, editable=False)
    token_key = EncryptedTextField()
    app_secret = EncryptedTextField()
    has_webhooks = models.BooleanField(default=False, editable=False)
    code_length = models.PositiveSmallIntegerField(_("digits in a code"), default=6)
    code_seconds = models.PositiveIntegerField(_("life of a code, in seconds"), default=300)
    strict_addresses = models.BooleanField(_("send codes to known addresses only"), default=False)
    relays_notices = models.BooleanField(_("sites may send notices of their own"), default=False)
    terms_needed = models.PositiveIntegerField(default=0, editable=False)
    inactive_months = models.PositiveSmallIntegerField(_("months without a sign-in"), null=True, blank=True)
    sites_ask_terms = models.BooleanField(_("sites ask people to agree to the terms themselves"), default=True)
    sms_countries = models.JSONField(_("countries for text messages"), default=list, blank=True)
    email_day_limit = models.PositiveIntegerField(_("e-mails a day"), null=True, blank=True)
    sms_day_limit = models.PositiveIntegerField(_("text messages and calls a day"), null=True, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "number",
        "name",
        "slug",
        "website",
        "language",
        "is_operator",
        "test_of",
        "created_at",
        "confirmed_at",
        "suspended_at",
        "closing_at",
        "closed_at",
        "keys_stopped_at",
        "token_key",
        "app_secret",
        "has_webhooks",
        "code_length",
        "code_seconds",
        "strict_addresses",
        "relays_notices",
        "terms_needed",
        "inactive_months",
        "sites_ask_terms",
        "sms_countries",
        "email_day_limit",
        "sms_day_limit",
        why="about an organisation",
    )

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(
                fields=["is_operator"], condition=models.Q(is_operator=True), name="only_one_operator"
            ),
            models.CheckConstraint(condition=models.Q(code_length__range=(6, 10)), name="code_length_6_to_10"),
            models.CheckConstraint(condition=models.Q(code_seconds__range=(60, 600)), name="code_life_1_to_10_minutes"),
        ]
        indexes = [
            models.Index(fields=["closing_at"], condition=~models.Q(closing_at=None), name="customer_closing"),
            models.Index(fields=["closed_at"], condition=~models.Q(closed_at=None), name="customer_closed"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_closing(self) -> bool:
        """Whether it closes at a date that can still be taken back."""
        return self.closing_at is not None and self.closed_at is None

    @property
    def is_test(self) -> bool:
        """Whether this is where a customer tries things out."""
        return self.test_of_id is not None

    @property
    def customer_id(self) -> object:
        """A customer's own id, under the name every other row uses."""
        return self.id


class Site(models.Model):
    """A customer's application that asks us."""

    class Mode(models.TextChoices):
        UNKNOWN = "", _("not seen yet")
        CLOUD = "cloud", _("this server does the second factor")
        ON_SITE = "onprem", _("the plugin does it on the site")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="sites")
    name = models.CharField(_("name"), max_length=200)
    url = models.CharField(_("address"), max_length=255, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)
    is_first = models.BooleanField(default=False, editable=False)
    connected_at = models.DateTimeField(_("first signed call"), null=True, blank=True, editable=False)
    last_call_at = models.DateTimeField(_("last call"), null=True, blank=True, editable=False)
    plugin_version = models.CharField(max_length=32, blank=True, editable=False)
    connector_version = models.CharField(max_length=32, blank=True, editable=False)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.UNKNOWN, blank=True, editable=False)
    users_on_site = models.PositiveIntegerField(null=True, blank=True, editable=False)
    plugin_password_name = models.CharField(max_length=16, null=True, blank=True, unique=True, editable=False)
    plugin_password_hash = models.CharField(max_length=64, blank=True, editable=False)
    plugin_password_at = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "name",
        "url",
        "created_at",
        "archived_at",
        "is_first",
        "connected_at",
        "last_call_at",
        "plugin_version",
        "connector_version",
        "mode",
        "users_on_site",
        "plugin_password_name",
        "plugin_password_hash",
        "plugin_password_at",
        why="about a website",
    )

    class Meta:
        verbose_name = _("site")
        verbose_name_plural = _("sites")
        indexes = [models.Index(fields=["customer", "-created_at"], name="site_of_customer")]

    def __str__(self) -> str:
        return self.name


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Reading keys."""

    def live(self, now: datetime | None = None) -> "ApiKeyQuerySet":
        """Keys that still open the API: the current ones, and replaced ones inside their overlap.

        None of a customer that stopped all of its keys.
        """
        now = now or timezone.now()
        in_time = models.Q(retires_at=None) | models.Q(retires_at__gt=now)
        return self.filter(in_time, revoked_at=None, customer__keys_stopped_at=None)


class ApiKey(models.Model):
    """A site's key under the customer's public number. Recoverable, since the dialect hashes over the key itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="api_keys")
    site = models.ForeignKey(Site, models.CASCADE, related_name="api_keys")
    secret = EncryptedTextField()
    ending = models.CharField(_("ends in"), max_length=4, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retires_at = models.DateTimeField(_("works until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    data_map = datamap.plain(
        "id",
        "customer",
        "site",
        "secret",
        "ending",
        "created_at",
        "retires_at",
        "revoked_at",
        "last_used_at",
        why="a site's credential",
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        indexes = [models.Index(fields=["customer", "site", "-created_at"], name="key_of_site")]
        constraints = [
            models.UniqueConstraint(
                fields=["site"], condition=models.Q(retires_at=None, revoked_at=None), name="one_current_key_a_site"
            )
        ]

    def __str__(self) -> str:
        return f"…{self.ending}"

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (self.retires_at is None or self.retires_at > timezone.now())


class Acceptance(models.Model):
    """That a customer agreed to one version of one of the operator's documents, kept as proof."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="acceptances")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    document = models.CharField(max_length=16)
    version = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "customer", "document", "version", "text_hash", "language", "at") | {
        "user": datamap.Personal(
            "identity",
            datamap.CONTRACT,
            "as long as the customer's account",
            source="the person",
            basis="contract",
            erased="the link to the person is cut",
        )
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "document", "version"], name="agreed_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
