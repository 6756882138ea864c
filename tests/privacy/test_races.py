"""A person is erased in the middle of everything that may go on about them: no fault shows, and nothing is left.

Each call stops before one of its statements, and the erasure runs then: for every statement of every call in turn.
"""

import itertools
from collections import Counter
from threading import Event, Thread

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.models import Q
from django.test import Client

from accounts import audit
from accounts import verbs as people
from accounts.gateways import send as real_send
from accounts.gateways.contract import Outcome, Result
from accounts.messages import delivery
from accounts.messages import verbs as messages
from accounts.models import AuditRecord, Message, PersonKey
from mfa.models import Visit
from privacy import verbs as privacy
from privacy.moves import Kind
from privacy.verbs import erasing, packing, proving, removing, requesting
from rba import verbs as rba
from tests.factories import ApiKeyFactory, AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.plugin import Plugin, app_code, sent_code
from tests.mfa.compat.prompt.site import Site, lead
from tests.mfa.hosted.me.person import Person
from tests.privacy.asking import STRONG
from tests.privacy.test_erase import dump

pytestmark = [
    pytest.mark.concurrency,
    pytest.mark.requirement("R-57"),
    pytest.mark.promise("R10"),
    pytest.mark.django_db(transaction=True),
]
MOST_STEPS = 120
BROWSER, ADDRESS = "RacingBrowser/1.0", "203.0.113.77"
NAME = "racing"
numbers = itertools.count(1)


class Stopped(Thread):
    """A call in a thread and a connection of its own, which stops before its n-th statement or commit."""

    def __init__(self, call, step):
        super().__init__()
        self.call, self.step = call, step
        self.here, self.go = Event(), Event()
        self.came, self.error, self.stopped = None, None, False
        self.start()
        self.here.wait(60)

    def run(self):
        commit = connection.commit

        def look():
            self.step -= 1
            if self.step == 0:
                self.stopped = True
                self.here.set()
                self.go.wait(60)

        def looked(execute, *given):
            look()
            return execute(*given)

        connection.ensure_connection()
        connection.commit = lambda: (look(), commit())
        try:
            with connection.execute_wrapper(looked):
                self.came = self.call()
        except Exception as error:
            self.error = error
        finally:
            connection.commit = commit
            connection.close()
            self.here.set()

    def end(self):
        self.go.set()
        self.join(60)
        assert not self.is_alive()
        if self.error is not None:
            raise self.error
        return self.came


