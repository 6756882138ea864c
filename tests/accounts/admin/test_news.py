"""The staff's page of news: written, looked at once more, released."""

import pytest

from accounts import audit
from accounts.models import AuditRecord, Role
from privacy.models import Announcement
from privacy.purposes import NEWS
from privacy.verbs import consenting, news
from tests.accounts.admin.conftest import page_of, url
from tests.factories import member

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R-25")
def test_staff_write_news_and_release_it_after_a_second_look(desk):
    reader = member(Role.OWNER)
    consenting.give(reader, NEWS, audit.SYSTEM)
    given = {"title_en": "New", "body_en": "Text", "title_nb": "", "body_nb": ""}
    assert desk.post(url(Announcement, "add"), given).status_code == 302
    row = Announcement.objects.get()
    assert "Draft" in desk.get(page_of(row)).content.decode()
    act = {"action": "release", "_selected_action": str(row.pk)}

    asked = desk.post(url(Announcement), act).content.decode()
    assert "Send it to 1 member" in asked
    assert Announcement.objects.get().released_at is None
    desk.post(url(Announcement), {**act, "confirmed": "yes"})

    assert Announcement.objects.get().released_at is not None
    assert news.send_due() == 1
    assert AuditRecord.objects.filter(action="privacy.news_released").count() == 1


@pytest.mark.requirement("R-25")
def test_a_language_has_title_and_text_or_neither(desk):
    given = {"title_en": "New", "body_en": "Text", "title_nb": "Nytt", "body_nb": ""}

    page = desk.post(url(Announcement, "add"), given)

    assert "Title and text go together." in page.content.decode()
    assert not Announcement.objects.exists()
