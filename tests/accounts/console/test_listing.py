"""Lists: pages by key, counts that stop, filters that live in the address."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.test import RequestFactory
from django.utils import timezone, translation
from django.utils.translation import ngettext_lazy

from accounts.console import listing
from accounts.console.users import UserFilters
from accounts.ids import new_id
from accounts.models import User
from tests.accounts.console.cast import desk
from tests.factories import CustomerFactory, UserFactory

WORDS = ngettext_lazy("%(n)s user", "%(n)s users", "count")


def get(**query):
    request = RequestFactory().get("/list/", query)
    request.customer = None
    return request


@pytest.fixture
def customer(db):
    made = CustomerFactory()
    UserFactory.create_batch(7, customer=made)
    return made


def test_a_page_holds_the_newest_rows_and_leads_on_to_older_ones(customer):
    rows = User.objects.filter(customer=customer)

    first = listing.page(get(state="active"), rows, size=3)

    assert first.rows == list(rows.order_by("-pk")[:3])
    assert first.newer == ""
    assert first.older == f"/list/?state=active&before={first.rows[-1].pk}"


def test_pages_lead_down_to_the_last_row_and_back_up_again(customer):
    rows = User.objects.filter(customer=customer)
    everyone = list(rows.order_by("-pk"))

    second = listing.page(get(before=everyone[2].pk), rows, size=3)
    last = listing.page(get(before=everyone[5].pk), rows, size=3)
    back = listing.page(get(after=everyone[6].pk), rows, size=3)

    assert second.rows == everyone[3:6]
    assert (last.rows, last.older) == (everyone[6:], "")
    assert back.rows == everyone[3:6]
    assert back.newer.endswith(f"after={everyone[3].pk}")


@pytest.mark.parametrize("junk", ["", "1", "not-a-key", "0" * 400])
def test_a_broken_place_in_the_address_shows_the_first_page(customer, junk):
    rows = User.objects.filter(customer=customer)

    assert listing.page(get(before=junk), rows, size=3).rows == list(rows.order_by("-pk")[:3])


def test_counts_are_exact_to_a_thousand_and_then_over_a_thousand(customer, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert listing.counted(User.objects.filter(customer=customer), WORDS) == "7 users"

    assert listing.bounded(1000) == "1,000"
    assert listing.bounded(1001) == "over 1,000"


def test_numbers_are_grouped_as_the_language_does():
    with translation.override("nb"):
        assert listing.figure(16482) == "16\xa0482"


def test_a_list_by_key_can_be_cut_by_time():
    before = timezone.now() - timedelta(seconds=1)

    assert listing.id_at(before) < new_id() < listing.id_at(timezone.now() + timedelta(seconds=1))
    assert listing.id_at(datetime(2026, 11, 24, tzinfo=UTC)).int >> 80 == 1795478400000


def test_days_include_the_first_and_the_last(customer):
    User.objects.filter(customer=customer).delete()
    days = [datetime(2026, 11, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
    for at in days:
        UserFactory(customer=customer, id=UUID(int=listing.id_at(at).int + 1))

    rows = listing.within(User.objects.filter(customer=customer), date(2026, 11, 2), date(2026, 11, 3))

    assert rows.count() == 2


def test_each_filter_becomes_a_chip_that_takes_it_away(customer):
    filters = UserFilters(get(q="nora", state="disabled", before=str(new_id())))

    chips = {chip["label"]: chip["url"] for chip in filters.chips()}

    assert chips == {"Search: nora": "/list/?state=disabled", "State: Disabled": "/list/?q=nora"}
    assert filters.clear_url() == "/list/"


@pytest.mark.parametrize("query", [{"state": "gone"}, {"method": "'"}, {"q": "a\0b"}])
def test_a_filter_that_nobody_offers_is_left_out(customer, query):
    filters = UserFilters(get(**query))

    assert not filters.is_active()
    assert filters.apply(User.objects.filter(customer=customer)).count() == 7


@pytest.mark.parametrize("day", ["0001-01-01", "1969-12-31", "9999-12-31"])
@pytest.mark.parametrize("name", ["first", "last"])
@pytest.mark.django_db
def test_a_day_that_no_id_can_be_of_is_left_out(name, day):
    client = desk()
    for path in ("audit", "messages", "sign-ins"):
        assert client.get(f"/dashboard/{path}/", {name: day}).status_code == 200
