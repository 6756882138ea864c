"""What is asked for a request of each kind; the person's pages and the dashboard show the same."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import EmailField, PhoneField
from accounts.models import User
from privacy import subjects
from privacy.moves import Kind
from privacy.verbs.requesting import LONGEST, Asked

INTRO = {
    Kind.ACCESS: gettext_lazy("A copy of all that is held: what for, where from, and who received it."),
    Kind.PORTABILITY: gettext_lazy("What you gave and what you did here, in a file that other services can read."),
    Kind.RECTIFICATION: gettext_lazy("Something that is held is wrong, or missing."),
    Kind.CLARIFICATION: gettext_lazy("Something that is held needs explaining."),
    Kind.RESTRICTION: gettext_lazy("The data stays, and nobody uses it. You cannot sign in with it meanwhile."),
    Kind.OBJECTION: gettext_lazy("No news and offers. What you need for signing in still comes."),
    Kind.OBJECTION_OTHER: gettext_lazy("You object to something that is done with your data, for reasons of your own."),
    Kind.ERASURE: gettext_lazy("All that is held about you goes, and your ways to sign in with it."),
}
LABELS = {
    Kind.ACCESS: gettext_lazy("Get a copy of my data"),
    Kind.PORTABILITY: gettext_lazy("Take my data elsewhere"),
    Kind.RECTIFICATION: gettext_lazy("Correct or complete something"),
    Kind.CLARIFICATION: gettext_lazy("Ask about something"),
    Kind.RESTRICTION: gettext_lazy("Pause the use of my data"),
    Kind.OBJECTION: gettext_lazy("No marketing"),
    Kind.OBJECTION_OTHER: gettext_lazy("Object to a use of my data"),
    Kind.ERASURE: gettext_lazy("Erase my data"),
}
TEXTS = {
    Kind.CLARIFICATION: gettext_lazy("What would you like to know?"),
    Kind.OBJECTION_OTHER: gettext_lazy("What do you object to, and why?"),
    Kind.RESTRICTION: gettext_lazy("Why, and for how long?"),
}
FIELDS = {
    "first_name": forms.CharField(max_length=100),
    "last_name": forms.CharField(max_length=100),
    "email": EmailField(),
    "phone": PhoneField(),
    "language": forms.ChoiceField(choices=settings.LANGUAGES),
}


class AskForm(forms.Form):
    """A request of one kind. `asked` is what the verb takes."""

    def __init__(self, kind: str, data: Any = None, *, for_them: bool = False) -> None:
        super().__init__(data)
        self.kind = Kind(kind)
        if self.kind is Kind.RECTIFICATION:
            choices = [(name, _datum(name)) for name in subjects.CORRECTABLE]
            self.fields["about"] = forms.ChoiceField(label=_("What is wrong or missing"), choices=choices)
            self.fields["proposed"] = forms.CharField(label=_("How it should be"), max_length=254)
        if self.kind is Kind.CLARIFICATION:
            data_names = [("", _("Something else")), *subjects.everything().items()]
            self.fields["about"] = forms.ChoiceField(label=_("About what"), choices=data_names, required=False)
        if self.kind is not Kind.OBJECTION:
            area = forms.Textarea(attrs={"rows": 4})
            label = TEXTS.get(self.kind, _("Anything to add"))
            self.fields["text"] = forms.CharField(
                label=label, widget=area, required=self.kind in TEXTS, max_length=LONGEST
            )
        if for_them:
            self.fields["reference"] = forms.CharField(
                label=_("Your reference"),
                max_length=64,
                help_text=_("Where their wish is on record with you: a ticket, a letter. Not a name."),
            )

    def clean(self) -> dict[str, Any]:
        """The new value as its own field reads it."""
        given = super().clean() or self.cleaned_data
        about, proposed = given.get("about", ""), given.get("proposed", "")
        if self.kind is Kind.RECTIFICATION and about and proposed:
            field = FIELDS[about]
            try:
                given["proposed"] = str(field.clean(proposed))
            except forms.ValidationError as error:
                self.add_error("proposed", error)
        return given

    @property
    def asked(self) -> Asked:
        names = ("about", "proposed", "text", "reference")
        return Asked(kind=str(self.kind), **{name: self.cleaned_data.get(name, "") for name in names})


def _datum(name: str) -> str:
    """What people call a field; first and last name are one datum to them, and two to correct."""
    parts = {"first_name": _("First name"), "last_name": _("Last name")}
    return parts.get(name) or subjects.datum(f"{User._meta.label}.{name}")
