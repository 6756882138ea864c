"""The Norwegian texts: all there, none left over, their placeholders and marks right, and compiled."""

import re

import polib
import pytest

from tests.texts import CODE, ROOT, Text, all_texts, in_code, in_template

FOLDER = ROOT / "locale/nb/LC_MESSAGES"
PO = polib.pofile(str(FOLDER / "django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[%sd]|{\w*}")
TAG = re.compile(r"</?\w+[^>]*>")

# The same word in both languages, or nothing but placeholders and signs
SAME_IN_BOTH = {
    "%(ms)s ms",
    "%(n)d person",
    "%(n)s ms",
    "%(n)s person",
    "%(n)s s",
    "%(n)s webhook",
    "%(sentence)s (%(detail)s)",
    "%(what)s: %(does)s",
    "Demo",
    "Person",
    "Send",
    "Start",
    "Tor",
    "Webhook",
    "id",
    "over %(n)s",
    "person",
    "problem",
    "program",
    "webhook",
}
# What we never say, in the voice of the house: begging, shouting, blaming, and words of which we chose another
NEVER = re.compile(
    r"!|[\"“”]|\b(?:vennligst|ups|ugyldig|epost|mail|login|logge?r? inn|innlogging|plugin|dashbord|tjener)",
    re.IGNORECASE,
)
# English words that Norwegian has not
ENGLISH = re.compile(r"\b(the|your|you|with|this|please|sign|not|was|are|were|user|password|of)\b", re.IGNORECASE)
# Markup, placeholders, addresses, and what stands in «…», which may be the name of something on an English page
NOT_OURS = re.compile(r"<code>.*?</code>|<[^>]+>|%\(\w+\)[sd]|«[^»]*»|\bsmtps?://\S+")


def every(entry: polib.POEntry) -> list[tuple[str, str]]:
    """Each form of an entry beside its translation."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]


def wrong(test) -> list[tuple[str, str]]:
    return [(text, nb) for entry in PO for text, nb in every(entry) if test(text, nb)]


@pytest.mark.product("customer-20")
def test_every_text_of_code_and_templates_is_translated_and_no_other():
    """When this fails: `make messages`, then translate what is new in the .po, then `make messages` again."""
    known = {Text(entry.msgctxt, entry.msgid) for entry in PO if not entry.obsolete}
    asked = {text._replace(plural="") for text in all_texts()}

    assert len(asked) > 1000
    assert asked - known == set()
    assert known - asked == set()


def test_every_text_that_counts_has_both_its_forms():
    counted = {(text.context, text.text): text.plural for text in all_texts() if text.plural}

    assert {(entry.msgctxt, entry.msgid): entry.msgid_plural for entry in PO if entry.msgid_plural} == counted


def test_no_translation_is_empty_fuzzy_or_left_over():
    assert wrong(lambda _text, nb: not nb.strip()) == []
    assert [entry.msgid for entry in PO if entry.fuzzy or entry.obsolete] == []


def test_placeholders_are_those_of_the_english_text():
    assert wrong(lambda text, nb: sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(nb))) == []


def test_markup_is_that_of_the_english_text():
    assert wrong(lambda text, nb: sorted(TAG.findall(text)) != sorted(TAG.findall(nb))) == []


def test_sentences_begin_and_end_as_the_english_ones_do():
    assert wrong(lambda text, nb: text[-1] in ".?:" and text[-1] != nb[-1]) == []
    assert wrong(lambda text, nb: text != text.strip() or nb != nb.strip()) == []


def test_nothing_was_left_in_english():
    assert {text for text, _nb in wrong(lambda text, nb: text == nb)} == SAME_IN_BOTH
    assert wrong(lambda _text, nb: ENGLISH.search(NOT_OURS.sub("", nb))) == []


def test_the_voice_is_ours():
    assert wrong(lambda _text, nb: NEVER.search(NOT_OURS.sub("", nb))) == []


def test_the_compiled_file_is_the_readable_one():
    """A bare machine has no msgfmt, so the .mo is committed; `make messages` writes both."""

    def entries(found: polib.POFile | polib.MOFile) -> set[tuple[object, ...]]:
        return {(one.msgctxt, one.msgid, one.msgstr, tuple(one.msgstr_plural.values())) for one in found}

    assert entries(polib.mofile(str(FOLDER / "django.mo"))) == entries(PO)


def test_no_other_language_is_half_done():
    assert [path.name for path in (ROOT / "locale").iterdir() if path.is_dir()] == ["nb"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('_("Save")', [Text(None, "Save")]),
        ('gettext_lazy("Two " "parts")', [Text(None, "Two parts")]),
        ('ngettext_lazy("%(n)d key", "%(n)d keys", "n")', [Text(None, "%(n)d key", "%(n)d keys")]),
        ('translation.pgettext("a door", "Open")', [Text("a door", "Open")]),
        ('_(f"Hi {name}")', []),
    ],
)
def test_texts_are_found_in_code(line, found):
    assert list(in_code(line)) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("""{% translate "Don't" as no %}""", [Text(None, "Don't")]),
        ("""{% translate "Open" context "a door" %}""", [Text("a door", "Open")]),
        (
            "{% blocktranslate trimmed %}\n  So {{ name }}\n  it is{% endblocktranslate %}",
            [Text(None, "So %(name)s it is")],
        ),
        ("{% blocktranslate count n=k %}one{% plural %}{{ n }}{% endblocktranslate %}", [Text(None, "one", "%(n)s")]),
    ],
)
def test_texts_are_found_in_templates(line, found):
    assert list(in_template(line)) == found


def test_no_text_is_put_together_where_gettext_cannot_see_it():
    """A formatted string inside `_()` is looked up after it is filled in, and never found."""
    inside = re.compile(r"\b(?:_|n?p?gettext(?:_lazy)?)\(\s*f[\"']")
    modules = [path for app in CODE for path in (ROOT / app).rglob("*.py")]

    assert [str(path) for path in modules if inside.search(path.read_text())] == []
