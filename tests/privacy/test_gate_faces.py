"""The native API and the prompt ask for agreement first; at the prompt, too, a no leaves nothing behind."""

import pytest
from django.test import Client

from accounts import audit
from mfa.models import UsedAssertion, Visit
from privacy import verbs
from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import Site, lead
from tests.privacy.terms import publish, sha_of
from tests.routes.world import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")


@pytest.fixture
def nora(pair):
    user = UserFactory(customer=pair.customer, username="nora", email="nora@nordvik.example")
    AuthenticatorFactory(user=user)
    return user


@pytest.mark.requirement("R-51", "R-52", "R-53")
def test_at_the_prompt_a_no_takes_back_even_the_visit(pair, nora):
    version = publish(pair.customer)
    site, client = Site(pair), Client()
    before = rows()

    path = lead(client, site, "nora")
    page = client.get(path)
    assert "/agree/" in page.url
    asking = page.url.partition("//")[2].partition("/")[2]
    answer = client.post(f"/{asking}", {"answer": "deny", "shown": sha_of(version)})

    assert "not signed in" in answer.content.decode()
    after = rows()
    changed = {model for model in after if after[model] != before[model]}
    assert changed <= {UsedAssertion, type(pair)}  # a digest against replay, and when the site last called
    assert not Visit.objects.exists()


@pytest.mark.requirement("R-51")
def test_at_the_prompt_a_yes_leads_back_to_the_question_for_a_proof(pair, nora):
    version = publish(pair.customer)
    client = Client()
    path = lead(client, Site(pair), "nora")
    asking = client.get(path).url.partition("//")[2].partition("/")[2]

    answer = client.post(f"/{asking}", {"answer": "agree", "shown": sha_of(version)})

    assert answer.url == path
    assert "Type the code" in client.get(path).content.decode()
    assert verbs.newest_agreement(nora).holds


def test_a_no_to_one_customer_forgets_no_visit_of_another_person(pair, nora):
    version = publish(pair.customer)
    other = UserFactory(customer=pair.customer, username="tuva")
    AuthenticatorFactory(user=other)
    verbs.agree(pair.customer, "tuva", sha_of(version), "en", audit.SYSTEM, way="page")
    client, browser = Client(), Client()
    theirs = lead(browser, Site(pair), "tuva")
    asking = client.get(lead(client, Site(pair), "nora")).url.partition("//")[2].partition("/")[2]

    client.post(f"/{asking}", {"answer": "deny"})

    assert Visit.objects.get().user == other
    assert browser.get(theirs).status_code == 200
