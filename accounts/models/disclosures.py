"""The ledger of recipients: who else was given which data about whom, when, and on what ground."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id

_GIVEN = datamap.Personal(
    "activity",
    datamap.RIGHTS,
    "1 year",
    source="this server",
    corrected="not: it is a record",
    erased="the link to the person is cut",
)


class Disclosure(models.Model):
    """One hand-over, written before it happens. Fields are named as the data map names them, values are not kept.

    `recipient` is the data map's word, `name` the provider's own. `reference` says what the ground is: the kind of
    message, the consent, the instruction, the document.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("consent")
        INSTRUCTION = "instruction", _("instruction")
        FEATURE = "feature", _("needed for a feature in use")
        LAW = "law", _("demanded by law")
        ENFORCEMENT = "enforcement", _("enforcement of terms, protection of people")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    message = models.ForeignKey("accounts.Message", models.SET_NULL, null=True, related_name="+")
    recipient = models.CharField(_("recipient"), max_length=64)
    name = models.CharField(_("name"), max_length=128, blank=True)
    fields = models.JSONField(_("data"), default=list)
    basis = models.CharField(_("ground"), max_length=12, choices=Basis)
    reference = models.CharField(_("reference"), max_length=64)
    at = models.DateTimeField(default=timezone.now)

    data_map = datamap.plain("id", "customer", "message", "basis", "reference") | {
        "user": datamap.Personal(
            "identity", datamap.RIGHTS, "1 year", source="this server", erased="the link to the person is cut"
        ),
        "recipient": _GIVEN,
        "name": _GIVEN,
        "fields": _GIVEN,
        "at": _GIVEN,
    }

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        constraints = [
            models.UniqueConstraint(fields=["message"], name="one_disclosure_a_message"),
            models.CheckConstraint(
                condition=~models.Q(basis="") & ~models.Q(reference="") & ~models.Q(recipient=""),
                name="disclosed_on_a_ground",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="disclosure_of_user"),
            models.Index(fields=["customer", "-id"], name="disclosure_of_customer"),
        ]

    def __str__(self) -> str:
        return self.recipient
