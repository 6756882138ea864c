"""Every method has a step that a page can show, and every refusal a sentence that says what next."""

import json

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string

from accounts import audit
from mfa import verbs
from mfa.contract import Judged, Reason, Refusal, Verdict
from mfa.hosted import steps
from mfa.methods import METHODS
from mfa.models import Transaction
from tests.factories import AuthenticatorFactory, UserFactory

pytestmark = pytest.mark.django_db
BY = audit.SYSTEM


@pytest.fixture
def user():
    return UserFactory(phone="+4791000101", email="nora@nordvik.example")


def begun(user, method):
    """An open transaction of any method, with whatever it takes."""
    chosen = METHODS[method]
    if chosen.identifies:
        return verbs.begin_unnamed(user.customer, method=method).transaction
    if chosen.needs_enrolment:
        authenticator = AuthenticatorFactory(user=user, method=method)
        if chosen.asks_questions:
            chosen.propose(authenticator, [("Pet?", "Pelle"), ("Street?", "Storgata"), ("School?", "Fjell")])
            authenticator.save()
        return Transaction.objects.create(
            customer=user.customer,
            user=user,
            method=method,
            authenticator=authenticator,
            key_id="test",
            asked=[0, 1],
            expires_at="2100-01-01T00:00:00Z",
        )
    return verbs.begin(user.customer, method=method, user=user, by=BY).transaction


def page_of(txn, error="", **more):
    step = steps.Step(txn, "Nordvik", error)
    return render_to_string(step.template, {"step": step, **more})


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_step_with_a_heading_and_one_way_to_answer(user, method):
    page = page_of(begun(user, method), again_url="/p/x/", poll_url="/p/x/poll/")

    assert page.count("<h1>") == 1
    assert page.count('class="btn') == 1


@pytest.mark.parametrize("method", METHODS)
def test_every_step_says_what_was_wrong_with_the_last_answer(user, method):
    page = page_of(begun(user, method), error="That was not right.")

    assert page.count("That was not right.") == 1


@pytest.mark.parametrize("method", [key for key, method in METHODS.items() if method.channels])
def test_where_something_was_sent_is_said_but_masked(user, method):
    page = page_of(begun(user, method))

    assert "nora@nordvik.example" not in page
    assert "91000101" not in page
    if "email" in METHODS[method].channels:
        assert "n•••@nordvik.example" in page
    if set(METHODS[method].channels) - {"email"}:
        assert "+47 ••• •• 101" in page


def test_a_page_loaded_again_asks_the_same_questions(user):
    method = next(key for key, one in METHODS.items() if one.asks_questions)
    txn = begun(user, method)

    assert steps.Step(txn, "").prompt.questions == ("Pet?", "Street?")
    assert steps.Step(Transaction.objects.get(pk=txn.pk), "").prompt.questions == ("Pet?", "Street?")


def test_a_passkeys_options_are_plain_data_that_stay_the_same(user):
    method = next(key for key, one in METHODS.items() if one.identifies)
    txn = verbs.begin_unnamed(user.customer, method=method).transaction
    options = json.dumps(steps.Step(txn, "").prompt.options)

    assert json.dumps(steps.Step(Transaction.objects.get(pk=txn.pk), "").prompt.options) == options
    assert json.loads(options)["publicKey"]["challenge"]


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.PASSED])
def test_every_verdict_but_a_pass_has_a_sentence(verdict):
    method = next(iter(METHODS.values()))

    assert len(steps.said(Judged(verdict, wait=40, tries_left=2), method)) > 20
    assert steps.said(Judged(Verdict.PASSED), method) == ""


def test_a_wrong_answer_says_how_many_tries_are_left():
    method = next(iter(METHODS.values()))

    assert "2 tries left" in steps.said(Judged(Verdict.WRONG, tries_left=2), method)
    assert "last try" in steps.said(Judged(Verdict.WRONG, tries_left=0), method)


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_a_sentence(reason):
    assert len(steps.refused(Refusal(reason, wait=40))) > 20


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("sent", ["", "code=", "answer=x", "question=q&answer=a&answer=b", "credential=%00"])
def test_whatever_a_form_sends_is_read_without_fault(user, method, sent):
    steps.read(Transaction(method=method), QueryDict(sent))
