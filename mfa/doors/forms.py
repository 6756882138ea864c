"""What the doors ask for. Forms check shapes; verbs decide."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import EmailField, PasswordField, PhoneField, judge_password, name_field, new_password
from accounts.legal import Document
from accounts.models import User


def _where_to_read() -> SafeString:
    """Links that open beside the form, so that nothing typed is lost."""
    text = _(
        'Read the <a href="{terms}" target="_blank">terms of use</a> and the '
        '<a href="{processing}" target="_blank">data-processing agreement</a>.'
    )
    return format_html(text, terms=reverse("terms"), processing=reverse("data_processing"))


class AgreeForm(forms.Form):
    """An agreement to the documents as they were shown: the hidden field says which text that was."""

    agree = forms.BooleanField(
        label=gettext_lazy("I agree, for the company, to the terms of use and the data-processing agreement."),
        error_messages={"required": gettext_lazy("Without the two agreements we cannot open an account.")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, documents: list[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = documents
        self.stamp = " ".join(document.sha256[:32] for document in documents)
        self.initial["shown"] = self.stamp
        self.fields["agree"].help_text = _where_to_read()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("agree") and cleaned.get("shown") != self.stamp:
            kept = {name: value for name, value in self.data.items() if name != "agree"}
            self.data = {**kept, "shown": self.stamp}
            self.add_error("agree", _("The text has changed while this page was open. Read it and agree again."))
        return cleaned


def on_one_line(text: str) -> None:
    """Refuse line breaks and characters that cannot be seen: the name stands in mails."""
    if not text.isprintable():
        raise forms.ValidationError(gettext_lazy("This holds characters that cannot be seen. Type it anew."))


class RegisterForm(AgreeForm):
    """A new customer and its owner."""

    company = forms.CharField(
        label=gettext_lazy("Company or website"),
        max_length=100,
        validators=[on_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": gettext_lazy("Tell us whose account this is: a company, or a website's address.")},
    )
    email = EmailField(help_text=gettext_lazy("We send you a link to confirm it."))
    password = new_password()
    first_name = name_field(gettext_lazy("First name"), "given-name")
    last_name = name_field(gettext_lazy("Last name"), "family-name")
    phone = PhoneField(required=False)

    field_order = ("company", "email", "password", "first_name", "last_name", "phone", "agree", "shown")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("password"):
            user = User(username=cleaned.get("email") or "", email=cleaned.get("email") or "")
            user.first_name, user.last_name = cleaned.get("first_name") or "", cleaned.get("last_name") or ""
            try:
                judge_password(cleaned["password"], user, [cleaned.get("company") or ""])
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class SignInForm(forms.Form):
    """An address and a password."""

    email = EmailField(error_messages={"required": gettext_lazy("Type the e-mail address of your account.")})
    password = PasswordField(autocomplete="current-password")


class ProofForm(forms.Form):
    """The password again."""

    password = PasswordField(autocomplete="current-password")


class ForgottenForm(forms.Form):
    """Whose password is to be set anew."""

    email = EmailField(error_messages={"required": gettext_lazy("Type the e-mail address of your account.")})


class NewPasswordForm(forms.Form):
    """A password chosen through a link."""

    password = new_password(label=gettext_lazy("New password"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        judge_password(password, self.user)
        return password


class JoinForm(NewPasswordForm):
    """An invited person who has no account yet."""

    first_name = name_field(gettext_lazy("First name"), "given-name")
    last_name = name_field(gettext_lazy("Last name"), "family-name")
    field_order = ("first_name", "last_name", "password")
