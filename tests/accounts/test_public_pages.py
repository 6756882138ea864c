"""What is open to all: the operator's documents, the front page, and whose work this is."""

import pytest
from django.test import Client

from accounts import legal

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-02", "R-06")
@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("name", legal.VERSIONS)
def test_each_document_names_the_operator_and_is_there_in_both_languages(name, language, settings):
    document = legal.current(name, language)

    assert document.language == language
    for fact in (settings.OPERATOR_NAME, settings.OPERATOR_CONTACT):
        assert fact in document.text
    assert document.version in document.text
    if name != legal.TERMS:
        assert settings.OPERATOR_HOSTING in document.text
        assert settings.OPERATOR_SUBPROCESSORS in document.text


def test_a_document_in_a_language_we_lack_is_english():
    assert legal.current(legal.TERMS, "fi").language == "en"


def test_the_operators_facts_are_escaped(settings):
    settings.OPERATOR_NAME = "<b>Fjordvakt & Co.</b>"

    assert "&lt;b&gt;Fjordvakt &amp; Co.&lt;/b&gt;" in legal.current(legal.TERMS, "en").text


@pytest.mark.requirement("R-02")
@pytest.mark.parametrize("path", ["/", "/about/", "/terms/", "/data-processing/", "/privacy/"])
def test_public_pages_are_open_and_name_the_operator(path, settings):
    page = Client().get(path)

    assert page.status_code == 200
    assert settings.OPERATOR_NAME in page.content.decode()
    for other in ("/terms/", "/data-processing/", "/privacy/", "/about/"):
        assert f'href="{other}"' in page.content.decode()


def test_front_and_about_page_say_that_we_are_independent():
    for path in ("/", "/about/"):
        assert "not made, endorsed or supported by miniOrange or Cisco Duo" in Client().get(path).content.decode()


def test_whoever_uses_this_server_is_offered_its_source(settings):
    assert f"write to {settings.OPERATOR_CONTACT}" in Client().get("/about/").content.decode()

    settings.SOURCE_URL = "https://source.example/kumquat"
    assert 'href="https://source.example/kumquat"' in Client().get("/about/").content.decode()
