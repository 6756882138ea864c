"""The drop-in checks certificates, says who calls, stops what goes elsewhere, and shows it all to administrators."""

import pytest

from accounts import calls
from tests.integrations.scenario import BACKUP_CODES, CHALLENGE, ENROLLED, SERVER, SIGNED_IN

# Calls


@pytest.mark.product("customer-15")
@pytest.mark.requirement("R-55")
def test_calls_to_our_server_check_certificates_say_who_calls_and_never_wait_for_minutes(site):
    given = {"sslverify": False, "timeout": "10000", "headers": {"Customer-Key": "200001"}}
    call = site(["call", CHALLENGE, given], options=SIGNED_IN)["results"][0]
    assert call["arguments"]["sslverify"] is True
    assert call["arguments"]["timeout"] == 30
    assert call["arguments"]["headers"]["Customer-Key"] == "200001"
    assert call["verify"] == "/srv/site/wp-includes/certificates/ca-bundle.crt"
    assert call["stopped"] is None


def test_the_header_is_what_our_server_reads(site):
    header = site(["call", CHALLENGE])["results"][0]["arguments"]["headers"]["X-Kumquat-Connect"]
    assert calls.connector_facts(header) == {
        "version": "1.0.0",
        "plugin": "6.2.4",
        "mode": "cloud",
        "users-on-site": "0",
    }
    header = site(["call", CHALLENGE], users={"1": ENROLLED})["results"][0]["arguments"]["headers"]["X-Kumquat-Connect"]
    assert calls.connector_facts(header)["mode"] == "onprem"
    assert calls.connector_facts(header)["users-on-site"] == "1"


def test_headers_given_as_text_keep_their_lines(site):
    headers = site(["call", CHALLENGE, {"headers": "Timestamp: 1\r\n"}])["results"][0]["arguments"]["headers"]
    assert headers.startswith("Timestamp: 1\r\nX-Kumquat-Connect: 1.0.0; plugin=6.2.4;")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/moas/api/auth/challenge",
        "http://kumquat.example/moas/api/auth/challenge",
        "https://kumquat.example:8443/moas/",
        "https://kumquat.example@example.com/moas/",
        "https://kumquat.example.example.com/moas/",
    ],
)
def test_calls_to_anybody_else_are_left_as_they_are(site, url):
    given = {"sslverify": False, "timeout": 5, "headers": {"A": "b"}}
    assert site(["call", url, given])["results"][0] == {"arguments": given, "stopped": None, "verify": False}


@pytest.mark.product("customer-15")
@pytest.mark.requirement("R-10")
@pytest.mark.parametrize(
    "url",
    [
        BACKUP_CODES,
        "https://telegramotp.xecurify.com/teleTest/index.php",
        "https://LOGIN.xecurify.com./moas/rest/customer/key",
        "https://xecurify.com/",
        "https://auth.miniorange.com/moas/",
    ],
)
def test_the_vendors_hosts_are_refused(site, url):
    assert site(["call", url])["results"][0]["stopped"] == "kumquat_connect_stopped"


@pytest.mark.parametrize(
    "url", ["https://notxecurify.com/", "https://xecurify.com.example.org/", "https://wordpress.org/"]
)
def test_hosts_that_only_look_like_theirs_are_not(site, url):
    assert site(["call", url])["results"][0]["stopped"] is None


def test_stopped_calls_are_counted_without_saying_whom_they_were_about(site):
    stopped = site(["call", BACKUP_CODES], ["call", BACKUP_CODES])["options"]["kumquat_connect_stopped"]
    assert list(stopped) == ["sitestats.xecurify.com/backupcodeserviceauthentication"]
    assert next(iter(stopped.values()))["times"] == 2


def test_the_list_of_stopped_calls_keeps_the_fifty_newest(site):
    happened = site(*(["call", f"https://a{n}.xecurify.com/x"] for n in range(60)))
    stopped = list(happened["options"]["kumquat_connect_stopped"])
    assert (len(stopped), stopped[0], stopped[-1]) == (50, "a10.xecurify.com/x", "a59.xecurify.com/x")


# What an administrator sees


def test_the_page_shows_server_mode_people_and_what_was_stopped(site):
    page = site(["call", BACKUP_CODES], ["page"], users={"1": ENROLLED}, options=SIGNED_IN)["results"][1]
    for words in (
        SERVER,
        "on this site",
        "1 person is enrolled",
        "sitestats.xecurify.com",
        "1.0.0 / 6.2.4",
        "answer 200",
    ):
        assert words in page


def test_the_page_says_when_all_is_well(site):
    page = site(["page"], options=SIGNED_IN)["results"][0]
    assert "notice-warning" not in page
    assert "None so far" in page


def test_the_page_is_for_administrators(site):
    happened = site(["page"], ["notice", "dashboard"], rights=["edit_posts"])
    assert happened["results"] == ["", ""]


def test_what_is_shown_is_escaped(site):
    stopped = {"<b>x</b>.xecurify.com/": {"times": 1, "at": 1}}
    page = site(["page"], options=SIGNED_IN | {"kumquat_connect_stopped": stopped})["results"][0]
    assert "&lt;b&gt;x&lt;/b&gt;.xecurify.com" in page


def test_the_notice_stands_where_an_administrator_looks_and_nowhere_else(site):
    seen, elsewhere = site(["notice", "toplevel_page_mo_2fa_two_fa"], ["notice", "edit-post"])["results"]
    assert "not accepted the plugin" in seen
    assert elsewhere == ""


def test_an_address_without_tls_is_said_so_but_for_the_machine_itself(site):
    words = "does not begin with https"
    assert words in site(["notice", "plugins"], server="http://kumquat.example", options=SIGNED_IN)["results"][0]
    assert words not in site(["notice", "plugins"], server="http://localhost:8000", options=SIGNED_IN)["results"][0]
