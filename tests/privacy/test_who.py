"""The public page "who handles your second factor", made from the data map, and its embed address."""

import pytest
from django.conf import settings
from django.test import Client

from accounts import datamap
from accounts.datamap import Personal
from accounts.models import User
from privacy import mapping, texts, words
from tests.factories import CustomerFactory
from tests.privacy.terms import publish

pytestmark = pytest.mark.django_db


@pytest.mark.product("me-1")
@pytest.mark.requirement("R-01", "R-02", "R-06")
def test_the_page_names_customer_operator_place_and_sub_processors_in_the_sites_language():
    customer = CustomerFactory(name="Nordvik", language="nb", slug="nordvik")

    page = Client().get("/who/nordvik/", headers={"Accept-Language": "en"}).content.decode()

    assert '<html lang="nb">' in page
    for said in ("Nordvik", settings.OPERATOR_NAME, settings.OPERATOR_CONTACT, settings.OPERATOR_HOSTING):
        assert said in page
    assert '<html lang="en">' in Client().get("/who/nordvik/?lang=en").content.decode()
    assert f'href="/who/{customer.slug}/"' in page
    assert f'href="/me/{customer.slug}/"' in page


@pytest.mark.requirement("R-01")
def test_the_embed_address_alone_may_be_framed_and_sets_no_cookie():
    slug = CustomerFactory().slug
    page, embed = Client().get(f"/who/{slug}/"), Client().get(f"/who/{slug}/embed/")

    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert "script-src 'none'" in embed.headers["Content-Security-Policy"]
    assert embed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "X-Frame-Options" not in embed.headers
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    for answer in (page, embed):
        assert not answer.cookies
    assert "Cookie" not in embed.headers.get("Vary", "")
    assert b"<script" not in embed.content and b"<form" not in embed.content


@pytest.mark.requirement("R-01")
@pytest.mark.parametrize("made", [{"confirmed_at": None}, {"slug": "other"}])
def test_an_unknown_customer_is_named_to_nobody(made):
    CustomerFactory(name="Nordvik", **{"slug": "nordvik", **made})

    answer = Client().get("/who/nordvik/")

    assert answer.status_code == 404
    assert b"Nordvik" not in answer.content


@pytest.mark.requirement("R-03", "R-17", "R-18")
def test_every_datum_about_end_users_stands_on_the_page_with_purpose_source_and_time():
    page = Client().get(f"/who/{CustomerFactory().slug}/?lang=en").content.decode()

    for table, name, entry in mapping.personal(end_users=True):
        line = mapping.line([(table, name, entry)])
        for said in (line.label, *line.purposes, *line.sources, *line.retentions, *line.recipients):
            assert str(said) in page.replace("&#x27;", "'"), (table, name, said)


@pytest.mark.requirement("R-08", "R-18")
def test_every_word_of_the_map_can_be_read_by_people():
    assert mapping.check_words() == []


@pytest.mark.requirement("R-08", "R-18")
@pytest.mark.parametrize(
    ("entry", "missing"),
    [
        (Personal("shoe size", datamap.SIGN_IN, "90 days"), ["shoe size"]),
        (Personal("contact", "curiosity", "90 days"), ["curiosity"]),
        (Personal("contact", datamap.SIGN_IN, "for ever"), ["for ever"]),
        (Personal("contact", datamap.SIGN_IN, "90 days", recipients=("the neighbours",)), ["the neighbours"]),
        (Personal("other", datamap.SIGN_IN, "90 days"), ["necessity"]),
        (Personal("other", datamap.SIGN_IN, "90 days", necessity="without it the lift would not open"), []),
    ],
)
def test_a_word_that_nobody_said_for_people_and_an_unexplained_other_are_found(monkeypatch, entry, missing):
    assert words.unknown(entry) == missing
    monkeypatch.setattr(User, "data_map", {**User.data_map, "phone": entry})
    assert len(mapping.check_words()) == len(missing)


def test_a_postal_address_has_a_category_and_is_collected_nowhere():
    assert "address" in words.CATEGORIES
    assert {entry.category for _model, _name, entry in mapping.personal()}.isdisjoint({"address", "other"})


def test_the_customers_terms_are_public_with_what_is_new():
    customer = CustomerFactory()
    publish(customer, "We keep little.")
    publish(customer, "We keep less.", changes="Less is kept.")

    page = Client().get(f"/who/{customer.slug}/terms/?lang=en").content.decode()

    assert "Version 2" in page and "Less is kept." in page and "<del><p>We keep little.</p></del>" in page


@pytest.mark.promise("S28")
def test_texts_that_would_take_long_to_match_are_shown_as_one_change(monkeypatch):
    monkeypatch.setattr(texts.difflib, "SequenceMatcher", None)
    before, after = ["kept", *["a", "b"] * 300, "end"], ["kept", *["b", "a", "c"] * 300, "end"]

    pairs = texts.compare("\n".join(before), "\n".join(after))

    assert [pair.state for pair in pairs] == ["same", *["changed"] * 600, *["new"] * 300, "same"]
    assert [pair.after for pair in pairs] == [f"<p>{line}</p>" for line in after]


@pytest.mark.promise("S28")
def test_a_text_of_headings_alone_is_shown():
    assert texts.shown("\n".join(["# <b>"] * 5000)) == "<h2>&lt;b&gt;</h2>" * 5000
    assert texts.shown("# One\nTwo\n\n- three") == "<h2>One</h2><p>Two</p><ul><li>three</li></ul>"
