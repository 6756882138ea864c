"""A person's own erasure waits, is told on every channel, can be called off, and then goes on by itself."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import links
from accounts.models import ErasureRequest, Link, Message, User
from mfa.models import Authenticator, TrustedDevice
from privacy import subjects
from privacy.moves import Kind, State
from privacy.verbs import deciding, erase_due, working
from tests.factories import AuthenticatorFactory
from tests.privacy.asking import Case, fresh

pytestmark = pytest.mark.django_db
AFTER = timedelta(hours=72, minutes=1)


@pytest.fixture
def case(settings):
    settings.SMS_URLS = ["file://"]
    return Case(phone="+4791234567", first_name="Nora")


@pytest.mark.requirement("R-49")
def test_it_waits_72_hours_and_is_told_on_every_channel(case):
    row = case.proven(Kind.ERASURE)

    assert row.state == State.COOLING
    assert row.ready_at - timezone.now() > timedelta(hours=71)
    told = Message.objects.filter(kind="privacy.erasure_asked")
    assert {(one.channel, one.to) for one in told} == {("email", case.user.email), ("sms", "+4791234567")}
    assert working.work()["erased"] == 0
    assert working.work(timezone.now() + AFTER)["erased"] == 1
    erase_due()
    assert not User.objects.filter(pk=case.user.pk).exists()
    assert fresh(row).state == State.DONE


@pytest.mark.parametrize("kind", [Kind.ACCESS, Kind.OBJECTION_OTHER, Kind.CLARIFICATION])
def test_what_can_be_undone_does_not_wait(case, kind):
    assert case.proven(kind, text="?").ready_at is None
    assert not Message.objects.filter(kind="privacy.erasure_asked").exists()


@pytest.mark.promise("S18")
def test_the_mailed_link_calls_it_off_by_a_button_and_not_by_looking(case):
    row = case.proven(Kind.ERASURE)
    link = Link.objects.get(purpose="privacy.erasure_asked")
    client = Client()
    page = client.get(f"/l/{links.token(link)}", follow=True)
    assert "Keep my data" in page.content.decode()
    assert fresh(row).state == State.COOLING

    client.post("/l/")
    assert fresh(row).state == State.CANCELLED
    assert working.work(timezone.now() + AFTER)["erased"] == 0
    assert not ErasureRequest.objects.exists()
    assert client.post("/l/").status_code == 410


def test_the_customer_may_refuse_in_that_time_with_a_ground_for_each_datum(case):
    row = case.proven(Kind.ERASURE)
    deciding.refuse(row, dict.fromkeys(subjects.everything(), "claims"), "A law suit is open.", case.decider)

    assert working.work(timezone.now() + AFTER)["erased"] == 0
    assert User.objects.living().filter(pk=case.user.pk).exists()


def test_what_is_kept_has_a_ground_and_the_rest_is_erased(case):
    AuthenticatorFactory(user=case.user)
    TrustedDevice.objects.create(
        customer=case.customer, user=case.user, token_hash="a", stamp="b", expires_at=timezone.now()
    )
    row = case.proven(Kind.ERASURE)
    device = next(
        key for key, label in subjects.everything().items() if label == "Browsers you trust: which, and until when"
    )
    kept = {device: "claims"}
    with pytest.raises(deciding.NoGround):  # whose device would it be?
        deciding.keep_some(row, kept, "A law suit.", case.decider)

    deciding.keep_some(row, {**kept, subjects.USERNAME: "claims"}, "A law suit.", case.decider)
    assert working.work(timezone.now() + AFTER)["erased"] == 1

    left = User.objects.get(pk=case.user.pk)
    assert (left.first_name, left.email, str(left.phone or "")) == ("", "", "")
    assert left.username == case.user.username
    assert TrustedDevice.objects.filter(user=left).exists()
    assert not Authenticator.objects.filter(user=left).exists()
    assert fresh(row).state == State.PARTLY
    assert not ErasureRequest.objects.exists()
