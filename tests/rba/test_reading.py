"""What a request shows: eight kinds of data, cut and parsed in bounded time; whatever else is sent is counted."""

import time

import pytest
from django.test import RequestFactory

from accounts.http import source_of
from rba import networks, reading

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
WEB = RequestFactory()


def shown(**headers):
    return reading.of_request(source_of(WEB.get("/", **headers)), {"zone": "Europe/Oslo"})


def test_a_browsers_request_is_read_in_all_that_it_shows():
    context = reading.context(
        shown(REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT=FIREFOX, HTTP_ACCEPT_LANGUAGE="nb-NO,nb;q=0.9"), 1000.0
    )

    assert (context.browser, context.browser_version, context.system) == ("Firefox", "140.0", "Windows")
    assert (context.device_type, context.language, context.zone) == ("desktop", "nb-NO,nb;q=0.9", "Europe/Oslo")
    assert context.address == "192.0.2.7"


@pytest.mark.product("risk-data-6")
@pytest.mark.parametrize(("agent", "device"), [(SAFARI, "mobile"), (FIREFOX, "desktop"), ("curl/8.5", "other")])
def test_the_sort_of_device_is_told_by_its_user_agent(agent, device):
    assert reading.context(shown(HTTP_USER_AGENT=agent), 1.0).device_type == device


@pytest.mark.product("risk-data-6")
def test_client_hints_name_a_browser_that_calls_itself_another():
    hints = {
        "HTTP_SEC_CH_UA": '"Not_A Brand";v="8", "Chromium";v="140", "Brave";v="140"',
        "HTTP_SEC_CH_UA_PLATFORM": '"macOS"',
    }

    hinted = reading.context(shown(HTTP_USER_AGENT=CHROME, **hints), 1.0)
    unnamed = reading.context(shown(HTTP_USER_AGENT="Thing/1", **hints), 1.0)

    assert (hinted.browser, hinted.browser_version, hinted.system) == ("Brave", "140", "Windows")
    assert unnamed.system == "Mac OS X"


@pytest.mark.product("risk-data-3")
@pytest.mark.requirement("R-33")
def test_what_is_none_of_the_eight_kinds_is_dropped_on_arrival_and_counted():
    found = reading.of_values(
        {"user_agent": FIREFOX, "zone": "Europe/Oslo", "fonts": "Arial", "isp": "Telenor", "postal_code": "5003"}
    )

    assert found.dropped == 3
    assert "Arial" not in repr(found) and "Telenor" not in repr(found) and "5003" not in repr(found)


@pytest.mark.parametrize("value", [None, 7, True, ["x"], {"a": 1}, "a\0b", "\ud800", "x" * 100_000])
def test_absurd_values_are_cut_or_left_out(value):
    found = reading.of_values(dict.fromkeys(reading.TEXTS, value))

    assert all(len(getattr(found, name)) <= most for name, most in reading.TEXTS.items())
    assert found.address == "" and "\0" not in found.user_agent
    assert reading.context(found, 1.0).country == ""


@pytest.mark.product("risk-data-6", "risk-ask-7")
@pytest.mark.promise("S28")
def test_a_user_agent_of_ten_kilobytes_is_parsed_in_bounded_work():
    absurd = reading.of_request(source_of(WEB.get("/", HTTP_USER_AGENT="Linux " * 2000)))

    assert len(absurd.user_agent) == 512
    reading.context(absurd, 1.0)
    began = time.process_time()
    for _ in range(100):
        reading.context(absurd, 1.0)  # by digest, not parsed again
    assert time.process_time() - began < 1


@pytest.mark.product("risk-ask-7")
@pytest.mark.parametrize("forwarded", ["a", "10.0.0.1", ", ".join(["203.0.113.9"] * 50), "x" * 10_000, "fe80::1%eth0"])
@pytest.mark.promise("S12")
def test_no_forwarded_address_counts_beyond_the_trusted_proxies(settings, forwarded):
    settings.TRUSTED_PROXIES = []

    found = shown(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=forwarded)

    assert found.address == "192.0.2.7"


def test_behind_a_trusted_proxy_the_first_untrusted_hop_counts(settings):
    settings.TRUSTED_PROXIES = ["192.0.2.0/24"]

    found = shown(REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.9, 192.0.2.8")

    assert found.address == "203.0.113.9"


@pytest.mark.product("risk-data-5")
def test_lists_of_networks_tell_kinds_and_a_bad_one_tells_nothing(settings, tmp_path):
    tor, bad = tmp_path / "tor.txt", tmp_path / "bad.txt"
    tor.write_text("# exits\n198.51.100.0/25\n198.51.100.128/25  # adjacent\n2001:db8::/32\nAS64500\n")
    bad.write_text("198.51.100.0/24\nnonsense\n")
    settings.NETWORK_LISTS = {"tor": str(tor)}

    assert networks.kinds_of("198.51.100.200", None) == {"tor"}
    assert networks.kinds_of("::ffff:198.51.100.200", None) == {"tor"}
    assert networks.kinds_of("2001:db8::9", 1) == {"tor"}
    assert networks.kinds_of("203.0.113.1", 64500) == {"tor"}
    assert networks.kinds_of("203.0.113.1", 64501) == frozenset() == networks.kinds_of("", None)
    settings.NETWORK_LISTS = {"tor": str(tor), "proxy": str(bad)}
    assert networks.kinds_of("198.51.100.200", None) is None
    settings.NETWORK_LISTS = {}
    assert networks.kinds_of("198.51.100.200", None) is None
