"""Limits count in Valkey, and more strictly in the database while Valkey is away."""

import pytest

from accounts import limits, sending_limits, valkey
from accounts.limits import Limit
from accounts.models import RateCount
from tests.factories import CustomerFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_valkey(monkeypatch):
    def away(work):
        raise valkey.redis.ConnectionError("gone")

    monkeypatch.setattr(valkey, "ask", away)


def test_the_use_after_the_last_allowed_is_refused_and_says_how_long():
    rule = Limit("test", "x", 3, 60)
    results = [limits.hit([rule], now=1_000_000.0) for _ in range(4)]

    assert results[:3] == [None] * 3
    assert results[3].wait == 60 - 1_000_000 % 60


def test_the_next_window_begins_anew():
    rule = Limit("test", "x", 1, 60)
    limits.hit([rule], now=0.0)

    assert limits.hit([rule], now=59.0) is not None
    assert limits.hit([rule], now=60.0) is None


def test_a_limit_of_nothing_allows_nothing():
    assert limits.hit([Limit("test", "x", 0, 60)]) is not None


@pytest.mark.promise("S20")
def test_without_valkey_half_as_much_is_allowed(no_valkey):
    rule = Limit("test", "x", 4, 60)
    refused = [limits.hit([rule], now=0.0) is not None for _ in range(4)]

    assert refused == [False, False, True, True]


def test_no_name_of_a_limit_tells_whom_it_is_about(no_valkey):
    limits.hit([Limit("address", "nora@site.example", 3)])

    assert "nora" not in RateCount.objects.get().name


@pytest.mark.promise("S22")
def test_five_hundred_adjacent_numbers_cost_twenty_messages():
    site = SiteFactory()
    sent = sum(
        sending_limits.spend(site.customer, ("sms",), "", f"+47910000{n:02}", user=None, site=site) is None
        for _round in range(5)
        for n in range(100)
    )

    assert sent <= 20


@pytest.mark.promise("S22")
@pytest.mark.parametrize("number", ["+4782012345", "+448712345678", "112", "+1", "hello", "", "+47" + "9" * 50])
def test_numbers_that_cost_extra_or_are_none_are_refused(number):
    with pytest.raises(sending_limits.UnusableNumber):
        sending_limits.number(number)


@pytest.mark.parametrize("written", ["+4791234567", "4791234567", "+47 912 34 567", "91234567"])
def test_a_number_is_read_as_people_and_clients_write_it(written):
    assert sending_limits.number(written) == "+4791234567"


@pytest.mark.promise("S22")
def test_a_country_that_is_not_allowed_is_refused_before_anything_is_counted():
    customer = CustomerFactory(sms_countries=["+47"])

    with pytest.raises(sending_limits.CountryNotAllowed):
        sending_limits.spend(customer, ("sms",), "", "+4812345678", user=None, site=None)
    assert sending_limits.overview(customer)[1].used == 0


def test_what_is_left_is_told_and_unknown_while_valkey_is_away(monkeypatch):
    user = UserFactory()
    sending_limits.spend(user.customer, ("email",), user.email, "", user=user, site=None)

    assert sending_limits.overview(user.customer)[0].used == 1
    monkeypatch.setattr(valkey, "ask", lambda work: (_ for _ in ()).throw(valkey.redis.ConnectionError()))
    assert sending_limits.overview(user.customer)[0].used is None
