"""The page that asks for agreement: two equal answers, and a no that leaves nothing behind."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import valkey
from accounts.models import User
from accounts.verbs import people
from privacy.models import Agreement
from privacy.verbs import tombstones
from tests.factories import CustomerFactory, SiteFactory, UserFactory
from tests.privacy.terms import publish, sha_of
from tests.privacy.test_gate import BY, path_for
from tests.routes.world import rows

NAME = "sigrid.unusual@fjell.example"


def held():
    """Everything that could remember a person: tables, sessions, Valkey with its queues, and our files."""
    from accounts.models import Session

    client = valkey.client()
    keys = {key: client.dump(key) for key in client.scan_iter()}
    files = {path: path.stat().st_mtime_ns for path in Path(settings.VAR_DIR).rglob("*") if path.is_file()}
    return rows(), Session.objects.count(), keys, files


@pytest.mark.requirement("R-52", "R-53")
@pytest.mark.django_db
def test_a_no_signs_nobody_in_stores_nothing_sends_nothing_and_is_in_no_log(capsys):
    customer = CustomerFactory(name="Nordvik", website="https://nordvik.example")
    version = publish(customer)
    address = path_for(customer, NAME, SiteFactory(customer=customer))
    assert NAME not in address
    capsys.readouterr()
    tombstones.lines()  # whoever looks first makes the file of erasures
    before, client = held(), Client()

    client.get(address)
    answer = client.post(address, {"answer": "deny", "shown": sha_of(version)})

    assert "not signed in" in answer.content.decode()
    assert "ask Nordvik" in answer.content.decode()
    assert held() == before
    assert "sessionid" not in {name.removeprefix("__Host-") for name in client.cookies}
    printed = capsys.readouterr()
    assert not re.search("sigrid|fjell", printed.out + printed.err)


@pytest.mark.requirement("R-51")
@pytest.mark.django_db
def test_the_page_shows_version_text_and_two_answers_of_equal_weight():
    customer = CustomerFactory(name="Nordvik")
    publish(customer, "# Mine <b>terms</b>\n\n- one\n- two")

    page = Client().get(path_for(customer, NAME)).content.decode()

    assert "Read the terms, version 1" in page
    assert "<h2>Mine &lt;b&gt;terms&lt;/b&gt;</h2>" in page
    buttons = re.findall(r'<button class="([^"]+)" name="answer" value="(\w+)"', page)
    assert buttons == [("btn btn--lg", "agree"), ("btn btn--lg", "deny")]


@pytest.mark.requirement("R-51")
@pytest.mark.django_db
def test_the_text_is_in_the_language_of_the_page():
    customer = CustomerFactory()
    publish(customer)

    assert "På norsk." in Client().get(path_for(customer, NAME), headers={"Accept-Language": "nb"}).content.decode()


@pytest.mark.requirement("R-43", "R-54")
@pytest.mark.django_db
def test_a_yes_makes_the_person_once_and_leads_to_a_receipt_that_takes_it_back():
    customer = CustomerFactory()
    version = publish(customer)
    client, address = Client(), path_for(customer, NAME)

    answer = client.post(address, {"answer": "agree", "shown": sha_of(version)}, follow=True)

    agreement = Agreement.objects.get()
    assert agreement.user.username == NAME
    assert sha_of(version) in answer.content.decode()
    kept = client.get(f"/agreements/{agreement.public_id}/receipt.txt").content.decode()
    assert sha_of(version) in kept and "We ask for a code." in kept
    assert "Nothing left to agree to" in client.get(address).content.decode()

    page = client.post(f"/agreements/{agreement.public_id}/", {"answer": "withdraw"}, follow=True).content.decode()
    assert "You took your agreement back" in page
    assert User.objects.get().agreed_terms == 0
    assert "Do you agree" in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_text_that_changed_while_the_page_was_open_is_shown_again_and_nothing_recorded():
    customer = CustomerFactory()
    first = publish(customer)
    publish(customer, "Something else.", changes="All of it.")

    page = Client().post(path_for(customer, NAME), {"answer": "agree", "shown": sha_of(first)}).content.decode()

    assert "changed while this page was open" in page
    assert not Agreement.objects.exists()
    assert not User.objects.filter(customer=customer).exists()


@pytest.mark.django_db
def test_who_agreed_before_sees_what_is_new_side_by_side():
    user = UserFactory()
    first = publish(user.customer, "We keep little.\n\nWe ask for a code.")
    Client().post(path_for(user.customer, user.username), {"answer": "agree", "shown": sha_of(first)})
    publish(user.customer, "We keep less.\n\nWe ask for a code.", changes="Less is kept.")

    page = Client().get(path_for(user.customer, user.username)).content.decode()

    assert "<del><p>We keep little.</p></del>" in page and "<ins><p>We keep less.</p></ins>" in page
    assert "Less is kept." in page


@pytest.mark.django_db
def test_a_yes_leads_on_to_pages_of_ours_alone():
    customer = CustomerFactory()
    version = publish(customer)
    given = {"answer": "agree", "shown": sha_of(version)}

    assert Client().post(path_for(customer, "one", None, "/about/"), given).url == "/about/"
    assert Client().post(path_for(customer, "two", None, "//evil.example/"), given).url.startswith("/agreements/")


@pytest.mark.django_db
def test_an_address_works_for_an_hour_and_a_forged_one_never():
    customer = CustomerFactory()
    publish(customer)
    address = path_for(customer, NAME)

    assert Client().get("/agree/" + "x" * 120).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert Client().get(address).status_code == 410


@pytest.mark.django_db
def test_an_erased_name_is_not_brought_back_by_agreeing():
    user = UserFactory(username=NAME)
    version = publish(user.customer)
    people.request_erasure(user, BY)

    answer = Client().post(path_for(user.customer, NAME), {"answer": "agree", "shown": sha_of(version)})

    assert answer.status_code == 409
    assert not Agreement.objects.exists()


@pytest.mark.django_db
def test_the_button_needs_the_forms_token():
    customer = CustomerFactory()
    version = publish(customer)
    client = Client(enforce_csrf_checks=True)

    answer = client.post(path_for(customer, NAME), {"answer": "agree", "shown": sha_of(version)})

    assert answer.status_code == 403
    assert json.dumps(NAME) not in answer.content.decode()
