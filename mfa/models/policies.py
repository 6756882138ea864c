"""What is asked of whom: policies by customer, site and group, and how often a person has put enrolment off."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id


class Policy(models.Model):
    """The rules of one scope: the customer, one of its sites, one of its groups, or a group at a site.

    `rules` holds only what this scope decides itself, by the keys of `mfa/policies.py`; all else comes from the wider
    scopes. `draft` is what was edited and not published yet, None when there is nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.ForeignKey("accounts.Site", models.CASCADE, null=True, blank=True, related_name="+")
    group = models.ForeignKey("accounts.Group", models.CASCADE, null=True, blank=True, related_name="+")
    rules = models.JSONField(default=dict, blank=True)
    draft = models.JSONField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "group",
        "rules",
        "draft",
        "version",
        "created_at",
        "published_at",
        why="about an organisation",
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "site", "group"], name="one_policy_a_scope", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.public_id[:4]


class Grace(models.Model):
    """Since when a person has put enrolment off, and how often; signing in again resets neither."""

    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField("accounts.User", models.CASCADE, related_name="grace")
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    skips = models.PositiveIntegerField(default=0)

    data_map = datamap.plain("id") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "as long as the user", source="this server"),
        "began_at": datamap.Personal("activity", datamap.SIGN_IN, "as long as the user", source="this server"),
        "skips": datamap.Personal("activity", datamap.SIGN_IN, "as long as the user", source="this server"),
    }

    def __str__(self) -> str:
        return str(self.skips)
