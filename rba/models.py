"""What is kept of sign-ins: one history a user, one row a decision, and the counts of a customer. No raw value."""

from datetime import UTC, datetime
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
    "device", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the browser", exported="not: only a hash", corrected=_RECORD
)
_JUDGED = datamap.Personal("activity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="this server", corrected=_RECORD)


class RiskProfile(models.Model):
    """One user's history: keyed hashes and coarse values. Without its salt it can be linked to nothing."""

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="+")
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    salt = models.BinaryField(max_length=16)
    key_id = models.CharField(max_length=16, default="")  # the root key that its hashes were made with
    history = models.JSONField(default=dict)
    changed_at = models.DateTimeField(default=timezone.now)
    erase_at = models.DateTimeField(null=True, blank=True)  # when the person's wish to erase it is carried out

    data_map = datamap.plain("customer", "key_id") | {
        "erase_at": datamap.Personal("status", datamap.RIGHTS, "1 year", source="the person"),
        "user": datamap.Personal("identity", datamap.SIGN_IN, "1 year", source="the site"),
        "salt": _HISTORY,
        "history": _HISTORY,
        "changed_at": datamap.Personal("activity", datamap.SIGN_IN, "1 year", source="this server"),
    }

    class Meta:
        indexes = [
            models.Index(fields=["changed_at"], name="risk_profile_age"),
            models.Index(fields=["erase_at"], name="risk_profile_erase", condition=~models.Q(erase_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RiskDecision(models.Model):
    """One decision: what was compared, the score in its parts, and what the policy made of it.

    Written when somebody wants in, again when they answer and have shown more; proof and folding are noted on it.
    `verdict` is what holds, `would` what the policy wants, which differs where it only reports. `outcome` is what the
    score says without any policy.
    """

    class Where(models.TextChoices):
        """Through which face somebody came."""

        PROMPT = "prompt", _("the prompt")
        DIALECT = "dialect", _("the plugin")
        API = "api", _("the API")
        DOOR = "door", _("our own sign-in page")

    class Folded(models.IntegerChoices):
        """What the customer's counts have taken from it."""

        NOTHING = 0
        UNPROVED = 1
        LEARNED = 2

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=64)  # by which its proof finds it: a transaction's id
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, blank=True, related_name="+")
    where = models.CharField(max_length=8, choices=Where, blank=True)
    at = models.BigIntegerField()  # seconds, as arithmetic has it
    engine = models.SmallIntegerField()
    failed = models.BooleanField(default=False)
    attempt = models.JSONField()
    lessons = models.JSONField(default=list)
    expected = models.JSONField(default=dict)
    score = models.FloatField(null=True)
    total = models.FloatField()
    base = models.FloatField(default=0)
    parts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)  # feature, level, how, points
    facts = models.JSONField(default=dict)  # what rules looked at beside score and country: no value in clear
    levels = models.JSONField(default=dict)  # of each level that was looked at: usual, rare, new or missing
    outcome = models.CharField(max_length=8)
    band = models.CharField(max_length=12, blank=True)
    verdict = models.CharField(max_length=8, blank=True)
    minimum = models.SmallIntegerField(default=0)  # the least that a proof must be worth (Assurance)
    would = models.CharField(max_length=8, blank=True)
    rule = models.CharField(max_length=32, blank=True)  # the key of the one that decided
    rules = models.JSONField(default=list)  # the keys of all that applied
    notice = models.BooleanField(default=False)
    spared = models.BooleanField(default=False)  # the never-block list kept a refusal away
    report_only = models.BooleanField(default=False)
    version = models.IntegerField(default=0)  # of the policy
    country = models.CharField(max_length=2, blank=True)
    dropped = models.PositiveSmallIntegerField(default=0)  # what was sent and is none of the eight kinds of data
    taught_at = models.DateTimeField(null=True, blank=True)
    folded = models.SmallIntegerField(choices=Folded, default=Folded.NOTHING)

    data_map = datamap.plain(
        "id", "name", "customer", "site", "engine", "folded", "rule", "rules", "report_only", "version", "dropped"
    ) | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the site"),
        "country": datamap.Personal(
            "location", datamap.SIGN_IN, datamap.EVENTS_KEPT, source="the network address", corrected=_RECORD
        ),
        "facts": _JUDGED,
        "levels": _JUDGED,
        "where": _JUDGED,
        "base": _JUDGED,
        "band": _JUDGED,
        "verdict": _JUDGED,
        "minimum": _JUDGED,
        "would": _JUDGED,
        "notice": _JUDGED,
        "spared": _JUDGED,
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
        verbose_name = _("decision about risk")
        verbose_name_plural = _("decisions about risk")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="one_risk_decision_a_name")]
        indexes = [
            models.Index(fields=["user", "at"], name="risk_decision_of_user", condition=models.Q(taught_at=None)),
            models.Index(fields=["customer", "at"], name="risk_decision_unfolded", condition=models.Q(folded__lt=2)),
            models.Index(fields=["customer", "-id"], name="risk_decision_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.pk}"

    @property
    def made_at(self) -> datetime:
        """When it was made, as pages show it."""
        return datetime.fromtimestamp(self.at, UTC)


class RiskSettings(models.Model):
    """Which kinds of data a customer lets be looked at; without a row: those that are on by default."""

    customer = models.OneToOneField("accounts.Customer", models.CASCADE, primary_key=True, related_name="+")
    features = models.JSONField(default=list)
    reason = models.CharField(max_length=500, blank=True)  # why the fingerprint is on (it is off by default)
    changed_at = models.DateTimeField(default=timezone.now)

    data_map = datamap.plain("customer", "features", "reason", "changed_at", why="a customer's choice")

    def __str__(self) -> str:
        return str(self.pk)


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
