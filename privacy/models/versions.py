"""Versions of what people are told or asked to agree to: a customer's terms, the operator's privacy notice."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.ids import new_id, new_public_id


class Version(models.Model):
    """One version of one document of one customer; a draft until it is published, and unchanged ever after.

    The operator's privacy notice is the operator's own, with the release's name of the version as its `label`. A
    significant version is told to everybody concerned and, of terms, brings the question back; `asks_again` names the
    consents whose purpose it changes. `announced_at` is when the last of them was told.
    """

    class Document(models.TextChoices):
        TERMS = "terms", _("terms")
        PRIVACY = "privacy", _("privacy notice")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    document = models.CharField(_("document"), max_length=8, choices=Document)
    number = models.PositiveIntegerField(_("number"), default=0)
    label = models.CharField(_("version"), max_length=16, blank=True)
    is_significant = models.BooleanField(_("significant"), default=True)
    asks_again = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)

    data_map = datamap.plain(
        "id",
        "public_id",
        "customer",
        "document",
        "number",
        "label",
        "is_significant",
        "asks_again",
        "created_at",
        "published_at",
        "announced_at",
        why="about an organisation",
    )

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        constraints = [
            models.UniqueConstraint(fields=["customer", "document", "number"], name="one_version_a_number"),
            models.CheckConstraint(
                condition=models.Q(published_at=None, number=0) | models.Q(published_at__isnull=False, number__gt=0),
                name="numbered_when_published",
            ),
        ]
        indexes = [
            models.Index(
                fields=["published_at"],
                condition=models.Q(is_significant=True, announced_at=None, published_at__isnull=False),
                name="version_to_announce",
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.number)


class Text(models.Model):
    """A version in one language: the text, and in a sentence what is new in it. The hash is set on publishing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(Version, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8)
    body = models.TextField(_("text"))
    changes = models.TextField(_("what is new"), blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)

    data_map = datamap.plain("id", "version", "language", "body", "changes", "sha256", why="about an organisation")

    class Meta:
        verbose_name = _("text of a document")
        verbose_name_plural = _("texts of documents")
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="one_text_a_language")]

    def __str__(self) -> str:
        return self.language
