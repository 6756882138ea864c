"""Every page speaks Norwegian to whoever asks for it, to strangers, members and staff: no English word is left."""

import re
from html import unescape

import pytest

from accounts.models import Customer
from tests.routes.walking import routes
from tests.routes.world import WHO, World

pytestmark = pytest.mark.django_db

ENGLISH = re.compile(
    r"\b(the|your|you|with|this|not|was|are|were|is|and|of|from|by|all|none|new|add|edit|save|search|select|choose"
    r"|users?|passwords?|sign|pages?|change[ds]?|messages?|yes|no|ago|hours?|minutes?|seconds?)\b",
    re.IGNORECASE,
)
# What is no text of ours: scripts and styles, code and keys, what people typed, and whatever says its own language
NOT_OURS = re.compile(
    r"<(script|style|code|pre)\b.*?</\1>|<[^>]*\blang=\"en\"[^>]*>.*?</|<textarea\b.*?</textarea>"
    r"|<(\w+)[^>]*class=\"[^\"]*\bmono\b[^\"]*\"[^>]*>.*?</\2>",
    re.DOTALL,
)
SAID = re.compile(r"\b(?:aria-label|placeholder|title|alt|data-label|data-copied|data-minute|data-end)=\"([^\"]*)\"")
TAG = re.compile(r"<[^>]+>")
IN_ENGLISH = {"api:docs_part"}  # calls and fields are described in English alone, and marked as such
# Names that are English, addresses, codes of countries, and the Norwegian word for a town
NAMES = re.compile(
    r"«[^»]*»|\S+@\S+|https?://\S+|\b\w+\.\w+\b|\bGNU [\w ]+License|\bCC BY\b"
    r"|\b[A-Z]{2}(?:, [A-Z]{2})+\b|\b(?:Land og by|By\s+(?:Sted|Vises))\b"
)


def words(html: str) -> list[str]:
    """The English words that a page says, with what stands around them."""
    html = NOT_OURS.sub(" ", html)
    said = NAMES.sub(" ", unescape(" | ".join([*SAID.findall(html), TAG.sub(" ", html)])))
    said = " ".join(said.split())
    return [said[max(0, found.start() - 40) : found.end() + 40] for found in ENGLISH.finditer(said)]


@pytest.mark.product("customer-20")
@pytest.mark.parametrize("who", ["a stranger", "half signed in", "owner", "read_only", "staff"])
def test_no_page_says_an_english_word_to_a_norwegian(who, settings):
    settings.OPERATOR_SUBPROCESSORS = "ingen"
    world = World.build()
    Customer.objects.filter(pk=world.customer.pk).update(language="nb")  # whose public pages speak its own language
    client = WHO[who](world)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "nb"
    pages, left = 0, {}
    for route in routes():
        response = client.get(route.path(world.arguments(route.name)))
        body = response.getvalue()  # which closes a file that is streamed
        if not body or not response["Content-Type"].startswith("text/html"):
            continue
        pages += 1
        html = body.decode()
        if route.name in IN_ENGLISH:
            continue
        if found := words(html) or re.findall(r'<html lang="(?!nb").*', html):
            left[str(route)] = found

    assert pages > 10
    assert left == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Add Nora</p>", True),
        ('<input placeholder="Search" aria-label="Navn">', True),
        ('<button lang="en" value="en">The English page</button><b>Lagre</b>', False),
        ("<code>if the</code><script>var the</script><textarea>the</textarea>", False),
        ("<p>Velg «Already have an account» hos nora@of.example</p>", False),
    ],
)
def test_english_words_are_found_where_people_read_them(html, found):
    assert bool(words(html)) is found
