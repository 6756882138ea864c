"""The map of the modules is true, and a method is one file."""

import ast
import re
from collections.abc import Iterator

import pytest

from mfa.methods import METHODS
from tests import map as architecture

NAMES = {name for method in METHODS.values() for name in (method.key, *method.compat_names)}
QUOTED = re.compile(r"""(["'])([^"'\n]{2,64})\1""")


@pytest.mark.product("shown-4")
def test_the_map_is_what_make_map_writes():
    assert architecture.PAGE.read_text() == architecture.page(), "run `make map`"


@pytest.mark.parametrize("app", architecture.LAYERS)
def test_every_module_says_in_its_first_line_what_it_is_for(app):
    found = {str(module): architecture.first_line(module) for module in architecture.modules(app)}

    assert found
    assert [module for module, line in found.items() if not line.endswith(".")] == []


@pytest.mark.product("method-13")
def test_a_method_is_named_in_its_own_file_alone():
    assert set(mentions()) == set()


def mentions() -> Iterator[tuple[str, str]]:
    """Where a method's key or one of its old names stands in quotes outside mfa/methods/: file and name."""
    for path, texts in quoted():
        yield from ((path, text) for text in texts if text in NAMES and not path.startswith("mfa/methods/"))


def quoted() -> Iterator[tuple[str, list[str]]]:
    """Every text in quotes, file by file: of Python as Python reads it, of templates and scripts as they look."""
    for app in architecture.LAYERS:
        for module in architecture.modules(app):
            nodes = ast.walk(ast.parse((architecture.ROOT / module).read_text()))
            yield (
                str(module),
                [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)],
            )
    for folder, pattern in (("templates", "*.html"), ("templates", "*.txt"), ("static/js", "*.js")):
        for path in (architecture.ROOT / folder).rglob(pattern):
            texts = [text for _quote, text in QUOTED.findall(path.read_text())]
            yield str(path.relative_to(architecture.ROOT)), texts
