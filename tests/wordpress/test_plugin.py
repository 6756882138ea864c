"""In a real WordPress: a job is fetched, done and answered; WordPress's own tools and deleted accounts work as well."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.utils import timezone

from accounts.console import connect
from accounts.models import ErasureRequest, User
from privacy import site_signing
from privacy import verbs as privacy
from privacy.models import SiteJob, SiteLink
from privacy.verbs import site_calls, siting
from tests.factories import UserFactory
from tests.sites.calling import erasure_of

pytestmark = pytest.mark.django_db(transaction=True)
GONE = {"meta": 0, "details": 0, "signins": 0, "account": True}
ENROLLED = {"meta": 4, "details": 1, "signins": 2, "account": True}


@pytest.mark.requirement("R-56")
def test_a_job_is_fetched_by_wp_cron_the_rows_go_and_the_signed_answer_is_accepted(blog, program):
    id, other = blog.run(["user", "ingrid", "ingrid@nordvik.example"], ["user", "olav", "olav@nordvik.example"])
    assert blog.one("left", id, "ingrid") == ENROLLED
    request, (job,) = erasure_of(program.site.customer, username="ingrid@nordvik.example")

    cron, left, others = blog.run(["cron"], ["left", id, "ingrid"], ["left", other, "olav"])
    assert (cron["scheduled"], cron["state"]["trouble"], cron["state"]["done"]) == (True, "", 1)
    assert (left, others) == (GONE, ENROLLED)
    job.refresh_from_db()
    assert job.state == SiteJob.State.DONE
    assert siting.settled(request)
    (told,) = siting.answers(request)
    assert {one["what"]: one["count"] for one in told["removed"]} == {
        "wordpress.usermeta": 4,
        "miniorange.mo2f_user_details": 1,
        "miniorange.mo2f_network_transactions": 1,
        "miniorange.transactions_option": 1,
    }
    assert told["kept"] == [{"what": "wordpress.account", "count": 1, "why": "own_account"}]
    assert site_signing.is_signed(told["answer"], told["signature"], told["public_key"])
    assert "ingrid" not in blog.one("stored")


def test_whom_the_site_does_not_know_leaves_nothing_to_remove(blog, program):
    request, _jobs = erasure_of(program.site.customer, username="nobody@nordvik.example")
    assert blog.one("cron")["state"]["trouble"] == ""
    (told,) = siting.answers(request)
    assert (told["state"], told["removed"], told["kept"]) == ("done", [], [])


@pytest.mark.requirement("R-56")
def test_a_job_that_is_sent_is_done_once_and_answered_to_the_letter_each_time(blog, program):
    id = blog.one("user", "marit", "marit@nordvik.example")
    request, (job,) = erasure_of(program.site.customer, username="marit@nordvik.example")
    blog.one("option", "kumquat_key", "")
    (sent,) = site_calls.fetch(program.site, [program.key])

    first, left, again = blog.run(
        ["receive", sent.headers, sent.body], ["left", id, "marit"], ["receive", sent.headers, sent.body]
    )
    assert (first["status"], left) == (200, GONE)
    assert first == again
    forged = dict(sent.headers) | {"webhook-id": "job_of_somebody_else"}
    assert blog.one("receive", forged, sent.body)["status"] == 401
    assert blog.one("receive", {}, sent.body)["status"] == 401
    blog.one("cron")
    job.refresh_from_db()
    assert (job.answer, siting.settled(request)) == (first["data"]["answer"], True)


def test_a_job_that_comes_by_both_ways_at_once_is_done_once(blog, program):
    blog.one("user", "jon", "jon@nordvik.example")
    erasure_of(program.site.customer, username="jon@nordvik.example")
    (sent,) = site_calls.fetch(program.site, [program.key])
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda _n: blog.one("receive", sent.headers, sent.body), range(4)))
    assert got == [got[0]] * 4
    assert sum(one["count"] for one in json.loads(got[0]["data"]["answer"])["removed"]) == 7


@pytest.mark.requirement("R-60")
def test_what_the_database_refuses_is_said_and_done_later_and_the_answer_counts_both(blog, program):
    id = blog.one("user", "else", "else@nordvik.example")
    request, (job,) = erasure_of(program.site.customer, username="else@nordvik.example")
    blog.run(["rename", "username", "somebody"], ["cron"])
    job.refresh_from_db()
    assert (job.state, job.trouble) == (SiteJob.State.WAITING, "database")
    blog.run(["rename", "somebody", "username"], ["cron"])
    assert blog.one("left", id, "else") == GONE
    (told,) = siting.answers(request)
    assert (told["state"], sum(one["count"] for one in told["removed"])) == ("done", 7)


@pytest.mark.requirement("R-56", "R-58")
def test_wordpress_own_eraser_removes_the_rows_erases_on_the_server_and_answers_the_job_with_them(blog, program):
    id = blog.one("user", "siv", "siv@nordvik.example")
    user = UserFactory(customer=program.site.customer, username="siv@nordvik.example")
    erased, left = blog.run(["tool", "erasers", "siv@nordvik.example"], ["left", id, "siv"])
    assert erased == {"items_removed": True, "items_retained": False, "messages": [], "done": True}
    assert left == GONE
    assert not User.objects.living().filter(pk=user.pk).exists()

    request = ErasureRequest.objects.get(user=user)
    privacy.erase_due()
    assert not User.objects.filter(pk=user.pk).exists()
    assert blog.one("cron")["state"]["trouble"] == ""
    (told,) = siting.answers(request)
    assert sum(one["count"] for one in told["removed"]) == 7
    assert "siv" not in blog.one("stored")


def test_the_eraser_says_so_when_the_server_could_not_be_told(blog, program):
    blog.run(["user", "tor", "tor@nordvik.example"], ["option", "mo2f_api_key", "no key of ours"])
    erased = blog.one("tool", "erasers", "tor@nordvik.example")
    assert (erased["items_removed"], erased["items_retained"]) == (True, True)
    assert "was not told" in erased["messages"][0]


@pytest.mark.requirement("R-67")
def test_wordpress_own_exporter_shows_what_is_stored_and_no_secret(blog):
    blog.one("user", "kari", "kari@nordvik.example")
    exported = blog.one("tool", "exporters", "kari@nordvik.example")
    assert exported["done"] is True
    text = json.dumps(exported["data"])
    for shown in ("GOOGLE AUTHENTICATOR", "kari@nordvik.example", "mo2f_gauth_key"):
        assert shown in text
    assert "JBSWY3DPEHPK3PXP" not in text
    assert blog.one("tool", "exporters", "nobody@nordvik.example")["data"] == []


def test_a_deleted_account_takes_its_rows_along(blog):
    id = blog.one("user", "per", "per@nordvik.example")
    _deleted, left = blog.run(["delete", id], ["left", id, "per"])
    assert left == GONE | {"account": False}


@pytest.mark.requirement("R-60")
def test_the_page_under_tools_says_in_words_what_is_wrong(blog, program, settings):
    blog.one("option", "mo2f_api_key", "no key of ours")
    assert "did not accept the signature" in blog.one("cron")["state"]["trouble"]
    assert "did not accept the signature" in blog.one("page")
    blog.one("option", "mo2f_api_key", "")
    assert "not signed in yet" in blog.one("page")
    settings.PUBLIC_URL = "http://localhost:9"
    blog.unpack(connect.packed())
    blog.one("option", "mo2f_api_key", program.key.secret)
    assert "could not be reached" in blog.one("cron")["state"]["trouble"]


def test_the_page_lists_the_jobs_without_names(blog, program):
    blog.one("user", "liv", "liv@nordvik.example")
    _request, (job,) = erasure_of(program.site.customer, username="liv@nordvik.example")
    _cron, page = blog.run(["cron"], ["page"])
    assert job.public_id[:6] in page
    assert "7 rows removed" in page
    assert "liv" not in page.replace("live", "")
    link = SiteLink.objects.get(site=program.site)
    assert link.public_key in page
    assert link.program == "kumquat-wordpress 1.0.0"
    assert link.url == "https://blog.nordvik.example/index.php?rest_route=/kumquat/v1/jobs"
    assert link.asked_at <= timezone.now()


@pytest.mark.parametrize("with_drop_in", [False, True])
def test_it_does_what_the_drop_in_did_also_beside_it(blog, live_server, with_drop_in):
    folder = blog.folder / "content" / "mu-plugins"
    if with_drop_in:
        folder.mkdir()
        (folder / "kumquat-connect.php").write_text(connect.drop_in())
    try:
        blog.one("vendor")
        found, page = blog.run(["connected"], ["page"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert found == {"host": live_server.url, "stopped": "kumquat_connect_stopped"}
    assert "Kumquat erasures" in page


def test_the_site_speaks_norwegian(blog):
    page = blog.one("page", SITE_LANGUAGE="nb_NO")
    assert "Kumquat-slettinger" in page
    assert "Be om oppdrag nå" in page


def test_deleted_the_plugin_leaves_nothing_of_its_own(blog):
    blog.run(["cron"])
    assert blog.run(["uninstall"], ["stored"]) == [False, ""]
