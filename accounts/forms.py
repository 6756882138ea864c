"""Form fields that several pages share: a phone number, a name, a new password."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import User


class EmailField(forms.EmailField):
    """An e-mail address, in words that say what is missing."""

    default_error_messages = {
        "required": _("We need an e-mail address that you read."),
        "invalid": _("An address has a name, an @ and a domain, such as ingrid@nordvik.example."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail"))
        kwargs.setdefault("widget", forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}))
        super().__init__(**({"max_length": 254} | kwargs))
        for validator in self.validators:
            if isinstance(validator, EmailValidator):
                validator.message = self.error_messages["invalid"]


class PhoneInput(forms.TextInput):
    """Shows a stored number as people write it, and what was just typed as it was typed."""

    input_type = "tel"

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, PhoneNumber) and value:
            return str(value.as_international)
        shown: str | None = super().format_value(value)
        return shown


class PhoneField(PhoneNumberField):
    """A phone number by libphonenumber; cut before it is parsed, which takes long for long texts (security.md S28)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone"))
        kwargs.setdefault(
            "error_messages",
            {"invalid": _("That is no number we can reach. Write it with its country code, such as +47 400 00 000.")},
        )
        kwargs.setdefault("widget", PhoneInput(attrs={"autocomplete": "tel", "maxlength": "40"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > 40:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def name_field(label: Any, autocomplete: str) -> forms.CharField:
    """A first or last name; nobody must give one."""
    widget = forms.TextInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=100, required=False, widget=widget)


class PasswordField(forms.CharField):
    """A password as it is typed: never trimmed, never filled in again."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Password"))
        kwargs.setdefault("error_messages", {"required": _("Type your password.")})
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=1024, widget=widget, **kwargs)


def new_password(**kwargs: Any) -> PasswordField:
    """A field for a password that is being chosen."""
    given = {
        "label": _("Password"),
        "help_text": _("Ten characters or more. A sentence is good; symbols are not needed."),
        "error_messages": {"required": _("Choose a password.")},
    }
    return PasswordField(autocomplete="new-password", **(given | kwargs))


def judge_password(password: str, user: User, names: Iterable[str] = ()) -> None:
    """Raise ValidationError for a password that is too short, much used, or like the person's or the company's name."""
    validate_password(password, user)
    folded = password.casefold()
    for name in names:
        name = name.casefold().strip()
        if len(name) > 3 and name in folded and len(folded) - len(name) < 5:
            raise ValidationError(_("That is too close to the company's name. Choose something only you think of."))