def erase(user):
    """Ask for it and try it once; what stands in its way may be what is stopped."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '30ms'")
    try:
        people.request_erasure(user, audit.SYSTEM)
        return privacy.erase_due()
    except OperationalError:
        return 0


def erased_amid(make, least):
    """Erase somebody before each statement of a call; `make` gives the person and the call. What each came to."""
    came = []
    for step in range(1, MOST_STEPS):
        user, call = make()
        stopped = Stopped(call, step)
        if stopped.stopped:
            erase(user)
        came.append(stopped.end())
        erase(user)
        check_nothing_left(user.pk)
        if not stopped.stopped:
            break
    assert len(came) > least, came
    assert NAME not in dump()
    assert NAME not in settings.OUTBOX_FILE.read_text() if settings.OUTBOX_FILE.exists() else True
    return came


def check_nothing_left(pk):
    privacy.erase_due()  # which looks again
    assert removing.search(pk) == []
    assert not PersonKey.objects.filter(pk=pk).exists()
    own = AuditRecord.objects.filter(Q(actor_id=pk) | Q(actor_id=None), person=pk)  # a site's place is the site's
    assert not own.exclude(address_hash="", network="", country="").exists()
    Visit.objects.filter(user=None).delete()  # the name was typed after the person had gone, so it is nobody's


@pytest.fixture(autouse=True)
def gives_way_soon(monkeypatch):
    monkeypatch.setattr(erasing, "PATIENCE", "30ms")


@pytest.fixture
def key():
    return ApiKeyFactory()


@pytest.fixture
def plugin(key):
    made = Plugin.of(key)
    made.client.raise_request_exception = False
    made.post("api/auth/challenge", username="nobody", authType="EMAIL")  # the site's first call writes more
    return made


def somebody(customer):
    name = f"{NAME}{next(numbers)}@fjell.example"
    return UserFactory(customer=customer, username=name)


def fine(statuses):
    """No call failed; those in whose middle the person went may be told to come again."""
    assert set(statuses) <= {200, 302, 303, 403, 404, 410, 503}, Counter(statuses)
    return True


def test_erased_amid_a_challenge_of_the_dialect(key, plugin):
    def make():
        user = somebody(key.customer)

        def call():
            reply = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")
            assert reply["status"] in {"SUCCESS", "FAILED", "ERROR"}, reply
            return plugin.answer.status_code

        return user, call

    assert fine(erased_amid(make, least=6))


@pytest.mark.parametrize("way", ["app", "code", "wrong"])
def test_erased_amid_an_answer_through_the_dialect(key, plugin, way):
    def make():
        user = somebody(key.customer)
        app = AuthenticatorFactory(user=user)
        given = {"username": user.username, "authType": "GOOGLE AUTHENTICATOR", "token": app_code(app.secret)}
        if way != "app":
            reply = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")
            given = {"txId": reply["txId"], "token": sent_code(reply) if way == "code" else "000000"}

        def call():
            plugin.post("api/auth/validate", **given)
            return plugin.answer.status_code

        return user, call

    assert fine(erased_amid(make, least=3))


@pytest.mark.parametrize("at", ["authorize", "first look", "answer"])
def test_erased_amid_a_visit_to_the_prompt(key, at):
    pair = PromptClientFactory(site=key.site)

    def make():
        user = somebody(key.customer)
        app = AuthenticatorFactory(user=user)
        browser = Client(raise_request_exception=False, headers={"user-agent": BROWSER}, REMOTE_ADDR=ADDRESS)
        site = Site(pair)
        query = site.query(user.username)
        if at == "authorize":
            return user, lambda: browser.get("/oauth/v1/authorize", query).status_code
        path = lead(browser, site, user.username)
        if at == "answer":
            browser.get(path)
            return user, lambda: browser.post(path, {"code": app_code(app.secret)}).status_code
        return user, lambda: browser.get(path).status_code

    assert fine(erased_amid(make, least=4))


@pytest.mark.parametrize("at", ["knock", "answer", "page", "name", "request"])
def test_erased_amid_their_own_pages(key, at):
    def make():
        person = Person(f"{NAME}{next(numbers)}@fjell.example", customer=key.customer)
        person.browser = Client(raise_request_exception=False, headers={"user-agent": BROWSER}, REMOTE_ADDR=ADDRESS)
        if at == "knock":
            return person.user, lambda: person.knock().status_code
        if at == "answer":
            person.knock()
            code = person.code()
            return person.user, lambda: person.post("in/", answer="code", code=code).status_code
        person.enter()
        if at == "page":
            return person.user, lambda: person.get().status_code
        if at == "name":
            return person.user, lambda: person.post("phrase/", phrase="racing phrase").status_code
        return person.user, lambda: person.post("rights/ask/objection-other/", text="racing words").status_code

    assert fine(erased_amid(make, least=3))


def test_erased_amid_a_copy(key):
    def make():
        user = somebody(key.customer)
        by = audit.end_user(user, audit.NOWHERE)
        request = requesting.make(user, requesting.Asked(kind=Kind.ACCESS), by).request
        proving.prove(request, STRONG, by)
        return user, packing.make_due

    erased_amid(make, least=20)


def test_erased_amid_what_risk_learns(key):
    def make():
        user = somebody(key.customer)
        return user, rba.fold_all

    erased_amid(make, least=1)


def test_erased_amid_the_delivery_of_a_message(key):
    def make():
        user = somebody(key.customer)
        message = messages.queue("accounts.test", customer=key.customer, channel="email", to=user.email, user=user)
        return user, lambda: delivery.deliver(message.pk)

    erased_amid(make, least=4)


@pytest.mark.parametrize("outcome", Outcome)
def test_erased_while_a_provider_has_the_message(key, monkeypatch, outcome):
    user = somebody(key.customer)
    message = messages.queue("accounts.test", customer=key.customer, channel="email", to=user.email, user=user)

    def slow(letter):
        result = real_send(letter)
        thread = Stopped(lambda: erase(user), 1000)
        assert thread.end() == 1
        return result if outcome is Outcome.ACCEPTED else Result(outcome)

    monkeypatch.setattr("accounts.gateways.send", slow)
    delivery.deliver(message.pk)

    message = Message.objects.get(pk=message.pk)
    assert (message.to, message.to_masked, message.user) == (None, "", None)
    assert message.state != Message.State.QUEUED
    assert message.state == Message.State.SENT or outcome is not Outcome.ACCEPTED
    with pytest.raises(messages.NotAgain):
        messages.send_again(message, audit.SYSTEM)
    check_nothing_left(user.pk)
    assert NAME not in settings.OUTBOX_FILE.read_text()
