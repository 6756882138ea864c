"""What form fields say when they refuse something, in one place: pages and staff's pages speak with one voice."""

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

UNSEEN = _("This holds characters that cannot be seen. Type it anew.")
_CHOICE = _("Choose one of those that are offered.")

# A form's own words for one of its fields still come first
FIELDS: dict[Any, dict[str, Any]] = {
    forms.Field: {"required": _("This is needed.")},
    forms.IntegerField: {"invalid": _("Write a whole number.")},
    forms.FloatField: {"invalid": _("Write a number.")},
    forms.DecimalField: {"invalid": _("Write a number.")},
    forms.DateField: {"invalid": _("Write a day, such as 2026-12-31.")},
    forms.TimeField: {"invalid": _("Write a time of day, such as 14:30.")},
    forms.DateTimeField: {"invalid": _("Write a day and a time, such as 2026-12-31 14:30.")},
    forms.SplitDateTimeField: {
        "invalid_date": _("Write a day, such as 2026-12-31."),
        "invalid_time": _("Write a time of day, such as 14:30."),
    },
    forms.FileField: {
        "invalid": _("No file came with the form. Choose one."),
        "missing": _("No file came with the form. Choose one."),
        "empty": _("That file is empty."),
        "contradiction": _("Choose a file or take the one that is there away, not both."),
    },
    forms.ImageField: {"invalid_image": _("That file is no picture that we can read.")},
    forms.URLField: {"invalid": _("Write the whole address, such as https://nordvik.example.")},
    forms.ChoiceField: {"invalid_choice": _CHOICE},
    forms.MultipleChoiceField: {"invalid_choice": _CHOICE, "invalid_list": _CHOICE},
    forms.ModelChoiceField: {"invalid_choice": _CHOICE},
    forms.ModelMultipleChoiceField: {"invalid_choice": _CHOICE, "invalid_list": _CHOICE, "invalid_pk_value": _CHOICE},
}
VALIDATORS: dict[Any, Any] = {
    validators.MinValueValidator: _("Write %(limit_value)s or more."),
    validators.MaxValueValidator: _("Write %(limit_value)s or less."),
    validators.MinLengthValidator: ngettext_lazy(
        "Write at least %(limit_value)d character; this has %(show_value)d.",
        "Write at least %(limit_value)d characters; this has %(show_value)d.",
        "limit_value",
    ),
    validators.MaxLengthValidator: ngettext_lazy(
        "There is room for %(limit_value)d character; this has %(show_value)d.",
        "There is room for %(limit_value)d characters; this has %(show_value)d.",
        "limit_value",
    ),
    validators.ProhibitNullCharactersValidator: UNSEEN,
}


def register() -> None:
    """Let Django's own fields and validators say it. Before the first form is made: fields copy their words."""
    for field, words in FIELDS.items():
        field.default_error_messages = field.default_error_messages | words
    for validator, text in VALIDATORS.items():
        validator.message = text
