"""Shapes of bodies that belong to no resource: registration and problems."""

from rest_framework import serializers

from accounts import problems


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


class FieldProblem(serializers.Serializer[object]):
    """What is wrong with one field."""

    field = serializers.CharField(allow_blank=True, help_text="Its name, or its path as in `given.answers.0`.")
    message = serializers.CharField()


class ProblemOut(serializers.Serializer[object]):
    """Why nothing was done (RFC 9457), in the language that Accept-Language asks for."""

    type = serializers.CharField(help_text="Where the reference tells of this kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=list(problems.KINDS), help_text="The same in every language.")
    request_id = serializers.CharField(help_text="Name it when you write to support.")
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # the member's name in the answer
    reason = serializers.CharField(required=False, help_text="More exactly, of a refusal or a conflict.")
    verdict = serializers.CharField(required=False, help_text="Of an answer that did not pass.")
    tries_left = serializers.IntegerField(required=False)
    retry_after = serializers.IntegerField(required=False, help_text="Seconds, as in the Retry-After header.")
    count = serializers.IntegerField(required=False, help_text="How many users a policy would lock out.")
    users = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="The ids of the first of them."
    )
    scope = serializers.CharField(required=False, help_text="What the token lacks.")
