"""A person with something unusual in every field of the data map is erased, and nothing unusual is found anywhere."""

from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import audit, calls, datamap
from accounts import verbs as people
from accounts.gateways.contract import Letter
from accounts.gateways.outbox_file import OutboxFile
from accounts.http import Source
from accounts.models import IdempotencyKey, Invitation, Message, User
from mfa import verbs as mfa
from mfa.verbs.asking import address_hash
from privacy import subjects
from privacy import verbs as privacy
from privacy.hosted.passport import NOT_BY_PERSON
from privacy.models import PackagePart
from privacy.moves import Kind
from privacy.verbs import packing, proving, removing, requesting
from tests.factories import ApiKeyFactory, UserFactory
from tests.mfa.compat.plugin import Plugin
from tests.mfa.hosted.me.person import SECRET, Person
from tests.privacy.asking import STRONG
from tests.privacy.everywhere import Everywhere, tables
from tests.privacy.test_erase import dump

pytestmark = [pytest.mark.requirement("R-57"), pytest.mark.django_db(transaction=True)]
NAME, FIRST, PHONE = "sigrid.unusual@fjell.example", "Sigridlinn", "+4791239876"
ADDRESS, BROWSER = "203.0.113.211", "UnusualBrowser/7.3"
BODY = "unusualbody"


class Life:
    """Somebody who used everything that there is for them, by the real ways in."""

    def __init__(self):
        key = ApiKeyFactory()
        self.person = Person(NAME, customer=key.customer, first_name=FIRST, phone=PHONE)
        self.user, self.plugin = self.person.user, Plugin.of(key)
        self.person.browser = Client(headers={"user-agent": BROWSER}, REMOTE_ADDR=ADDRESS)

    def live(self):
        self._sign_in_at_the_site()
        self.person.knock("email_code")
        self.person.post("in/", answer="code", code="000000")
        self.person.enter()
        self.person.get()
        people.update_user(self.user, audit.SYSTEM, last_name="Unusuallast")
        self._what_has_no_link()
        self._copy()
        OutboxFile("file:").send(
            Letter(id="1", channel="email", to=NAME, sender="", subject="Code", text=BODY, customer="1")
        )
        calls.finish_noting()

    def _sign_in_at_the_site(self):
        self.plugin.post("api/auth/challenge", username=NAME, phone=PHONE, authType="EMAIL")
        self.plugin.post("api/auth/validate", username=NAME, authType="GOOGLE AUTHENTICATOR", token="000000")
        reply = self.plugin.post(
            "api/auth/validate", username=NAME, authType="GOOGLE AUTHENTICATOR", token=self.person.code()
        )
        assert reply["status"] == "SUCCESS", reply

    def _what_has_no_link(self):
        """A challenge to the bare address, an invitation, an answer that a program could be given again."""
        customer = self.user.customer
        mfa.begin(customer, method="email_code", email=NAME, by=audit.SYSTEM)
        Invitation.objects.create(customer=customer, email=NAME, role="owner", expires_at=timezone.now())
        Everywhere(self.user).make(IdempotencyKey)
        row = IdempotencyKey.objects.get()
        row.answer = f'{{"username": "{NAME}"}}'
        row.save()

    def _copy(self):
        by = audit.end_user(self.user, Source(ADDRESS, BROWSER))
        request = requesting.make(self.user, requesting.Asked(kind=Kind.ACCESS), by).request
        proving.prove(request, STRONG, by)
        assert packing.make(request.pk)

    def looked_for(self):
        """What must be nowhere afterwards, the keyed hashes of addresses among it."""
        plain = {"a name": "sigrid.unusual", "a first name": FIRST, "a last name": "Unusuallast", "a phone": "91239876"}
        seen = {"an address": ADDRESS, "a browser": "UnusualBrowser", "a body": BODY, "a secret": SECRET}
        hashes = {"the hash of an address": Source(ADDRESS).address_hash, "the hash of a mailbox": address_hash(NAME)}
        return plain | seen | hashes


def everywhere():
    """The whole of what is kept, place by place."""
    return {"the database": dump(), "Valkey": _valkey(), "var/": _var()}


def where(looked_for, places):
    """What of it is still there, and where."""
    return [(what, place) for place, held in places.items() for what, text in looked_for.items() if text in held]


def test_nothing_is_left_anywhere_of_somebody_who_used_everything(capfd, caplog):
    life = Life()
    life.live()
    before = everywhere()
    for known in ("sigrid.unusual", FIRST, address_hash(NAME), Source(ADDRESS).address_hash):
        assert known in before["the database"]
    assert BODY in before["var/"]
    assert "send_code" in before["Valkey"]  # the queue is among what is looked at
    assert PackagePart.objects.exists()

    people.request_erasure(life.user, audit.SYSTEM)
    assert privacy.erase_due() == 1

    said = capfd.readouterr()
    places = everywhere() | {"the log": said.out + said.err + caplog.text}
    assert where(life.looked_for(), places) == []
    assert "a person was erased" in places["the log"]
    assert not PackagePart.objects.exists()


def test_nothing_is_left_of_what_every_field_of_the_data_map_held(capfd, caplog):
    user = UserFactory()
    audit.record("user.seen", audit.SYSTEM, user.customer, user, values={"seen": "before"})
    seeds = Everywhere(user)
    seeds.plant()
    before = dump()
    assert [place for place, text in seeds.planted.items() if text not in before] == []

    people.request_erasure(User.objects.select_related("customer").get(pk=user.pk), audit.SYSTEM)
    assert privacy.erase_due() == 1

    said = capfd.readouterr()
    places = everywhere() | {"the log": said.out + said.err + caplog.text}
    assert where(seeds.goes(), places) == []


def _valkey():
    """Everything that Valkey holds: keys and values, of queues as well."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    read = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
    }
    return " ".join(f"{key!r} {read[client.type(key)](key)!r}" for key in client.scan_iter())


def _var():
    """Every file of var/ but PostgreSQL's own."""
    files = [path for path in Path(settings.VAR_DIR).rglob("*") if path.is_file() and "pg" not in path.parts]
    return "".join(path.read_bytes().decode(errors="replace") for path in files)


def test_every_table_with_personal_data_is_searched_or_named_as_one_without_a_person():
    user = UserFactory()
    unsearched = {model._meta.label for model in tables() if subjects.rows_of(model, user) is None}
    assert unsearched - NOT_BY_PERSON == {
        model._meta.label
        for model in tables()
        if model._meta.label in unsearched and datamap.about(model) == datamap.MEMBERS
    }


def test_the_trail_says_no_longer_from_where_the_person_came():
    user, source = UserFactory(), Source(address="203.0.113.9")
    audit.record("user.seen", audit.end_user(user, source), user.customer, user)
    audit.record("user.seen", audit.stranger(source), user.customer, user)
    assert audit.AuditRecord.objects.exclude(address_hash="").count() == 2

    people.request_erasure(user, audit.SYSTEM)
    assert privacy.erase_due() == 1

    assert not audit.AuditRecord.objects.exclude(address_hash="", network="").exists()


def test_what_is_left_undoes_the_erasure(monkeypatch):
    user = UserFactory()
    mfa.begin(user.customer, method="email_code", user=user, by=audit.SYSTEM)
    people.request_erasure(user, audit.SYSTEM)
    monkeypatch.setattr(removing, "_empty", lambda _rows: None)

    assert privacy.erase_due() == 0
    assert User.objects.filter(pk=user.pk).exists()
    assert Message.objects.filter(user=user).exists()

    monkeypatch.undo()
    assert privacy.erase_due() == 1
