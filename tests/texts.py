"""Every text that gettext is asked for in code and templates, read without xgettext: a bare machine has none."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
CODE = ("accounts", "config", "mfa", "privacy", "rba")

# Where in a call the context, the text and its plural stand, whatever the function is imported as
SHAPES = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(({_STRING}(?:,\s*{_STRING})*)")


class Text(NamedTuple):
    """One text as gettext keys it, with its plural."""

    context: str | None
    text: str
    plural: str = ""


def all_texts() -> set[Text]:
    """Those of every module and template."""
    modules = (path for app in CODE for path in (ROOT / app).rglob("*.py"))
    templates = (path for kind in ("*.html", "*.txt") for path in (ROOT / "templates").rglob(kind))
    found = [text for path in modules for text in in_code(path.read_text())]
    return {*found, *(text for path in templates for text in in_template(path.read_text()))}


def in_code(source: str) -> Iterator[Text]:
    """The texts in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            strings = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            yield from _text(name.removesuffix("_lazy").removesuffix("_noop"), strings)


def in_template(source: str) -> Iterator[Text]:
    """The texts in a template, by way of what Django itself hands to xgettext."""
    for name, arguments in _CALL.findall(templatize(source)):
        yield from _text(name, [ast.literal_eval(string) for string in re.findall(_STRING, arguments)])


def _text(name: str, strings: Sequence[object]) -> Iterator[Text]:
    if name not in SHAPES:
        return
    context, text, plural = (None if at is None or at >= len(strings) else strings[at] for at in SHAPES[name])
    if isinstance(text, str):
        yield Text(str(context) if context is not None else None, text, str(plural or ""))
