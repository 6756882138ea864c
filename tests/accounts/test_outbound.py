"""The client for addresses that customers choose reaches public places only, and waits for none too long."""

import pytest

from accounts import outbound
from tests.accounts.webhooks.receiver import receiver

pytestmark = pytest.mark.promise("S25")
PRIVATE = [
    *(
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
    ),
    *("100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *(
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
    ),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1", "100::1", "localhost", "", "1.2.3", "0x7f.1", "2130706433"),
]
PUBLIC = [
    *("1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700:4700::1111"),
    *("::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.product("hook-3")
def test_an_address_that_is_not_everybodys_is_never_called(address):
    assert not outbound.is_public(address)
    with pytest.raises(outbound.Refused, match="not a public address"):
        outbound.post("https://nordvik.example/", b"", {}, resolver=lambda *_: ["1.1.1.1", address])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address):
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://nordvik.example/", "ftp://nordvik.example/", "file:///etc/passwd", "nordvik.example", "", "https://"),
        *("https://localhost/", "https://intranet/", "https://user:pass@nordvik.example/", "https://a b.example/"),
        *("https://nordvik.example:0/", "https://nordvik.example:99999/", "https://nordvik.example/#x"),
        *("https://nørdvik.example/", "https://nordvik.example\\@127.0.0.1/", "https://nordvik.example/\n"),
        *("https://nordvik.example/" + "x" * 500, "gopher://nordvik.example/", "https://.../"),
    ],
)
def test_an_address_in_an_odd_shape_is_refused(url):
    with pytest.raises(outbound.Refused):
        outbound.checked(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "10.0.0.1"])
def test_an_address_in_digits_is_checked_as_well(host):
    with pytest.raises(outbound.Refused, match="not a public address"):
        outbound.post(f"https://{host}/", b"", {})
    with pytest.raises(outbound.Refused, match="not a public address"):
        outbound.checked(f"https://{host}/")  # so that a form says so


@pytest.fixture
def their(tmp_path, settings):
    with receiver(tmp_path) as (one, authority):
        settings.OUTBOUND_NETWORKS, settings.OUTBOUND_CA_FILE = ["127.0.0.1/32"], authority
        outbound._tls.cache_clear()
        yield one
    outbound._tls.cache_clear()


def here(_host, _port):
    return ["127.0.0.1"]


@pytest.mark.product("hook-3")
def test_a_name_is_resolved_once_and_just_that_address_is_called(their):
    """The second answer of a rebinding resolver is never asked for."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    answer = outbound.post(their.url, b"{}", {}, resolver=rebinding)

    assert (answer.status, answer.body) == (200, b"thank you")
    assert asked == ["hooks.nordvik.example"]
    assert their.got[0][0]["host"].startswith("hooks.nordvik.example")


def test_without_the_operators_word_the_same_place_is_refused(their, settings):
    settings.OUTBOUND_NETWORKS = []

    with pytest.raises(outbound.Refused):
        outbound.post(their.url, b"{}", {}, resolver=here)
    assert their.got == []


def test_a_redirect_is_an_answer_and_never_followed(their):
    their.status, their.headers = 302, {"Location": f"https://hooks.nordvik.example:{their.port}/other"}

    assert outbound.post(their.url, b"{}", {}, resolver=here).status == 302
    assert len(their.got) == 1


def test_no_more_than_64_kb_are_read(their):
    their.body = b"x" * 1_000_000

    assert len(outbound.post(their.url, b"{}", {}, resolver=here).body) == 64 * 1024


def test_an_answer_that_drips_is_left_in_the_middle(their, monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.4)
    their.body, their.drip = b"x" * 40_960, 0.3

    with pytest.raises(outbound.Failed, match="five seconds"):
        outbound.post(their.url, b"{}", {}, resolver=here)


def test_a_certificate_for_another_name_is_not_trusted(tmp_path, settings):
    with receiver(tmp_path, "other.example") as (one, authority):
        settings.OUTBOUND_NETWORKS, settings.OUTBOUND_CA_FILE = ["127.0.0.1/32"], authority
        outbound._tls.cache_clear()
        with pytest.raises(outbound.Failed, match="TLS"):
            outbound.post(one.url, b"{}", {}, resolver=here)
        assert one.got == []
    outbound._tls.cache_clear()


def test_a_place_that_is_not_there_is_a_failure_without_details(settings):
    settings.OUTBOUND_NETWORKS = ["127.0.0.1/32"]

    with pytest.raises(outbound.Failed, match="no connection"):
        outbound.post("https://hooks.nordvik.example:9/", b"{}", {}, resolver=here)

    def nowhere(_host, _port):
        raise OSError("-2 Name or service not known")

    with pytest.raises(outbound.Failed, match="the name is not known"):
        outbound.post("https://hooks.nordvik.example/", b"{}", {}, resolver=nowhere)


def test_a_proxy_in_the_environment_is_not_used(their, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert outbound.post(their.url, b"{}", {}, resolver=here).status == 200
