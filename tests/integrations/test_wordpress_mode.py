"""The drop-in decides which server the plugin asks and in which mode, and locks nobody out."""

import pytest

from accounts.console.connect import PLACEHOLDER
from tests.integrations.scenario import (
    ASKED_ONLY,
    AT_THE_VENDORS,
    BACKUP_CODES,
    BY_TEXT,
    CHALLENGE,
    ENROLLED,
    SERVER,
    SIGNED_IN,
)

# Where the plugin asks, and in which mode


def test_a_site_where_nobody_is_enrolled_asks_our_server_in_cloud_mode(site):
    happened = site(users={"1": ASKED_ONLY})
    assert (happened["host"], happened["mode"]) == (SERVER, 0)


def test_older_versions_read_our_address_from_their_option(site):
    stored = {"mo2f_host_name": "https://auth.miniorange.com"}
    assert site(["option", "mo2f_host_name"], options=stored)["results"] == [SERVER]


@pytest.mark.product("customer-15")
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
