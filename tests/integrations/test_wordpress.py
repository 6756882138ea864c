"""The WordPress drop-in, run by PHP under stand-ins for WordPress: mode, host, certificates, header, stopped calls."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accounts import calls
from accounts.console.connect import DROP_IN, PLACEHOLDER

pytestmark = pytest.mark.skipif(shutil.which("php") is None, reason="no PHP found: install Debian's php-cli")

HARNESS = Path(__file__).parent / "wordpress" / "harness.php"
SERVER = "https://kumquat.example"
CHALLENGE = f"{SERVER}/moas/api/auth/challenge"
BACKUP_CODES = "https://sitestats.xecurify.com/backupcodeserviceauthentication/authenticate.php?user=ingrid"
ENROLLED = {
    "mo_2factor_user_registration_status": "MO_2_FACTOR_PLUGIN_SETTINGS",
    "mo2f_configured_2FA_method": "GOOGLE AUTHENTICATOR",
}
BY_TEXT = ENROLLED | {"mo2f_configured_2FA_method": "SMS"}
ASKED_ONLY = {
    "mo_2factor_user_registration_status": "MO_2_FACTOR_INITIALIZE_TWO_FACTOR",
    "mo2f_user_email": "i@n.example",
}
SIGNED_IN = {"mo2f_customerKey": "200001", "kumquat_connect": {"accepted": "200001", "at": 1, "code": 200}}
AT_THE_VENDORS = {"mo2f_customerKey": "98765"}


@pytest.fixture
def site(tmp_path):
    """Runs a scenario on a site that has the drop-in; every scenario ends without output and unexpected warnings."""
    file = tmp_path / "kumquat-connect.php"
    plugin = tmp_path / "miniorange-2-factor-authentication" / "miniorange_2_factor_settings.php"
    plugin.parent.mkdir()
    plugin.write_text("<?php\n/**\n * Version: 6.2.4\n */\n")

    def run(*steps: Any, warnings: tuple[str, ...] = (), server: str = SERVER, **facts: Any) -> dict[str, Any]:
        file.write_text(DROP_IN.read_text().replace(PLACEHOLDER, server))
        scenario = {
            "options": {},
            "users": {},
            "marks": {},
            "table": None,
            "unreadable": False,
            "named": "",
            "admin": False,
        }
        scenario |= {"file": str(file), "plugins": str(tmp_path), "rights": ["manage_options"], "steps": steps} | facts
        done = subprocess.run(
            ["php", "-n", str(HARNESS)], input=json.dumps(scenario), capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
        happened = json.loads(done.stdout)
        assert (happened["output"], tuple(happened["warnings"])) == ("", warnings)
        return happened

    return run


# Where the plugin asks, and in which mode


def test_a_site_where_nobody_is_enrolled_asks_our_server_in_cloud_mode(site):
    happened = site(users={"1": ASKED_ONLY})
    assert (happened["host"], happened["mode"]) == (SERVER, 0)


def test_older_versions_read_our_address_from_their_option(site):
    stored = {"mo2f_host_name": "https://auth.miniorange.com"}
    assert site(["option", "mo2f_host_name"], options=stored)["results"] == [SERVER]


@pytest.mark.parametrize("stored", [{}, {"is_onprem": "1"}])
def test_while_people_are_enrolled_on_the_site_the_plugin_keeps_its_mode_but_asks_us_for_the_rest(site, stored):
    happened = site(users={"1": ENROLLED}, options=stored | AT_THE_VENDORS)
    assert (happened["host"], happened["mode"]) == (SERVER, stored.get("is_onprem", "untouched"))


def test_the_mode_changes_by_itself_once_the_last_of_them_is_reset(site):
    happened = site(["reset", 1], ["census"], users={"1": ENROLLED})
    assert happened["results"][1] == {"all": 0, "sent": 0, "old": False}


def test_whoever_enrols_in_cloud_mode_does_not_change_it_back(site):
    happened = site(["enrol", 7, ENROLLED], ["census"], options=SIGNED_IN)
    assert happened["results"] == [[True, "GOOGLE AUTHENTICATOR"], {"all": 0, "sent": 0, "old": False}]


def test_whoever_enrols_while_the_plugin_keeps_its_own_mode_counts_as_enrolled_on_the_site(site):
    happened = site(["enrol", 7, BY_TEXT], ["census"], users={"1": ENROLLED}, options=SIGNED_IN)
    assert happened["results"] == [[True, None], {"all": 2, "sent": 1, "old": False}]


def test_a_mark_counts_for_the_method_it_was_given_for_alone(site):
    marks = {"1": "GOOGLE AUTHENTICATOR", "2": "GOOGLE AUTHENTICATOR"}
    assert site(["census"], users={"1": ENROLLED, "2": BY_TEXT}, marks=marks)["results"][0]["all"] == 1


def test_a_reset_takes_the_mark_away(site):
    happened = site(["reset", 1], users={"1": ENROLLED}, marks={"1": "GOOGLE AUTHENTICATOR"}, options=SIGNED_IN)
    assert happened["marks"] == []


def test_a_version_with_a_table_of_its_own_keeps_its_mode_even_while_that_is_empty(site):
    assert site(table=[])["mode"] == "untouched"
    assert site(["census"], table=["OTP Over SMS"])["results"] == [{"all": 1, "sent": 1, "old": True}]


def test_what_cannot_be_read_changes_nothing(site):
    assert site(unreadable=True)["mode"] == "untouched"
    assert site(unreadable=True, options=AT_THE_VENDORS)["host"] is None


# Nobody is locked out by connecting


@pytest.mark.parametrize(
    ("users", "stored"),
    [
        ({"1": BY_TEXT}, {}),
        ({"1": ENROLLED}, {"is_onprem": "0"}),
        ({"1": ENROLLED}, {"mo2f_host_name": "https://x.example"}),
    ],
    ids=["text messages on the site", "cloud mode", "a version that knows no mode"],
)
def test_while_people_depend_on_the_server_of_before_nothing_is_changed(site, users, stored):
    happened = site(["call", BACKUP_CODES], users=users, options=stored | AT_THE_VENDORS)
    assert happened["host"] is None
    assert happened["mode"] == stored.get("is_onprem", "untouched")
    assert happened["results"][0]["stopped"] is None


def test_they_no_longer_depend_on_it_once_the_plugin_is_signed_out_there_or_in_here(site):
    assert site(users={"1": BY_TEXT})["host"] == SERVER
    assert site(users={"1": BY_TEXT}, options=SIGNED_IN)["host"] == SERVER


def test_until_our_server_has_accepted_the_plugins_key_nobody_enrols_and_nobody_is_made_to(site):
    happened = site(["enrol", 7, ENROLLED], ["option", "mo2f_disable_inline_registration"], ["enrol", 7, ASKED_ONLY])
    assert happened["results"] == [[False, None], 1, [True, None]]


def test_our_servers_first_answer_to_a_signed_call_opens_enrolment(site):
    happened = site(
        ["answer", CHALLENGE, "200001", 200],
        ["enrol", 7, ENROLLED],
        ["option", "mo2f_disable_inline_registration"],
        options={"mo2f_customerKey": "200001"},
    )
    assert happened["results"][1:] == [[True, "GOOGLE AUTHENTICATOR"], "absent"]


@pytest.mark.parametrize(
    ("url", "number", "code"),
    [
        (CHALLENGE, "16555", 200),
        (CHALLENGE, "200001", 401),
        (CHALLENGE, "200001", 0),
        ("https://x.example/", "200001", 200),
    ],
    ids=["a published number", "a refusal", "no answer", "another server"],
)
def test_no_other_answer_opens_it(site, url, number, code):
    happened = site(["answer", url, number, code], ["enrol", 7, ENROLLED], options={"mo2f_customerKey": "200001"})
    assert happened["results"][1] == [False, None]


def test_a_refused_key_closes_it_again(site):
    happened = site(["answer", CHALLENGE, "200001", 401], ["enrol", 7, ENROLLED], options=SIGNED_IN)
    assert happened["results"][0]["accepted"] == ""
    assert happened["results"][1] == [False, None]


def test_who_was_connected_by_hand_stays_connected(site):
    happened = site(named=SERVER, users={"1": ENROLLED}, options={"is_onprem": "0", **AT_THE_VENDORS})
    assert (happened["host"], happened["mode"], happened["marks"]) == (SERVER, 0, {"1": "GOOGLE AUTHENTICATOR"})


def test_another_address_in_wp_config_is_left_alone(site):
    happened = site(["call", CHALLENGE], named="https://other.example")
    assert (happened["host"], happened["mode"]) == ("https://other.example", "untouched")


@pytest.mark.parametrize("server", [PLACEHOLDER, "", "ftp://kumquat.example", "https://kumquat.example/moas"])
def test_a_copy_without_an_address_does_nothing(site, server):
    happened = site(["notice", "dashboard"], server=server)
    assert (happened["host"], happened["mode"]) == (None, "untouched")
    assert "holds no server address" in happened["results"][0]


# Beside the plugin


def test_the_plugins_own_definition_is_swallowed_and_no_other_warning_is(site):
    heard = ("Constant ABSPATH already defined", "Constant MO_HOST_NAME already defined")
    assert site(["plugin"], warnings=heard)["results"] == [[SERVER, 0]]


def test_a_second_copy_does_nothing(site):
    assert site(["again"])["results"] == [True]


def test_the_database_is_asked_once_in_five_minutes_but_by_every_admin_page(site):
    assert site(["census"], ["census"], ["queries"])["results"][-1] == 1
    assert site(["census"], ["census"], ["queries"], admin=True)["results"][-1] == 3


# Calls


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
