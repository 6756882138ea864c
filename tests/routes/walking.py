"""Walks the URL resolver: each route with its name, its view, and an address that leads to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver. `name` has its namespace before it, and is empty after it for a nameless one."""

    pattern: str
    name: str
    view: Callable[..., Any]

    @property
    def arguments(self) -> tuple[str, ...]:
        """What stands in the pattern for something else."""
        return tuple(first or second for first, second in _PART.findall(self.pattern))

    def path(self, given: dict[str, Any]) -> str:
        """An address of this route. Raises KeyError when an argument is not given."""
        return "/" + _PART.sub(lambda match: str(given[match[1] or match[2]]), self.pattern)

    def __str__(self) -> str:
        return self.name if self.name and not self.name.endswith(":") else self.pattern


def routes() -> list[Route]:
    """All of them, in the order of their patterns."""
    return sorted(set(_walk(get_resolver())), key=lambda route: route.pattern)


def _walk(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield Route(pattern, f"{namespace}{entry.name or ''}", entry.callback)
