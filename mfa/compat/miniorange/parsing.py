"""Typed reading of the dialect's bodies; what is JSON at all is for `accounts.strict_json` to say."""

from typing import Any

from accounts.strict_json import LONGEST, MOST_BYTES, Malformed, parse


class Body:
    """Typed reading of a parsed object: absent, null and false are empty, any other type than asked for is Malformed.

    PHP says false for what it does not have, an expired transient say.
    """

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def raw(self, name: str) -> Any:
        return self.values.get(name)

    def text(self, *names: str, most: int = 255, lines: bool = False) -> str:
        """The first of the named fields that is there, trimmed; empty when none is.

        Characters that cannot be seen are refused, for a text may stand in a mail's head or on a page; `lines` allows
        line breaks and cuts what is too long.
        """
        for name in names:
            value = self.values.get(name)
            if value is None or value is False or value == "":
                continue
            if not isinstance(value, str):
                raise Malformed(f"{name} is not a text.")
            if lines:
                return value.strip()[:most]
            if len(value) > most:
                raise Malformed(f"{name} is longer than {most} characters.")
            if not value.strip().isprintable():
                raise Malformed(f"{name} holds characters that cannot be seen.")
            return value.strip()
        return ""

    def needed(self, *names: str, most: int = 255) -> str:
        """As `text`, but Malformed when it is empty."""
        value = self.text(*names, most=most)
        if not value:
            raise Malformed(f"{names[0]} is missing.")
        return value

    def digits(self, name: str) -> str:
        """A number that comes as JSON number or text; empty when absent, null or false."""
        value = self.values.get(name)
        if value is None or value is False or value == "":
            return ""
        if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 20:
            raise Malformed(f"{name} is not a number.")
        text = str(value).strip()
        if not (text.isascii() and text.isdigit()):
            raise Malformed(f"{name} is not a number.")
        return text

    def inner(self, name: str) -> "Body":
        """An object inside this one; empty when absent."""
        value = self.values.get(name)
        if value is None:
            return Body({})
        if not isinstance(value, dict):
            raise Malformed(f"{name} is not an object.")
        return Body(value)


__all__ = ("LONGEST", "MOST_BYTES", "Body", "Malformed", "parse")
