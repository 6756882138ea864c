"""What a member does with a request: each act is a small form, a verb, and what to say when it cannot be."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import Actor
from privacy import subjects
from privacy.models import PrivacyRequest
from privacy.moves import Ground, Kind, Move
from privacy.verbs import deciding, proving, requesting, restricting
from privacy.verbs.requesting import LONGEST

LONGEST_PAUSE = 730  # days


class TextForm(forms.Form):
    """Words for the person."""

    text = forms.CharField(
        label=gettext_lazy("To the person"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
        error_messages={"required": gettext_lazy("The person is told in your words.")},
    )

    def __init__(self, row: PrivacyRequest, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.row = row


class FreeTextForm(TextForm):
    """Words for the person, if there are any to say."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["text"].required = False


class HowForm(forms.Form):
    """How it is known who asks."""

    how = forms.CharField(
        label=gettext_lazy("How do you know that it is they who ask?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Such as “stood at the desk” or “signed in at our site”. Never by the mailbox, and never keep a copy of a "
            "document. Leave it empty where they are to prove it themselves."
        ),
    )


class VouchForm(HowForm):
    """The same, where it is all that is sent."""

    def __init__(self, row: PrivacyRequest, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.row = row
        self.fields["how"].required = True


class PauseForm(FreeTextForm):
    """Until when the data is not used, and what follows."""

    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    then = forms.ChoiceField(label=gettext_lazy("After that it is"), choices=PrivacyRequest.Then)

    def clean_until(self) -> Any:
        """A day ahead, and not for ever."""
        day, today = self.cleaned_data["until"], timezone.localdate()
        if not today < day <= today + timedelta(days=LONGEST_PAUSE):
            raise forms.ValidationError(_("A day from tomorrow on, within two years."))
        return day


class GroundsForm(TextForm):
    """A ground for each datum that is not given, changed or erased."""

    def __init__(self, row: PrivacyRequest, *given: Any, **named: Any) -> None:
        super().__init__(row, *given, **named)
        self.keys = list(subjects.data_of(row))
        for place, (_key, label) in enumerate(subjects.data_of(row).items()):
            choices = [("", _("no ground")), *Ground.choices]
            self.fields[f"ground_{place}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        if len(self.keys) > 1:
            self.fields["for_all"] = forms.ChoiceField(
                label=_("The same ground for each of them"), choices=[("", "–"), *Ground.choices], required=False
            )
            self.order_fields(["text", "for_all"])

    @property
    def grounds(self) -> dict[str, str]:
        """What was chosen, by the datum's key."""
        for_all = self.cleaned_data.get("for_all", "")
        chosen = {key: self.cleaned_data[f"ground_{place}"] or for_all for place, key in enumerate(self.keys)}
        return {key: ground for key, ground in chosen.items() if ground}


Act = Callable[[PrivacyRequest, Any, Actor], None]


def _pause(row: PrivacyRequest, form: Any, by: Actor) -> None:
    given = form.cleaned_data
    until = timezone.make_aware(datetime.combine(given["until"], time.min))
    deciding.grant(row, by, text=given["text"], until=until, then=given["then"])


def _vouch(row: PrivacyRequest, form: Any, by: Actor) -> None:
    proving.vouch(row, form.cleaned_data["how"], by)


def _grant(row: PrivacyRequest, form: Any, by: Actor) -> None:
    deciding.grant(row, by, text=form.cleaned_data["text"])


EXTEND, VOUCH, SAY = "extend", "vouch", "say"
# By the name of the move or act: the form, and what it does
ACTS: Mapping[str, tuple[type[Any], Act]] = {
    VOUCH: (VouchForm, _vouch),
    Move.ANSWER: (TextForm, lambda row, form, by: deciding.answer(row, form.cleaned_data["text"], by)),
    Move.GRANT: (FreeTextForm, _grant),
    Move.REFUSE: (GroundsForm, lambda row, form, by: deciding.refuse(row, form.grounds, form.cleaned_data["text"], by)),
    Move.GRANT_PART: (
        GroundsForm,
        lambda row, form, by: deciding.keep_some(row, form.grounds, form.cleaned_data["text"], by),
    ),
    Move.ASK_PROOF: (TextForm, lambda row, form, by: deciding.ask_proof(row, form.cleaned_data["text"], by)),
    Move.CANCEL: (TextForm, lambda row, form, by: deciding.cancel(row, by, form.cleaned_data["text"])),
    Move.LIFT: (FreeTextForm, lambda row, _form, by: restricting.lift(row, by)),
    EXTEND: (TextForm, lambda row, form, by: requesting.extend(row, form.cleaned_data["text"], by)),
    SAY: (TextForm, lambda row, form, by: requesting.say(row, form.cleaned_data["text"], by)),
}


def form_of(row: PrivacyRequest, name: str, data: Any = None) -> Any:
    """The form of one act on one request."""
    kind = PauseForm if name == Move.GRANT and row.kind == Kind.RESTRICTION else ACTS[name][0]
    return kind(row, data, prefix=name)


def forms_for(row: PrivacyRequest, acts: set[str], failed: Any = None) -> list[dict[str, Any]]:
    """The acts that the page offers, in order, each with its form; one that failed comes back as it was sent."""
    names = [*([VOUCH] if Move.PROVE in acts else []), *(name for name in ACTS if name in acts)]
    if acts and row.is_open:
        names += [SAY, *([EXTEND] if row.extended_at is None else [])]
    return [
        {
            "name": str(name),
            "title": TITLES[name],
            "hint": HINTS.get(name, ""),
            "form": failed if failed is not None and failed.prefix == name else form_of(row, name),
            "is_open": failed is not None and failed.prefix == name,
        }
        for name in dict.fromkeys(names)
    ]


def act(row: PrivacyRequest, data: Any, by: Actor) -> Any:
    """Do what was sent; None when it is done, else the form with what is wrong."""
    name = data.get("act", "")
    if name not in ACTS:
        return _nothing(row)
    form = form_of(row, name, data)
    if not form.is_valid():
        return form
    what = _pause if name == Move.GRANT and row.kind == Kind.RESTRICTION else ACTS[name][1]
    try:
        what(row, form, by)
    except deciding.NoGround:
        form.add_error(None, NO_GROUND_PART if name == Move.GRANT_PART else NO_GROUND)
    except requesting.NotNow:
        form.add_error(None, _("It has moved on meanwhile: that is no longer possible."))
    else:
        return None
    return form


def _nothing(row: PrivacyRequest) -> Any:
    form = form_of(row, SAY, {})
    form.is_valid()
    return form


TITLES = {
    VOUCH: gettext_lazy("Vouch for them"),
    Move.ANSWER: gettext_lazy("Answer"),
    Move.GRANT: gettext_lazy("Grant it"),
    Move.REFUSE: gettext_lazy("Refuse it"),
    Move.GRANT_PART: gettext_lazy("Keep some of it"),
    Move.ASK_PROOF: gettext_lazy("Ask for a proof again"),
    Move.CANCEL: gettext_lazy("Call it off"),
    Move.LIFT: gettext_lazy("End the pause now"),
    EXTEND: gettext_lazy("Take two months more"),
    SAY: gettext_lazy("Write to them"),
}
HINTS = {
    VOUCH: gettext_lazy("Your word stands in for a proof of their own, and is recorded as that."),
    Move.REFUSE: gettext_lazy("Each datum needs its ground, and the person reads them, with your words."),
    Move.GRANT_PART: gettext_lazy("Name what has to stay and why; the rest is erased when the wait is over."),
    Move.ASK_PROOF: gettext_lazy("The clock stands still until they have proven who they are."),
    EXTEND: gettext_lazy("Once, while it is not overdue, and for a reason such as how much there is to look through."),
}
NO_GROUND = gettext_lazy("Give a ground for each datum.")
NO_GROUND_PART = gettext_lazy(
    "Give a ground for what stays, and for the username as well: what stays has to belong to somebody. If all of it "
    "stays, refuse the request."
)
