"""Leave for support to see people in full: given by the customer or the person, for a while, tied to a ticket."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id

_GIVEN = datamap.Personal(
    "status", datamap.SUPPORT, "1 year after it was closed", source="the person", corrected="not: it is a record"
)


class Grant(models.Model):
    """Whose data staff may see: one person's, or with no `user` that of every end user of the customer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    ticket = models.ForeignKey("accounts.Ticket", models.CASCADE, related_name="grants")
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    is_own = models.BooleanField(_("given by the person"), default=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    data_map = datamap.plain("id", "public_id", "customer", "ticket") | {
        "user": datamap.Personal(
            "identity", datamap.SUPPORT, "1 year after it was closed", source="the site or the customer"
        ),
        "is_own": _GIVEN,
        "at": _GIVEN,
        "ends_at": _GIVEN,
        "ended_at": _GIVEN,
    }

    class Meta:
        verbose_name = _("leave to look")
        verbose_name_plural = _("leaves to look")
        indexes = [
            models.Index(fields=["customer", "ends_at"], condition=models.Q(ended_at=None), name="grant_of_customer"),
            models.Index(fields=["user", "-id"], name="grant_of_user"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
