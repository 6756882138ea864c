"""`make map`: writes docs/architecture.md from the first docstring line of every module."""

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "architecture.md"
# From the top: a layer knows those below it and none above
LAYERS = {
    "config": "Wiring only: settings, addresses, Celery, and `make run`. Knows everything, is known by nobody.",
    "privacy": "The rights over data. The highest app: sees all below.",
    "mfa": "How a person proves who they are; the doors (sign-in pages) and the dialects of clients are here.",
    "rba": "How risky a sign-in is. Knows accounts, never mfa.",
    "accounts": "Who: customers, sites, users, keys, sessions; and the plumbing that all share.",
}
HEAD = """\
# Architecture

Every module and what it is for, written by `make map` from the modules' own first lines; a test keeps it true.

A site says who wants in; **rba** says how risky that is; **mfa** asks for as much proof as risk and policy call for;
**privacy** has a say over every datum involved; **accounts** knows whose it all is, and carries what all need.
Imports go downwards, in the order of this page, and import-linter keeps it so. Inside an app its faces (`api`,
`compat`, `console`, `doors`, `hosted`, `admin`, `tasks`) translate and call `verbs`; verbs use models; nothing goes
back up.
"""


def page() -> str:
    """The whole page."""
    return HEAD + "".join(f"\n## {app}\n{words}\n{_list(app)}" for app, words in LAYERS.items())


def modules(app: str) -> Iterator[Path]:
    """An app's modules but for migrations and empty package files, folder by folder."""
    found = (path.relative_to(ROOT) for path in (ROOT / app).rglob("*.py") if path.stat().st_size)
    return iter(sorted((path for path in found if "migrations" not in path.parts), key=_place))


def first_line(module: Path) -> str:
    """The first line of its docstring; empty when it has none."""
    text = ast.get_docstring(ast.parse((ROOT / module).read_text())) or ""
    return text.partition("\n")[0]


def _place(module: Path) -> tuple[Path, bool, str]:
    return module.parent, module.name != "__init__.py", module.name


def _list(app: str) -> str:
    text = ""
    for folder, inside in groupby(modules(app), lambda path: path.parent):
        text += f"\n### {folder}/\n" if folder != Path(app) else "\n"
        text += "".join(f"- `{path.name}` – {first_line(path)}\n" for path in inside)
    return text


if __name__ == "__main__":
    PAGE.write_text(page())
