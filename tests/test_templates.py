"""What holds for every template: no inline code, only what exists is named, and every component renders."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template.loader import get_template, render_to_string
from django.utils import timezone

from accounts.console import registry

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NAMES = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))

INLINE = re.compile(
    r"""<style|\sstyle\s*=|\s(?:hx-)?on[:a-z-]+\s*=\s*["']|javascript:|<script(?![^>]*\bsrc=)|<base\b""", re.IGNORECASE
)
FOREIGN = re.compile(r"""<(?:script|link|img|iframe|source|use)\b[^>]*\b(?:src|href)\s*=\s*["'](?:https?:)?//""")


def read(name: str) -> str:
    return (ROOT / "templates" / name).read_text()


@pytest.mark.product("customer-19")
@pytest.mark.parametrize("name", NAMES)
def test_no_template_holds_inline_script_style_or_handler(name):
    text = read(name)
    if name == "messages/base.html":  # a mail program reads no stylesheet of ours: one <style>, and nothing else
        text = re.sub(r"<style>.*?</style>", "", text, count=1, flags=re.DOTALL)

    assert not INLINE.findall(text)


@pytest.mark.parametrize("name", NAMES)
def test_no_template_loads_anything_from_another_host(name):
    assert not FOREIGN.findall(read(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_static_file_that_a_template_names_exists(name):
    named = re.findall(r"""{%\s*static\s+["']([^"']+)["']""", read(name))

    assert [path for path in named if not finders.find(path)] == []


def icons_named() -> dict[str, str]:
    """Each icon that a template or an app names, with one place that does."""
    found: dict[str, str] = {}
    patterns = [r"""{%\s*icon\s+["']([\w-]+)["']""", r"""\bicon(?:_name)?\s*=\s*["']([\w-]+)["']"""]
    apps = [path for app in ("accounts", "mfa", "privacy", "rba") for path in (ROOT / app).rglob("*.py")]
    for path in [*TEMPLATES, *apps]:
        for pattern in patterns:
            found |= dict.fromkeys(re.findall(pattern, path.read_text()), str(path.relative_to(ROOT)))
    return found | {entry.icon: "a line of the sidebar" for entry in registry.ENTRIES}


def test_every_icon_that_is_named_stands_in_the_sprite():
    assert {name: place for name, place in icons_named().items() if name not in SPRITE} == {}


def test_every_token_that_a_stylesheet_uses_is_defined():
    sheets = {path: path.read_text() for path in (ROOT / "static/css").rglob("*.css")}
    defined = set(re.findall(r"(--[\w-]+)\s*:", "".join(sheets.values())))

    missing = {str(path): set(re.findall(r"var\((--[\w-]+)", text)) - defined for path, text in sheets.items()}
    assert {path: names for path, names in missing.items() if names} == {}


class Everything(forms.Form):
    """A field of each kind, all of them wrong or empty."""

    email = forms.EmailField(help_text="Where we write to.")
    password = forms.CharField(widget=forms.PasswordInput)
    reason = forms.CharField(widget=forms.Textarea)
    role = forms.ChoiceField(choices=[("owner", "Owner")])
    way = forms.ChoiceField(widget=forms.RadioSelect, choices=[("mail", "By e-mail")])
    sites = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, choices=[("one", "One")])
    terms = forms.BooleanField()
    phone = forms.CharField(required=False)


def ids(html: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', html)


def test_every_field_names_its_help_and_its_errors():
    html = "".join(field.as_field_group() for field in Everything({"email": "no address"}))

    described = {one for value in re.findall(r'aria-describedby="([^"]+)"', html) for one in value.split()}
    assert described <= set(ids(html))
    assert {"id_email_helptext", "id_email_error", "id_terms_error", "id_way_error", "id_sites_error"} <= described
    assert 'id="id_email" aria-invalid' in html or re.search(r'aria-invalid="true"[^>]*id="id_email"', html)
    assert len(ids(html)) == len(set(ids(html)))


def test_the_label_says_which_fields_may_be_left_empty():
    form = Everything()

    assert "optional" in form["phone"].as_field_group()
    assert "optional" not in form["email"].as_field_group()


def test_a_password_can_be_shown_and_other_fields_cannot():
    form = Everything()

    assert 'data-show-password aria-pressed="false" aria-controls="id_password"' in form["password"].as_field_group()
    assert "data-show-password" not in form["email"].as_field_group()


def test_the_error_summary_takes_the_focus_and_leads_to_each_field():
    form = Everything({"email": "no address"})
    html = render_to_string("components/error_summary.html", {"form": form})

    assert 'tabindex="-1" autofocus' in html
    fields = "".join(field.as_field_group() for field in form)
    assert len(re.findall(r'href="#[^"]', html)) == len(form.errors)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids(fields))


def test_a_code_is_never_filled_in_again():
    form = Everything({"email": "204816"})
    html = render_to_string("components/code.html", {"field": form["email"], "digits": 6})

    assert "204816" not in html
    assert 'aria-invalid="true"' in html


def test_the_error_page_of_a_broken_server_needs_no_context():
    html = get_template("errors/500.html").render()

    assert "Nothing is lost" in html


NOW = timezone.now()
SAMPLES = {
    "badge": {"tone": "good", "text": "Active"},
    "callout": {"tone": "warn", "title": "Three codes left.", "url": "/", "link": "Make new ones"},
    "checks": {"checks": [{"state": state, "title": state} for state in ("good", "warn", "bad", "wait")]},
    "chips": {"found": "12 found", "chips": [{"label": "Locked", "url": "?"}], "clear_url": "?"},
    "code": {"field": Everything()["email"], "digits": 6},
    "confirm": {"title": "Delete Tuva Lien?", "confirm": "Delete", "keep": "Keep", "back_url": "/", "tone": "danger"},
    "copy_button": {"source": "#key"},
    "countdown": {"seconds": 258, "total": 300, "text": "Ends in", "end": "It has ended."},
    "crumbs": {"url": "/", "text": "Sites"},
    "demo": {"demo": True},
    "empty": {"icon_name": "users", "title": "No users yet", "url": "/", "link": "Add user"},
    "error_summary": {"form": Everything({})},
    "flash": {"messages": [SimpleNamespace(level_tag="error")]},
    "language": {},
    "loading": {},
    "pager": {"next_url": "?after=1", "shown": "1 to 50"},
    "qr": {"svg": "", "label": "QR code"},
    "secret": {"id": "key", "label": "API key", "value": "abc"},
    "put_off": {"put_off": {"until": None, "times": 2}},
    "show_password": {"controls": "id_password"},
    "snippet": {"id": "line", "title": "By hand", "code": "define( 'A', 1 );"},
    "stats": {"label": "Today", "tiles": [{"label": "Sign-ins", "value": "482", "url": "/"}]},
    "theme": {},
    "timeline": {"entries": [{"title": "Asked", "at": NOW, "icon": "send"}]},
    "toast": {"text": "Saved", "icon_name": "check"},
    "toasts": {"messages": [SimpleNamespace(level_tag="success")]},
    "ways": {"ways": [{"key": "sms", "label": "Text message", "icon": "smartphone"}]},
    "wordmark": {},
}


def test_every_component_has_a_sample_here():
    assert {path.stem for path in TEMPLATES if path.parent.name == "components"} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_component_renders_without_inline_code_and_with_ids_of_its_own(name):
    html = render_to_string(f"components/{name}.html", SAMPLES[name])

    assert html.strip()
    assert not INLINE.findall(html)
    assert len(ids(html)) == len(set(ids(html)))
