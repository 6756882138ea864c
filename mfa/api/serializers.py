"""Shapes of the native API's bodies."""

from rest_framework import serializers


class DocumentOut(serializers.Serializer[object]):
    """One of the operator's documents as it stands now."""

    name = serializers.CharField()
    version = serializers.CharField()
    sha256 = serializers.CharField(help_text="Hash of the text in this language; send it to agree.")
    url = serializers.URLField()


class RegistrationIn(serializers.Serializer[object]):
    """A new customer and its owner."""

    company = serializers.CharField(max_length=100, help_text="Company, or the website's address.")
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, write_only=True)
    first_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=100, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=["en", "nb"], required=False)
    agreed = serializers.ListField(
        child=serializers.CharField(max_length=64),
        max_length=8,
        help_text="The sha256 of each document of /api/v1/documents that the company agrees to: all of them.",
    )


class RegistrationOut(serializers.Serializer[object]):
    """What follows. The same for an address that has an account already: its owner is told by mail."""

    message = serializers.CharField()


class ProblemOut(serializers.Serializer[object]):
    """Why nothing was done: a sentence, and for each field what to change."""

    message = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # the field's name in the answer
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    wait = serializers.IntegerField(required=False, help_text="Seconds until another try makes sense.")
