"""Groups of a customer's users, to which policies may apply."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id


class Group(models.Model):
    """Some of a customer's users under one name. Of several groups that disagree, the lowest `position` decides."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="groups")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    users = models.ManyToManyField("accounts.User", through="accounts.GroupMember", related_name="groups")

    data_map = datamap.plain(
        "id", "public_id", "customer", "name", "position", "created_at", why="about an organisation"
    )

    class Meta:
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        constraints = [models.UniqueConstraint(fields=["customer", "name"], name="one_group_a_name")]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """That a user is in a group."""

    id = models.BigAutoField(primary_key=True)
    group = models.ForeignKey(Group, models.CASCADE, related_name="members")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="group_members")

    data_map = datamap.plain("id", "group") | {
        "user": datamap.Personal("identity", datamap.SIGN_IN, "as long as in the group", source="the customer"),
    }

    class Meta:
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="once_in_a_group")]

    def __str__(self) -> str:
        return str(self.pk)
