"""The site's half of an erasure: a job a site for each erased person, and how a site answers for itself."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.fields import EncryptedTextField
from accounts.ids import new_id, new_public_id

_NAMES = datamap.Personal(
    "identity",
    datamap.RIGHTS,
    "until the site answered, 30 days at most",
    source="the site or the customer",
    basis="legal obligation",
    recipients=(datamap.SITE,),
    exported="not: said to the site already",
    corrected="not: it is a record",
    erased="emptied",
)
_CONFIRMED = datamap.Personal(
    "activity",
    datamap.ACCOUNTABILITY,
    "3 years after its end",
    source="a member",
    basis="legal obligation",
    corrected="not: it is a record",
    erased="the link to the person is cut",
)


class SiteLink(models.Model):
    """How a site takes jobs: the key that its answers are signed with, and the address that takes them, if it has one.

    The site tells both in its signed calls. A site without a link asks for nothing yet; its jobs wait all the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.OneToOneField("accounts.Site", models.CASCADE, related_name="link")
    public_key = models.CharField(max_length=44)
    url = models.CharField(_("address for jobs"), max_length=500, blank=True)
    program = models.CharField(_("program"), max_length=64, blank=True)
    key_since = models.DateTimeField(default=timezone.now, editable=False)
    asked_at = models.DateTimeField(_("last asked for jobs"), default=timezone.now, editable=False)

    data_map = datamap.plain(
        "id", "customer", "site", "public_key", "url", "program", "key_since", "asked_at", why="about a program"
    )

    class Meta:
        verbose_name = _("link to a site")
        verbose_name_plural = _("links to sites")

    def __str__(self) -> str:
        return str(self.site_id)


class SiteJob(models.Model):
    """That a site is to remove what it holds of an erased person, and what came of it.

    `names` is how the site knows the person, as JSON; it goes with the job's end, so that a job that has ended names
    nobody. `answer` is the site's answer to the letter, with its signature and the key that checks it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the site")
        PENDING = "pending", _("site pending")
        DONE = "done", _("answered by the site")
        CONFIRMED = "confirmed", _("confirmed by hand")
        GAP = "gap", _("never answered")

    class How(models.TextChoices):
        REMOVED = "removed", _("somebody removed the data on the site by hand")
        NOTHING = "nothing", _("somebody looked, and the site held nothing")
        GONE = "gone", _("the site and its database no longer exist")

    OPEN = (State.WAITING, State.PENDING)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    site = models.ForeignKey("accounts.Site", models.CASCADE, related_name="jobs", verbose_name=_("site"))
    erasure = models.ForeignKey("accounts.ErasureRequest", models.CASCADE, related_name="site_jobs")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    names = EncryptedTextField(null=True)
    ordered_at = models.DateTimeField(_("ordered"), default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    trouble = models.CharField(_("last trouble"), max_length=200, blank=True)
    fetched_at = models.DateTimeField(_("taken by the site"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True, default="")
    signature = models.CharField(max_length=88, blank=True)
    public_key = models.CharField(max_length=44, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    confirmed_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    how = models.CharField(max_length=8, choices=How, blank=True)
    evidence = EncryptedTextField(null=True, blank=True)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "site",
        "erasure",
        "state",
        "ordered_at",
        "next_try_at",
        "tries",
        "trouble",
        "fetched_at",
        "answer",
        "signature",
        "public_key",
        "ended_at",
        "how",
        why="about a site; names nobody",
    ) | {"names": _NAMES, "confirmed_by": _CONFIRMED, "evidence": _CONFIRMED}

    class Meta:
        verbose_name = _("job of a site")
        verbose_name_plural = _("jobs of sites")
        constraints = [
            models.UniqueConstraint(fields=["erasure", "site"], name="one_job_a_site"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, state__in=["waiting", "pending"])
                | models.Q(ended_at__isnull=False, names=None, state__in=["done", "confirmed", "gap"]),
                name="job_names_nobody_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="job_of_customer"),
            models.Index(fields=["site", "id"], condition=models.Q(ended_at=None), name="job_open_of_site"),
            models.Index(fields=["next_try_at"], condition=models.Q(ended_at=None), name="job_to_try"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="job_to_forget"),
        ]

    def __str__(self) -> str:
        return self.public_id[:6]

    @property
    def is_open(self) -> bool:
        return self.ended_at is None
