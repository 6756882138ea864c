"""Two different things in two tables: agreement, which is a gate, and consent, which is for what is optional."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id
from privacy.models.versions import Version

KEPT = "as long as the user, and 3 years"
_PROOF = datamap.Personal(
    "agreement",
    datamap.RIGHTS,
    KEPT,
    source="the person",
    basis="legal obligation",
    corrected="by agreeing or withdrawing",
    erased="stays: an id without a person",
)
_WHO = datamap.Personal(
    "identity",
    datamap.RIGHTS,
    KEPT,
    source="the person",
    basis="legal obligation",
    erased="the link to the person is cut",
)


class Way(models.TextChoices):
    """How somebody answered."""

    PAGE = "page", _("on our page")
    SITE = "site", _("at the site, which told us")
    OWN = "own", _("on their own pages")
    VERSION = "version", _("by a new version")
    MAIL = "mail", _("by the link in a mail")


class Proof(models.Model):
    """What both have in common: who, to which text, when, how, and until when it held.

    `person` is the id that stays when the person is erased, as in the audit trail; `kept_until` is set then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    person = models.UUIDField(editable=False)
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=8)
    way = models.CharField(_("way"), max_length=8, choices=Way)
    at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_way = models.CharField(max_length=8, choices=Way, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain("id", "public_id", "customer", "kept_until") | {
        "user": _WHO,
        "person": _PROOF,
        "text_hash": _PROOF,
        "language": _PROOF,
        "way": _PROOF,
        "at": _PROOF,
        "withdrawn_at": _PROOF,
        "withdrawn_way": _PROOF,
    }

    class Meta:
        abstract = True

    @property
    def holds(self) -> bool:
        return self.withdrawn_at is None


class Agreement(Proof):
    """That a person agreed to one version of a customer's terms: without it, no sign-in."""

    version = models.ForeignKey(Version, models.SET_NULL, null=True, related_name="+")
    number = models.PositiveIntegerField(_("version"))
    site = models.ForeignKey("accounts.Site", models.SET_NULL, null=True, blank=True, related_name="+")

    data_map = datamap.plain("version", "site") | {"number": _PROOF}

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "number"], condition=models.Q(withdrawn_at=None), name="agreed_once_a_number"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="agreement_of_customer"),
            models.Index(fields=["user", "-id"], name="agreement_of_user"),
            models.Index(
                fields=["kept_until"], condition=models.Q(kept_until__isnull=False), name="agreement_to_forget"
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class Consent(Proof):
    """That a person said yes to something optional. Saying no, or taking it back, costs nothing else."""

    purpose = models.CharField(_("purpose"), max_length=24)
    wording = models.PositiveIntegerField(_("version of the question"))
    question = models.TextField(default="")  # as it was read, of which `text_hash` is the hash

    data_map = {"purpose": _PROOF, "wording": _PROOF, "question": _PROOF}

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"], condition=models.Q(withdrawn_at=None), name="one_consent_a_purpose"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="consent_of_user"),
            models.Index(fields=["kept_until"], condition=models.Q(kept_until__isnull=False), name="consent_to_forget"),
        ]

    def __str__(self) -> str:
        return self.purpose


class Notice(models.Model):
    """That a person is told of a new version: on their pages until they have seen it, and by a mail if one can go."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    version = models.ForeignKey(Version, models.CASCADE, related_name="notices")
    message = models.ForeignKey("accounts.Message", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, blank=True)

    data_map = datamap.plain("id", "customer", "version", "message", "created_at") | {
        "user": datamap.Personal(
            "identity", datamap.RIGHTS, "as long as the user", source="this server", basis="legal obligation"
        ),
        "seen_at": datamap.Personal(
            "activity",
            datamap.RIGHTS,
            "as long as the user",
            source="the person",
            basis="legal obligation",
            corrected="not: it is a record",
        ),
    }

    class Meta:
        verbose_name = _("notice of a version")
        verbose_name_plural = _("notices of versions")
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="told_once_a_version")]

    def __str__(self) -> str:
        return str(self.pk)
