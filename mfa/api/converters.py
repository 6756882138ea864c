"""How a public id looks in an address: what could be none is not looked up."""

from django.urls import register_converter


class PublicId:
    """Up to 32 letters, digits, hyphens and underscores."""

    regex = r"[A-Za-z0-9_-]{1,32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def register() -> None:
    """Make `<public:…>` known to the URL patterns."""
    register_converter(PublicId, "public")
