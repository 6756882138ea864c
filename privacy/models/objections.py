"""News to members who asked for it, and objections to it, which outlive whoever made them."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id
from privacy.models.agreements import Consent


class Objection(models.Model):
    """That whoever has an address wants no news: a keyed hash of the address, and nothing else.

    It belongs to nobody's row, so that it stays when the person is erased and holds for whoever comes back with it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=32, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "at") | {
        "digest": datamap.Personal(
            "contact",
            datamap.RIGHTS,
            "until the person asks for news again",
            source="the person",
            basis="legal obligation",
            exported="not: only a hash",
            corrected="by the person alone",
            erased="stays: a hash that names nobody",
        )
    }

    class Meta:
        verbose_name = _("objection to news")
        verbose_name_plural = _("objections to news")

    def __str__(self) -> str:
        return self.digest[:6]


class NewsReader(models.Model):
    """One of those whom news goes to: a membership, for an end user has none and so can never be among them.

    The database keeps it so: no row without a membership, none without the consent that it rests on, and with either
    of them it is gone.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.OneToOneField("accounts.Membership", models.CASCADE, related_name="+")
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="readers")

    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id", "consent") | {
        "membership": datamap.Personal(
            "preference",
            datamap.NEWS,
            "until the consent is taken back",
            source="the person",
            basis="consent",
            corrected="by the person alone",
        )
    }

    class Meta:
        verbose_name = _("reader of news")
        verbose_name_plural = _("readers of news")

    def __str__(self) -> str:
        return str(self.pk)


class Announcement(models.Model):
    """News that staff wrote, a title and a text by language. Released once; then batches go out up to the last reader.

    `reached` is the last reader that was written to, so that a batch that died is neither lost nor sent twice.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    texts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    released_at = models.DateTimeField(_("released"), null=True, blank=True, editable=False)
    reached = models.UUIDField(null=True, editable=False)
    written = models.PositiveIntegerField(_("mails"), default=0, editable=False)
    done_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "texts",
        "created_at",
        "released_at",
        "reached",
        "written",
        "done_at",
        why="about an organisation",
    )

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")

    def __str__(self) -> str:
        return self.title("")

    def title(self, language: str) -> str:
        return self.text(language).get("title", "")

    def text(self, language: str) -> dict[str, str]:
        """Title and body in a language, else in the first that was written."""
        found: dict[str, str] = self.texts.get(language) or next(iter(self.texts.values()), {})
        return found


class PageUse(models.Model):
    """How often a member opened one of the start page's lists: kept only while they wish their page in that order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    membership = models.ForeignKey("accounts.Membership", models.CASCADE, related_name="+")
    page = models.CharField(max_length=64)
    times = models.PositiveIntegerField(default=0)

    _USE = datamap.Personal(
        "activity",
        datamap.PERSONALISATION,
        "until the consent is taken back",
        source="this server",
        basis="consent",
        corrected="not: it is a record",
    )
    data_subjects = datamap.MEMBERS
    data_map = datamap.plain("id") | dict.fromkeys(("membership", "page", "times"), _USE)

    class Meta:
        verbose_name = _("use of a page")
        verbose_name_plural = _("uses of pages")
        constraints = [models.UniqueConstraint(fields=["membership", "page"], name="one_count_a_page")]

    def __str__(self) -> str:
        return self.page
