"""What two of the staff do against or about somebody: a disclosure by law or to enforce terms, a suspension."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id

_WHO = datamap.Personal(
    "identity", datamap.ACCOUNTABILITY, "3 years", source="this server", erased="the link to the person is cut"
)
_DONE = datamap.Personal(
    "history", datamap.ACCOUNTABILITY, "3 years", source="this server", corrected="not: it is a record"
)


class Measure(models.Model):
    """One measure: asked for by one of the staff, decided by another, looked at again on a day.

    `scope` names data as the data map does; nothing else of the person can be exported under it. `reminded_at` is when
    staff were told that its day has come.
    """

    class Kind(models.TextChoices):
        LAW = "law", _("disclosure that the law demands")
        ENFORCEMENT = "enforcement", _("disclosure to enforce terms or protect people")
        SUSPENSION = "suspension", _("suspension of a customer")

    class Reason(models.TextChoices):
        COURT = "court", _("order of a court")
        AUTHORITY = "authority", _("request of an authority with a legal basis")
        BREACH = "breach", _("breach of terms")
        ABUSE = "abuse", _("abuse of the service, such as spam")
        FRAUD = "fraud", _("fraud")
        SAFETY = "safety", _("danger to people")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for a second person")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        ENDED = "ended", _("ended")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    reference = models.CharField(_("reference"), max_length=64)
    recipient = models.CharField(_("recipient"), max_length=128, blank=True)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    scope = models.JSONField(_("data"), default=list)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    review_on = models.DateField(_("looked at again on"))
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    asked_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    exported_at = models.DateTimeField(_("handed over"), null=True, blank=True)

    data_map = datamap.plain(
        *("id", "public_id", "kind", "reason", "reference", "recipient", "customer", "state", "review_on"),
        *("asked_at", "reminded_at"),
    ) | {
        "user": _WHO,
        "asked_by": _WHO,
        "decided_by": _WHO,
        "scope": _DONE,
        "decided_at": _DONE,
        "exported_at": _DONE,
    }

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(asked_by=models.F("decided_by")),
                name="two_people_decide",
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="measure_of_customer"),
            models.Index(fields=["user", "-id"], name="measure_of_user"),
            models.Index(fields=["review_on"], condition=models.Q(state="approved"), name="measure_to_review"),
        ]

    def __str__(self) -> str:
        return self.reference
