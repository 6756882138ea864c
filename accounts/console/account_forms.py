"""What a person's own account pages ask for."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names
from accounts.forms import EmailField, PasswordField, PhoneField, judge_password, name_field, new_password
from accounts.models import User


class ProfileForm(forms.Form):
    """Name, phone and language."""

    FIELDS = ("first_name", "last_name", "phone", "language")

    first_name = name_field(gettext_lazy("First name"), "given-name")
    last_name = name_field(gettext_lazy("Last name"), "family-name")
    phone = PhoneField(required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language of pages and mails"), choices=settings.LANGUAGES)


class PasswordForm(forms.Form):
    """The password as it is, and as it is to be."""

    current = PasswordField(label=gettext_lazy("Present password"), autocomplete="current-password")
    password = new_password(label=gettext_lazy("New password"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        judge_password(password, self.user)
        return password


class EmailForm(forms.Form):
    """Where mail is to go from now on."""

    email = EmailField(label=gettext_lazy("New address"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            same = names.canonical(email) == self.user.canonical_email
        except names.UnusableName as error:
            raise forms.ValidationError(_("That address holds characters that cannot be used here.")) from error
        if same:
            raise forms.ValidationError(_("That is your address already."))
        return email
