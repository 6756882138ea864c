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
    """The third of three has to slide out by a third of the next bucket."""
    rule = Limit("test", "x", 3, 60)
    results = [limits.hit([rule], now=600.0) for _ in range(4)]

    assert results[:3] == [None] * 3
    assert results[3].wait == 60 + 20
    assert limits.hit([rule], now=679.0) is not None
    assert limits.hit([rule], now=680.0) is None


@pytest.mark.parametrize("count", ["valkey", "database"])
def test_no_window_of_time_lets_much_more_through_than_is_allowed(request, count):
    """All at the end of one bucket, and again as soon as the next begins: a fixed window would allow twice as many."""
    if count == "database":
        request.getfixturevalue("no_valkey")
    rule = Limit("test", "x", 20, 60)
    allowed = 20 if count == "valkey" else 10
    passed = [limits.hit([rule], now=at) is None for at in (59.0, 60.5, 61.0, 75.0) for _try in range(40)]

    assert sum(passed[:40]) == allowed
    assert sum(passed[40:120]) <= 1
    assert sum(passed[120:]) == allowed // 4 - sum(passed[40:120])


@pytest.mark.parametrize("count", ["valkey", "database"])
def test_after_two_windows_nothing_is_left_of_it(request, count):
    if count == "database":
        request.getfixturevalue("no_valkey")
    rule = Limit("test", "x", 1, 60)
    assert limits.hit([rule], now=0.0) is None

    assert limits.hit([rule], now=59.0) is not None
    assert limits.hit([rule], now=120.0) is None


@pytest.mark.promise("S20")
@pytest.mark.parametrize("count", ["valkey", "database"])
def test_what_is_refused_uses_up_nothing(request, count):
    """Else a stranger who goes on in vain would keep the owner out for as long as they like."""
    if count == "database":
        request.getfixturevalue("no_valkey")
    network, owner = Limit("network", "x", 1, 60), Limit("owner", "y", 4, 60)
    for _try in range(50):
        limits.hit([network, owner], now=0.0)

    assert limits.hit([Limit("network", "another", 1, 60), owner], now=0.0) is None
    if count == "valkey":
        assert limits.used([network, owner], now=0.0) == [1, 2]


@pytest.mark.parametrize("offset", [0.0, 0.3, 0.99])
def test_a_poll_twice_a_second_never_meets_the_limit_of_six_in_two(offset):
    """The limit of auth-status (security.md §4)."""
    rule = Limit("status", "x", 6, 2)

    assert all(limits.hit([rule], now=offset + place / 2) is None for place in range(40))


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


@pytest.mark.promise("S20")
def test_what_one_customer_sends_to_somebody_uses_up_nothing_of_anothers():
    one, other = CustomerFactory(), CustomerFactory()
    sent = [sending_limits.spend(one, ("email",), "nora@site.example", "", user=None, site=None) for _ in range(11)]

    assert (sent[9], sent[10].limit.kind) == (None, "address")
    assert sending_limits.spend(other, ("email",), "nora@site.example", "", user=None, site=None) is None


@pytest.mark.promise("S4", "S22")
def test_an_address_is_one_however_it_is_spelled_and_all_customers_together_have_a_limit():
    spelled = ["nora@site.example", "NORA@site.example", "Ｎora@site.example", " nora@site.example"]
    first = CustomerFactory()
    one = [sending_limits.spend(first, ("email",), spelled[n % 4], "", user=None, site=None) for n in range(11)]
    assert [found is None for found in one] == [True] * 10 + [False]

    by_all = [
        sending_limits.spend(customer, ("email",), spelled[0], "", user=None, site=None)
        for customer in CustomerFactory.create_batch(5)
        for _ in range(10)
    ]
    assert sum(found is None for found in by_all) == 40
