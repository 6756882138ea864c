"""The WordPress plugin's texts: every one has its Norwegian, compiled, with the same placeholders."""

import gettext
import re

import pytest

from accounts.console.connect import DROP_IN, PLUGIN

CALL = r"(?:__|_n|esc_html__|esc_html_e)\( '((?:[^'\\]|\\.)+)'"
PLACE = r"%(?:\d\$)?[sd]"
SOURCES = {
    "kumquat": sorted(PLUGIN.rglob("*.php")),
    "kumquat-connect": [DROP_IN],
}


@pytest.mark.parametrize("domain", SOURCES)
def test_every_text_is_translated_and_compiled(domain):
    with (PLUGIN / "languages" / f"{domain}-nb_NO.mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    written = (PLUGIN / "languages" / f"{domain}-nb_NO.po").read_text()
    found = {text for path in SOURCES[domain] for text in re.findall(CALL, path.read_text())}
    assert len(found) > 20
    for text in found:
        translated = words._catalog.get(text) or words._catalog.get((text, 0))
        assert translated, text
        assert translated in written
        assert sorted(re.findall(PLACE, text)) == sorted(re.findall(PLACE, translated))
