"""The erased stay erased: a restored backup is noticed, no worker starts on it, and one command erases anew."""

import json
import subprocess
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import ErasedName, User
from config.celery import hold_back
from config.run.services import POSTGRES_BIN
from mfa.models import Authenticator, Transaction
from privacy import held_back
from privacy import verbs as privacy
from privacy.models import Tombstone
from privacy.verbs import erasing, reapplying, tombstones
from tests.factories import ApiKeyFactory, AuthenticatorFactory, UserFactory, member
from tests.mfa.compat.plugin import Plugin
from tests.mfa.hosted.me.person import Person

pytestmark = [
    pytest.mark.requirement("R-57"),
    pytest.mark.promise("R14"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"
    return settings.ERASURES_FILE


def erase(user):
    people.request_erasure(user, audit.SYSTEM)
    assert privacy.erase_due() == 1


class Backup:
    """A real dump of the database, and a real restore of it over whatever is there."""

    def __init__(self, path):
        self.path = path
        self._run("pg_dump", "-Fc", "-f", str(path))

    def restore(self):
        self._run(
            "pg_restore", "--clean", "--if-exists", "--exit-on-error", "--no-owner", "-d", self._name, str(self.path)
        )

    @property
    def _name(self):
        return str(connection.settings_dict["NAME"])

    def _run(self, program, *words):
        given = connection.settings_dict
        host = str(given["OPTIONS"].get("host") or given["HOST"])
        connection.close()
        named = [] if "-d" in words else [self._name]
        command = [str(POSTGRES_BIN / program), "-h", host, "-U", "kumquat", *words, *named]
        subprocess.run(command, check=True, capture_output=True)


def test_after_a_restore_no_worker_starts_until_the_erasures_since_are_applied_again(tmp_path):
    gone, stays = UserFactory(username="gone@fjell.example"), UserFactory()
    AuthenticatorFactory(user=gone)
    backup = Backup(tmp_path / "backup.dump")
    erase(gone)
    hold_back()  # all is well: a worker starts

    backup.restore()
    assert Authenticator.objects.filter(user=gone.pk).exists()
    with pytest.raises(SystemExit, match="reapply_erasures"):
        hold_back()
    with pytest.raises(CommandError, match="1 erasures"):
        call_command("reapply_erasures", check=True)

    call_command("reapply_erasures")

    hold_back()
    call_command("reapply_erasures", check=True)
    assert list(User.objects.values_list("pk", flat=True)) == [stays.pk]
    assert not Authenticator.objects.exists()
    with pytest.raises(people.ErasedBefore):
        people.create_user(gone.customer, "Gone@fjell.example", audit.SYSTEM)
    assert reapplying.reapply().lines == 0


def test_who_came_after_the_backup_and_was_erased_cannot_come_back_unawares(tmp_path):
    customer = UserFactory().customer
    backup = Backup(tmp_path / "backup.dump")
    later = UserFactory(customer=customer, username="later@fjell.example")
    erase(later)

    backup.restore()
    assert not ErasedName.objects.exists()
    call_command("reapply_erasures")

    with pytest.raises(people.ErasedBefore):
        people.create_user(customer, "later@fjell.example", audit.SYSTEM)


def test_a_customer_that_closed_is_closed_again(tmp_path):
    owner = member()
    customer = owner.memberships.get().customer
    UserFactory(customer=customer)
    backup = Backup(tmp_path / "backup.dump")
    type(customer).objects.filter(pk=customer.pk).update(closing_at=timezone.now())
    assert privacy.erase_customers() == 1

    backup.restore()
    assert User.objects.filter(customer=customer).exists()
    call_command("reapply_erasures")

    customer.refresh_from_db()
    assert customer.name == str(customer.number)
    assert not User.objects.filter(customer=customer).exists()
    tombstones.require_applied()


def test_a_file_that_was_lost_is_written_anew_and_a_torn_line_loses_no_other(file):
    first, second = UserFactory(), UserFactory()
    erase(first)
    kept = file.read_bytes()
    file.unlink()
    tombstones.require_applied()
    assert file.read_bytes() == kept

    file.write_bytes(kept + b'{"mark": "ab')
    erase(second)
    assert {line.mark for line in tombstones.lines()} == {one.mark for one in Tombstone.objects.all()}
    assert Tombstone.objects.filter(filed_at=None).count() == 0


def test_a_mark_names_nobody_and_its_file_is_its_owners_alone(file):
    user = UserFactory()
    pk = str(user.pk)
    erase(user)

    said = file.read_text()
    assert pk not in said
    assert user.username not in said
    assert file.stat().st_mode & 0o777 == 0o600


def test_marks_go_when_no_backup_can_be_as_old(file):
    erase(UserFactory())
    assert tombstones.trim() == 1
    assert tombstones.trim(timezone.now() + tombstones.deadlines.KEPT + timedelta(days=1)) == 0
    assert file.read_bytes() == b""


def test_what_cannot_be_looked_at_starts_no_worker(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "no" / "such" / "folder"
    with pytest.raises(SystemExit):
        hold_back()


def test_an_erasure_that_fails_leaves_the_workers_held_back(monkeypatch, tmp_path):
    user = UserFactory()
    backup = Backup(tmp_path / "backup.dump")
    erase(user)
    backup.restore()
    monkeypatch.setattr(erasing, "erase", lambda _pk: False)

    with pytest.raises(CommandError, match="could not be erased"):
        call_command("reapply_erasures")
    with pytest.raises(SystemExit):
        hold_back()


@pytest.fixture
def visitor(client):
    client.raise_request_exception = False
    return client


@pytest.mark.promise("R5")
def test_after_a_restore_the_web_server_shows_nobody_until_the_erasures_since_are_applied_again(tmp_path, visitor):
    person = Person("gone@fjell.example")
    person.enter()
    plugin = Plugin.of(ApiKeyFactory(site__customer=person.customer))
    backup = Backup(tmp_path / "backup.dump")
    erase(person.user)
    assert visitor.get("/readyz").json().get("erasures") is None

    backup.restore()
    held_back.look_soon()

    page = person.get()
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "Not open yet" in page.content.decode()
    assert plugin.post("api/auth/challenge", username="gone@fjell.example", authType="EMAIL")["status"] == "ERROR"
    assert plugin.answer.status_code == 503
    told = visitor.get("/api/v1/users")
    assert (told.status_code, told.json()["code"]) == (503, "busy")
    assert "restored" in told.json()["detail"]
    ready = visitor.get("/readyz")
    assert (ready.status_code, ready.json()["erasures"]["ok"]) == (503, False)
    assert visitor.get("/healthz").status_code == 200
    assert not Transaction.objects.filter(dialect_name="EMAIL").exists()

    call_command("reapply_erasures")
    held_back.look_soon()

    assert visitor.get("/").status_code == 200
    assert person.get().status_code == 200  # the door: the session has gone with the person
    assert not User.objects.filter(pk=person.user.pk).exists()


def test_a_restore_under_a_running_web_server_is_noticed_at_the_end_of_a_long_file(file, tmp_path, visitor):
    gone = UserFactory()
    line = {"customer": str(uuid4()), "name": "", "at": timezone.now().isoformat()}
    file.write_text("".join(json.dumps({"mark": f"{number:032}", **line}) + "\n" for number in range(500)))
    backup = Backup(tmp_path / "backup.dump")
    assert visitor.get("/").status_code == 200
    erase(gone)
    held_back.look_soon()
    assert visitor.get("/").status_code == 200
    assert len(tombstones.lines(newest_only=True)) < 200

    backup.restore()
    assert visitor.get("/").status_code == 200  # until the next look, a minute later at most
    held_back.look_soon()
    assert visitor.get("/").status_code == 503


def test_what_cannot_be_looked_at_shows_nobody(settings, tmp_path, visitor):
    settings.ERASURES_FILE = tmp_path / "no" / "such" / "folder"
    held_back.look_soon()
    assert visitor.get("/about/").status_code == 503
    assert visitor.get("/healthz").status_code == 200
