"""Of many at once one wins: a code, an assertion, the last time that enrolment may be put off."""

from collections import Counter

import pytest
from django.test import Client

from accounts.audit import SYSTEM
from mfa import policies
from mfa.models import Grace, Policy, UsedAssertion, Visit
from mfa.policies import Rule
from mfa.verbs import finishing, putting_off, redeeming, visiting
from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import HEALTH, Site, app_code, health, lead, returned
from tests.mfa.test_races import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pair():
    return PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")


@pytest.fixture
def site(pair):
    return Site(pair)


@pytest.mark.promise("S16")
@pytest.mark.product("prompt-9")
def test_of_twenty_exchanges_of_one_code_at_once_exactly_one_gets_a_token(client, pair, site):
    AuthenticatorFactory(user=UserFactory(customer=pair.customer, username="nora", email=""))
    path = lead(client, site, "nora")
    client.get(path)
    code = returned(client.post(path, {"code": app_code()}))["duo_code"]

    assert at_once(20, lambda _n: site.exchange(Client(), code).status_code) == Counter({400: 19, 200: 1})
    assert redeeming.issue(Visit.objects.get()) is None


@pytest.mark.promise("S14")
def test_of_twenty_calls_with_one_assertion_at_once_exactly_one_is_believed(site):
    assertion = site.assertion(HEALTH)

    assert at_once(20, lambda _n: health(Client(), site, assertion)["stat"]) == Counter({"FAIL": 19, "OK": 1})
    assert UsedAssertion.objects.count() == 1


def test_of_ten_right_answers_at_once_one_is_led_back(client, pair, site):
    AuthenticatorFactory(user=UserFactory(customer=pair.customer, username="nora", email=""))
    path = lead(client, site, "nora")
    client.get(path)
    cookie, code = client.cookies["prompt"].value, app_code()

    def answer(_number):
        visit = visiting.find(path.split("/")[2], cookie)
        judged = finishing.answer(visit, code, policies.effective(visit.customer), SYSTEM, visitor="")
        return judged.verdict

    assert at_once(10, answer)["passed"] == 1
    assert Visit.objects.get().state == Visit.State.APPROVED


def test_of_ten_visits_that_put_enrolment_off_at_once_as_many_may_as_the_policy_says(pair):
    Policy.objects.create(customer=pair.customer, version=1, rules={str(Rule.GRACE_SKIPS): 3})
    user = UserFactory(customer=pair.customer, username="new", email="")
    visits = [visiting.open_visit(pair.customer, user, f"browser {n}", client=pair) for n in range(10)]
    rules = policies.effective(pair.customer)

    assert at_once(10, lambda n: putting_off.skip(visits[n], rules, SYSTEM)) == Counter({False: 7, True: 3})
    assert Grace.objects.get().skips == 3
