"""Sites: the list, adding, editing, archiving."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, AuditRecord, Site
from accounts.verbs import sites
from tests.accounts.console.cast import desk
from tests.factories import ApiKeyFactory, SiteFactory

pytestmark = pytest.mark.django_db


def test_the_list_says_when_each_key_was_last_used():
    browser = desk()
    site = SiteFactory(customer=browser.customer, name="nordvik.example")
    key = ApiKeyFactory(site=site, last_used_at=timezone.now())
    ApiKeyFactory(site=site, retires_at=timezone.now())

    page = browser.text(reverse("console:sites"))

    assert "nordvik.example" in page
    assert key.ending in page
    assert "just now" in page


def test_no_key_stands_in_the_list():
    browser = desk()
    key = ApiKeyFactory(site__customer=browser.customer)

    assert key.secret not in browser.text(reverse("console:sites"))


def test_archived_sites_are_in_a_list_of_their_own():
    browser = desk()
    SiteFactory(customer=browser.customer, name="live.example")
    SiteFactory(customer=browser.customer, name="old.example", archived_at=timezone.now())
    url = reverse("console:sites")

    assert "old.example" not in browser.text(url)
    archived = browser.text(f"{url}?state=archived")
    assert "old.example" in archived
    assert "live.example" not in archived


def test_an_empty_list_leads_to_adding_the_first_site():
    page = desk().text(reverse("console:sites"))

    assert "No sites yet" in page
    assert f'href="{reverse("console:site_add")}"' in page


def test_a_new_site_has_its_key_at_once_and_is_connected_next():
    browser = desk()

    page = browser.said(reverse("console:site_add"), {"name": "Nordvik", "url": "nordvik.example"})

    site = Site.objects.get(customer=browser.customer)
    assert site.url == "https://nordvik.example"
    assert ApiKey.objects.filter(site=site).count() == 1
    assert "Connect Nordvik" in page


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"name": "", "url": ""}, "A name, so that you know it again"),
        ({"name": "Nordvik", "url": "no address"}, "Write the whole address"),
        ({"name": "Nordvik", "url": "javascript:alert(1)"}, "Write the whole address"),
        ({"name": "Nordvik", "url": "ftp://nordvik.example"}, "Write the whole address"),
    ],
)
def test_a_form_that_comes_back_says_what_to_write(data, error):
    browser = desk()

    assert error in browser.said(reverse("console:site_add"), data)
    assert not Site.objects.exists()


def test_the_most_sites_are_named_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(sites, "MOST_SITES", 1)
    browser = desk()
    SiteFactory(customer=browser.customer)

    assert "as many as one customer can have" in browser.said(reverse("console:site_add"), {"name": "Second"})


def test_a_site_is_edited_and_the_change_recorded():
    browser = desk()
    site = SiteFactory(customer=browser.customer, name="Old")

    page = browser.said(reverse("console:site_edit", args=[site.public_id]), {"name": "New", "url": ""})

    assert "New is saved" in page
    record = AuditRecord.objects.get(action="site.edited")
    assert (record.facts["name"], record.actor_id) == (["Old", "New"], browser.user.pk)


def test_archiving_asks_first_and_then_stops_the_keys():
    browser = desk()
    key = ApiKeyFactory(site__customer=browser.customer, site__name="nordvik.example")
    url = reverse("console:site_archive", args=[key.site.public_id])

    assert "Archive nordvik.example?" in browser.text(url)
    assert ApiKey.objects.live().exists()

    browser.post(url)
    assert not ApiKey.objects.live().exists()
    assert browser.get(url).status_code == 404
