"""The demo's pages, and that no other server has them."""

import json

import pytest
from django.conf import settings as live
from django.core.management import call_command

from accounts import audit
from accounts import verbs as people
from accounts.models import User
from mfa.doors import outbox
from mfa.models import PromptClient
from privacy import verbs as privacy

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    settings.OUTBOX_FILE = tmp_path / "outbox.jsonl"
    return settings


def write(path, *letters):
    with path.open("a") as file:
        for number, letter in enumerate(letters):
            told = {
                "at": f"2026-11-24T10:00:{number:02}+00:00",
                "channel": "email",
                "to": "a@n.example",
                "subject": "S",
            }
            file.write(json.dumps(told | letter) + "\n")


@pytest.mark.promise("S33")
@pytest.mark.parametrize("path", ["/demo/", "/demo/code/staff/", "/demo/mailbox/"])
def test_a_server_that_is_no_demo_has_none_of_it(client, path):
    assert live.DEMO is False
    assert client.get(path).status_code == 404


def test_before_the_set_is_made_the_page_says_how(client, demo):
    assert "manage.py demo" in client.get("/demo/").content.decode()
    assert "Nothing sent yet" in client.get("/demo/mailbox/").content.decode()


def test_a_set_made_before_the_prompt_was_there_gets_its_pair_when_it_is_made_again(demo, tmp_path):
    call_command("demo")
    file = tmp_path / "demo.json"
    facts = json.loads(file.read_text())
    PromptClient.objects.all().delete()
    file.write_text(json.dumps({name: value for name, value in facts.items() if name != "prompt"}))

    call_command("demo")

    again = json.loads(file.read_text())
    client = PromptClient.objects.get()
    assert (again["prompt"]["client_id"], again["prompt"]["client_secret"]) == (client.client_id, client.secret)
    assert again["prompt"]["redirect_uri"] in str(client.redirects)
    assert {name: again[name] for name in facts if name != "prompt"} == {
        name: value for name, value in facts.items() if name != "prompt"
    }


@pytest.mark.requirement("R-57")
@pytest.mark.parametrize("list_of", ["users", "prompt"])
def test_who_was_erased_from_the_set_does_not_come_back_when_it_is_made_again(demo, tmp_path, list_of):
    demo.ERASURES_FILE = tmp_path / "erasures.jsonl"
    call_command("demo")
    facts = json.loads((tmp_path / "demo.json").read_text())
    name = facts["prompt"]["username"] if list_of == "prompt" else facts["users"][1]["username"]
    people.request_erasure(User.objects.get(username=name, customer__name="Nordvik"), audit.SYSTEM)
    privacy.erase_due()

    call_command("demo")

    assert not User.objects.filter(username=name, customer__name="Nordvik").exists()
    again = json.loads((tmp_path / "demo.json").read_text())
    assert name not in {one["username"] for one in again["users"]}


@pytest.mark.product("start-6")
@pytest.mark.product("prompt-8")
def test_everybody_on_the_page_can_sign_in_as_it_says(client, demo):
    call_command("demo")
    page = client.get("/demo/")
    facts = page.context["facts"]

    for member in page.context["members"]:
        response = client.post("/sign-in/", {"email": member.user.email, "password": facts["member_password"]})
        assert response["Location"] == "/sign-in/code/", member
        code = client.get("/demo/code/member/").context["app"]["code"]
        assert client.post("/sign-in/code/", {"code": code})["Location"] == "/dashboard/", member
        client.post("/sign-out/")
    client.post("/sign-in/", {"email": facts["staff_email"], "password": facts["staff_password"], "next": "/staff/"})
    code = client.get("/demo/code/staff/").context["app"]["code"]
    assert client.post("/sign-in/code/", {"code": code, "next": "/staff/"})["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


@pytest.mark.product("start-6")
def test_the_mailbox_shows_the_newest_first_and_links_that_open(client, demo):
    write(demo.OUTBOX_FILE, {"body": "the first"}, {"body": "now open http://localhost:8000/l/abc.def now <b>"})

    page = client.get("/demo/mailbox/").content.decode()

    assert page.index("now open") < page.index("the first")
    assert 'href="http://localhost:8000/l/abc.def"' in page
    assert "<b>" not in page.partition("now open ")[2].partition("</p>")[0]


def test_the_mailbox_is_filtered_by_address(client, demo):
    write(
        demo.OUTBOX_FILE, {"body": "for a"}, {"body": "for b", "to": "B@n.example"}, {"body": "c", "to": "+4791000101"}
    )

    assert [letter.body for letter in client.get("/demo/mailbox/?to=b@N").context["letters"]] == ["for b"]
    assert [letter.body for letter in client.get("/demo/mailbox/", {"to": "+4791"}).context["letters"]] == ["c"]
    assert "Nothing to z@" in client.get("/demo/mailbox/?to=z@").content.decode()


def test_the_page_asks_for_news_and_gets_none_when_nothing_came(client, demo):
    write(demo.OUTBOX_FILE, {"body": "first"})
    seen = client.get("/demo/mailbox/").context["seen"]
    ask = {"headers": {"HX-Request": "true"}}

    assert client.get(f"/demo/mailbox/?seen={seen}", **ask).status_code == 204
    write(demo.OUTBOX_FILE, {"body": "second"})
    news = client.get(f"/demo/mailbox/?seen={seen}", **ask)
    assert "second" in news.content.decode()
    assert "<html" not in news.content.decode()


def test_only_the_end_of_a_long_file_is_read(demo):
    write(demo.OUTBOX_FILE, *({"body": f"{number} " + "x" * 900} for number in range(50)))
    write(demo.OUTBOX_FILE, *({"body": f"{number} " + "y" * 9000} for number in range(50)))

    letters = outbox.newest(demo.OUTBOX_FILE)

    assert letters[0].body.startswith("49 y")
    assert sum(len(letter.body) for letter in letters) < outbox.TAIL


def test_every_page_of_a_demo_says_that_it_is_one(client, demo):
    call_command("demo")
    facts = json.loads((demo.VAR_DIR / "demo.json").read_text())
    for path in (
        "/",
        "/about/",
        "/terms/",
        "/register/",
        "/sign-in/",
        "/forgotten/",
        "/demo/",
        "/demo/mailbox/",
        "/l/",
    ):
        assert "This is a demo" in client.get(path).content.decode(), path
    client.post("/sign-in/", {"email": facts["member_email"], "password": facts["member_password"]})
    client.post("/sign-in/code/", {"code": client.get("/demo/code/member/").context["app"]["code"]})
    for path in ("/dashboard/", "/dashboard/account/"):
        assert "This is a demo" in client.get(path).content.decode(), path
