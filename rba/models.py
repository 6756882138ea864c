"""What is kept of sign-ins: one history a user, one row a decision, and the counts of a customer. No raw value."""

from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id

_RECORD = "not: it is a record"
_HISTORY = datamap.Personal(
    "device", datamap.SIGN_IN, "1 year", source="the browser", exported="not: only a hash", corrected=_RECORD
)
_DECISION = datamap.Personal(
    "device", datamap.SIGN_IN, "90 days", source="the browser", exported="not: only a hash", corrected=_RECORD
)
_JUDGED = datamap.Personal("activity", datamap.SIGN_IN, "90 days", source="this server", corrected=_RECORD)


class RiskProfile(models.Model):
    """One user's history: keyed hashes and coarse values. Without its salt it can be linked to nothing."""

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="+")
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    salt = models.BinaryField(max_length=16)
    history = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)

    data_map = datamap.plain("customer") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "1 year", source="the site"),
        "salt": _HISTORY,
        "history": _HISTORY,
        "changed_at": datamap.Personal("activity", datamap.SIGN_IN, "1 year", source="this server"),
    }

    class Meta:
        indexes = [models.Index(fields=["changed_at"], name="risk_profile_age")]

    def __str__(self) -> str:
        return str(self.pk)


class RiskDecision(models.Model):
    """One decision, written once; proof and folding are noted on it."""

    class Folded(models.IntegerChoices):
        """What the customer's counts have taken from it."""

        NOTHING = 0
        UNPROVED = 1
        LEARNED = 2

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=64)  # by which its proof finds it: a transaction's id
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    at = models.BigIntegerField()  # seconds, as arithmetic has it
    engine = models.SmallIntegerField()
    failed = models.BooleanField(default=False)
    attempt = models.JSONField()
    lessons = models.JSONField(default=list)
    expected = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    total = models.FloatField()
    parts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)  # feature, level, how, points
    outcome = models.CharField(max_length=8)
    taught_at = models.DateTimeField(null=True, blank=True)
    folded = models.SmallIntegerField(choices=Folded, default=Folded.NOTHING)

    data_map = datamap.plain("id", "name", "customer", "engine", "folded") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "90 days", source="the site"),
        "attempt": _DECISION,
        "lessons": _DECISION,
        "expected": _DECISION,
        "at": _JUDGED,
        "failed": _JUDGED,
        "score": _JUDGED,
        "total": _JUDGED,
        "parts": _JUDGED,
        "findings": _JUDGED,
        "outcome": _JUDGED,
        "taught_at": _JUDGED,
    }

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="one_risk_decision_a_name")]
        indexes = [
            models.Index(fields=["user", "at"], name="risk_decision_of_user", condition=models.Q(taught_at=None)),
            models.Index(fields=["customer", "at"], name="risk_decision_unfolded", condition=models.Q(folded__lt=2)),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.pk}"


class RiskCount(models.Model):
    """One fading count over all users of a customer. `usual` ones are read with every decision: rates, no values."""

    id = models.BigAutoField(primary_key=True)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    level = models.CharField(max_length=40)
    key = models.CharField(max_length=24)
    usual = models.BooleanField()
    seen = models.FloatField()
    hits = models.FloatField()
    day = models.IntegerField()
    tags = models.JSONField(null=True)  # tells users apart until enough showed the value, then null

    data_map = datamap.plain(
        "id", "customer", "level", "key", "usual", "seen", "hits", "day", "tags", why="counts over many people"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "level", "key"], name="one_risk_count_a_key")]
        indexes = [
            models.Index(fields=["customer"], name="risk_count_usual", condition=models.Q(usual=True)),
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.key}"


class RiskPolicy(models.Model):
    """One version of what a customer does with risk, everywhere or at one site; version 0 is the draft.

    A version is never changed once it is published; going back publishes an old one as a new version.
    """

    DRAFT = 0

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.ForeignKey("accounts.Site", models.CASCADE, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=DRAFT, editable=False)
    document = models.JSONField(default=dict)
    back_to = models.PositiveIntegerField(null=True, editable=False)  # the version that this one brought back
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "version",
        "document",
        "back_to",
        "changed_at",
        why="about an organisation",
    )

    class Meta:
        verbose_name = _("risk policy")
        verbose_name_plural = _("risk policies")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "site", "version"], name="one_risk_policy_a_version", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version}"

    @classmethod
    def published(cls, customer: UUID) -> "QuerySet[RiskPolicy]":
        """The newest published version of each of a customer's scopes."""
        rows = cls.objects.filter(customer=customer).exclude(version=cls.DRAFT)
        return rows.order_by("site", "-version").distinct("site")
