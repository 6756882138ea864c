"""Form fields that several of the dashboard's pages share."""

from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator, URLValidator
from django.utils.translation import gettext_lazy as _

from accounts.form_words import UNSEEN


def printable(text: str) -> None:
    """Refuse line breaks and characters that cannot be seen (security.md S23)."""
    if not text.isprintable():
        raise forms.ValidationError(UNSEEN)


class LineField(forms.CharField):
    """One line of text that stands on pages and in mails."""

    default_validators = [printable]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # `printable` says it, once
        self.validators = [one for one in self.validators if not isinstance(one, ProhibitNullCharactersValidator)]


class ReferenceForm(forms.Form):
    """How a deletion is found again by who asked for it."""

    reference = LineField(
        label=_("Reference"),
        max_length=64,
        help_text=_(
            "How you find the request again, such as a ticket’s number or a letter’s date. It stays "
            "when the person is gone, so write no name."
        ),
        error_messages={"required": _("Say what led to this, so that you can show it later.")},
    )


class WebField(forms.URLField):
    """A website's address; `https://` is put before one that was typed without."""

    default_error_messages = {"invalid": _("Write the whole address, such as https://nordvik.example.")}
    default_validators = [URLValidator(schemes=["http", "https"], message=default_error_messages["invalid"])]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.URLInput(attrs={"placeholder": "https://"})
        super().__init__(max_length=255, required=False, assume_scheme="https", widget=widget, **kwargs)
