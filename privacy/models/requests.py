"""What people ask about their data: the request with its clock, what proves who asks, and everything that was said."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit, datamap
from accounts.ids import new_id, new_public_id
from privacy.moves import CLOSED, Height, Kind, State, Who

KEPT = "3 years after its end"
_ASKED = datamap.Personal(
    "request",
    datamap.RIGHTS,
    KEPT,
    source="the person",
    basis="legal obligation",
    corrected="not: it is a record",
    erased="stays: an id without a person",
)
_LINK = datamap.Personal(
    "identity",
    datamap.RIGHTS,
    KEPT,
    source="the person",
    basis="legal obligation",
    corrected="not: it is a record",
    erased="the link to the person is cut",
)
_WORDS = datamap.Personal(
    "request",
    datamap.RIGHTS,
    KEPT,
    source="the person",
    basis="legal obligation",
    corrected="not: it is a record",
    erased="the person's key is destroyed",
)


class PrivacyRequest(models.Model):
    """One request about one person's data. What was written is sealed under the person's key, so erasing forgets it.

    `about` is the datum of a correction or a question; `proposed` its new value. `due_at` is when it must be answered;
    while `paused_at` is set the clock stands still. `grounds` says of each datum that is not given, changed or erased,
    why. `until` and `then` belong to a pause in using the data. `person` stays when the person is erased.
    """

    class Channel(models.TextChoices):
        OWN = "own", _("by themselves")
        CUSTOMER = "customer", _("by the customer for them")
        LETTER = "letter", _("by letter, entered by staff")
        SITE = "site", _("by a site")
        MAIL = "mail", _("by mail")

    class Then(models.TextChoices):
        BACK = "back", _("used again")
        ERASE = "erase", _("erased")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    public_id = models.CharField(max_length=22, unique=True, default=new_public_id, editable=False)
    customer = models.ForeignKey("accounts.Customer", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+")
    person = models.UUIDField(editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    state = models.CharField(_("state"), max_length=12, choices=State)
    channel = models.CharField(_("asked"), max_length=12, choices=Channel)
    reference = models.CharField(_("reference"), max_length=64, blank=True)
    about = models.CharField(max_length=64, blank=True)
    proposed = models.TextField(blank=True, default="")  # sealed
    grounds = models.JSONField(default=dict, blank=True)
    received_at = models.DateTimeField(_("asked"), default=timezone.now)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    reminded = models.PositiveSmallIntegerField(default=0)
    passed_on_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    then = models.CharField(max_length=8, choices=Then, blank=True)
    closed_at = models.DateTimeField(_("ended"), null=True, blank=True)

    data_map = datamap.plain("id", "public_id", "customer", "reminded", "passed_on_at") | {
        "user": _LINK,
        "proposed": _WORDS,
        **dict.fromkeys(("person", "kind", "state", "channel", "reference", "about", "grounds"), _ASKED),
        **dict.fromkeys(("received_at", "due_at"), _ASKED),
        **dict.fromkeys(("paused_at", "extended_at", "ready_at", "until", "then", "closed_at"), _ASKED),
    }

    class Meta:
        verbose_name = _("privacy request")
        verbose_name_plural = _("privacy requests")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "about"], condition=Q(closed_at=None), name="one_open_request_a_matter"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, state__in=sorted(set(State) - CLOSED))
                | Q(closed_at__isnull=False, state__in=sorted(CLOSED)),
                name="closed_when_it_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="request_of_customer"),
            models.Index(fields=["person", "-id"], name="request_of_person"),
            models.Index(fields=["state", "due_at"], condition=Q(closed_at=None), name="request_open"),
            models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="request_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.public_id[:6]}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def new_value(self) -> str:
        """What a correction proposes; empty once the person is erased."""
        return audit.unseal(self.person, self.proposed) or ""


class Evidence(models.Model):
    """That somebody proved who asks: by which method and when, never a copy of a document (EDPB 01/2022, 3.3)."""

    class Way(models.TextChoices):
        OWN = "own", _("proved by the person")
        CUSTOMER = "customer", _("vouched for by the customer")
        SITE = "site", _("vouched for by the site")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(PrivacyRequest, models.CASCADE, related_name="evidence")
    way = models.CharField(_("way"), max_length=8, choices=Way)
    method = models.CharField(_("method"), max_length=32, blank=True)
    height = models.PositiveSmallIntegerField(choices=[(one.value, one.name) for one in Height])
    by = models.UUIDField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)

    data_map = datamap.plain("id", "request") | {
        **dict.fromkeys(("way", "method", "height", "at"), _ASKED),
        "by": datamap.Personal(
            "identity",
            datamap.ACCOUNTABILITY,
            KEPT,
            source="this server",
            basis="legal obligation",
            corrected="not: it is a record",
            erased="stays: an id without a person",
        ),
    }

    class Meta:
        verbose_name = _("proof of who asks")
        verbose_name_plural = _("proofs of who asks")

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.method}".strip()


class Entry(models.Model):
    """One thing that happened to a request or was said in it. The text is sealed under the person's key."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(PrivacyRequest, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now, editable=False)
    who = models.CharField(max_length=8, choices=[(one.value, one.name) for one in Who])
    what = models.CharField(max_length=16)
    sealed = models.TextField(blank=True, default="")

    data_map = datamap.plain("id", "request") | {"at": _ASKED, "who": _ASKED, "what": _ASKED, "sealed": _WORDS}

    class Meta:
        verbose_name = _("entry of a privacy request")
        verbose_name_plural = _("entries of privacy requests")
        indexes = [models.Index(fields=["request", "id"], name="entry_of_request")]

    def __str__(self) -> str:
        return self.what
