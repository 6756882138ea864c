"""Form fields that several of the dashboard's pages share."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


def printable(text: str) -> None:
    """Refuse line breaks and characters that cannot be seen (security.md S23)."""
    if not text.isprintable():
        raise forms.ValidationError(_("This holds characters that cannot be seen. Type it anew."))


class LineField(forms.CharField):
    """One line of text that stands on pages and in mails."""

    default_validators = [printable]


class WebField(forms.URLField):
    """A website's address; `https://` is put before one that was typed without."""

    default_error_messages = {"invalid": _("Write the whole address, such as https://nordvik.example.")}
    default_validators = [URLValidator(schemes=["http", "https"], message=default_error_messages["invalid"])]

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.URLInput(attrs={"placeholder": "https://"})
        super().__init__(max_length=255, required=False, assume_scheme="https", widget=widget, **kwargs)
