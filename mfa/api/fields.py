"""Fields of bodies and queries that several resources share."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from phonenumber_field.phonenumber import PhoneNumber
from rest_framework import serializers

from accounts import names, sending_limits
from accounts.assurance import Assurance

WORTH = [level.name.lower() for level in Assurance]


class Line(serializers.CharField):
    """One line of text: no line breaks, nothing that cannot be seen (security.md S23)."""

    default_error_messages = {"unprintable": _("This holds characters that cannot be seen.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text: str = super().to_internal_value(data)
        if not text.isprintable():
            self.fail("unprintable")
        return text


class Username(Line):
    """The name that a site knows a person by; any spelling of it finds the same person."""

    default_error_messages = {"unusable": _("This cannot be a username.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=names.MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            names.canonical(text)
        except names.UnusableName:
            self.fail("unusable")
        return text


class Phone(Line):
    """A phone number, in any spelling; said back in E.164."""

    default_error_messages = {"unusable": _("This is no phone number that can be texted or called.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return ""
        try:
            return sending_limits.number(text)
        except sending_limits.UnusableNumber:
            self.fail("unusable")

    def to_representation(self, value: PhoneNumber | str) -> str:
        return str(value or "")


class Email(serializers.EmailField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.STR)
class Id(serializers.RegexField):
    """The public id of something."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"^[A-Za-z0-9_-]{1,32}$", max_length=32, **kwargs)
