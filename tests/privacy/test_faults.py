"""A worker that dies at any step of an erasure, a copy or a reapplication leaves work that the next one ends, once.

Each point is tried once here, and as often as FAULT_TIMES says by `make bench-erasure`.
"""

import json
import os
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.models import AuditRecord, ErasureRequest, Message, User
from config.celery import hold_back
from privacy import exporting, tasks
from privacy.models import Package, PackagePart, Receipt, SiteJob, Tombstone
from privacy.moves import Kind, Move, State
from privacy.verbs import packing, reapplying, receipts, removing, tombstones, working
from tests.factories import AuthenticatorFactory, UserFactory
from tests.privacy.asking import Case, fresh
from tests.privacy.everywhere import Everywhere
from tests.privacy.faults import COMMIT, KILLED, before, killed_again_and_again, run_until
from tests.privacy.test_cooling import AFTER
from tests.privacy.test_killed import person, whole_or_gone
from tests.privacy.test_tombstones import Backup
from tests.sites.calling import Program

pytestmark = [pytest.mark.promise("R1", "R10"), pytest.mark.django_db(transaction=True)]
TIMES = range(int(os.environ.get("FAULT_TIMES", "1")))
ENDS_EACH = len(TIMES) > 1  # else one person dies many deaths, which is quicker
PERSON_GONE, SIGNED = 'DELETE FROM "accounts_user"', 'UPDATE "privacy_receipt"'
PART = 'INSERT INTO "privacy_packagepart"'


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.ERASURES_FILE = tmp_path / "erasures.jsonl"


def steps_of_an_erasure():
    """Every step by name, with the statements that lead to it; each holder's from the models."""
    holders = {one.related_model._meta.db_table for one in removing.about_people()}
    return {
        "handed over": ['INSERT INTO "accounts_erasurerequest"'],
        "site job ordered": ['INSERT INTO "privacy_sitejob"'],
        "mark made": ['INSERT INTO "privacy_tombstone"'],
        **{f"holder {table}": [f'(DELETE FROM|UPDATE) "{table}"'] for table in sorted(holders)},
        "key destroyed": ['DELETE FROM "accounts_personkey"'],
        "person gone": [PERSON_GONE],
        "receipt begun": ['INSERT INTO "privacy_receipt"'],
        "erasure noted": [PERSON_GONE, 'UPDATE "accounts_erasurerequest"'],
        "all of it committed": [PERSON_GONE, COMMIT],
        "mark written into the file": [PERSON_GONE, COMMIT, 'FROM "privacy_tombstone"'],
        "that it is written noted": [PERSON_GONE, COMMIT, 'UPDATE "privacy_tombstone"'],
        "site's answer taken": [PERSON_GONE, 'UPDATE "privacy_sitejob"'],
        "receipt signed": [SIGNED],
        "request closed": [SIGNED, 'UPDATE "privacy_privacyrequest"'],
        "signature committed": [SIGNED, COMMIT],
    }


class Erasure:
    """Somebody of whom every table holds something, who asks to be erased here and at a site that answers."""

    def __init__(self, case, program):
        self.program = program
        case.user = UserFactory(customer=case.customer)
        case.person = audit.end_user(case.user, audit.NOWHERE)
        self.pk = case.user.pk
        Everywhere(case.user).fill()
        self.request = case.proven(Kind.ERASURE)
        self.held = removing.search(self.pk)

    def carry_out(self):
        """All that workers and the site do about it, from the end of the wait on."""
        working.work(timezone.now() + AFTER)
        tasks.erase_due()
        self.program.fetch()
        for job in SiteJob.objects.filter(state__in=SiteJob.OPEN):
            assert self.program.answer(job, self.program.says(job)).status_code == 200
        tasks.erase_due()

    def check_ends_once(self):
        for _again in range(2):  # the second time nothing is left to be done
            self.carry_out()
        assert not User.objects.filter(pk=self.pk).exists()
        assert removing.search(self.pk) == []
        request = fresh(self.request)
        assert request.state == State.DONE
        assert Counter(one.what for one in request.entries.all()).most_common(1)[0][1] == 1
        receipt = Receipt.objects.get(request=self.request)
        said = receipts.verified(receipt.text)
        assert [one["state"] for one in said["sites"]] == ["done"]
        assert ErasureRequest.objects.filter(pk=receipt.erasure_id).exclude(done_at=None).count() == 1
        assert SiteJob.objects.filter(erasure=receipt.erasure_id).count() == 1
        mark = Tombstone.objects.exclude(filed_at=None).get(mark=tombstones.mark(self.pk)).mark
        assert mark in {line.mark for line in tombstones.lines()}
        done = Counter(AuditRecord.objects.filter(person=self.pk).values_list("action", flat=True))
        for action in ("user.erasure_requested", "user.erased", "privacy.request_finish", "privacy.request_go_on"):
            assert done[action] == 1, action


@pytest.mark.requirement("R-57", "R-56")
def test_an_erasure_whose_worker_dies_at_any_step_ends_once():
    case = Case()
    program = Program()
    program.key.site.customer = program.key.customer = case.customer
    program.key.site.save()
    program.key.save()
    program.fetch()

    for _time in TIMES:
        erasure = Erasure(case, program)
        for name, leads in steps_of_an_erasure().items():
            assert run_until(erasure.carry_out, before(*leads)) == KILLED, name
            left = removing.search(erasure.pk)
            assert left in ([], erasure.held), name
            if ENDS_EACH or not left:  # what was undone whole goes on to the next step
                erasure.check_ends_once()
                erasure = Erasure(case, program)
        erasure.check_ends_once()


class Copy:
    """Somebody of whom every table holds something, who asks for a copy."""

    def __init__(self, case):
        case.user = UserFactory(customer=case.customer)
        case.person = audit.end_user(case.user, audit.NOWHERE)
        self.user = case.user
        Everywhere(self.user).fill()
        Package.objects.all().delete()
        self.request = case.proven(Kind.ACCESS)
        self.by = case.person

    def make(self):
        packing.make(self.request.pk)

    def clean(self):
        working.work(timezone.now() + timedelta(days=7, minutes=1))

    def check_made_once(self):
        for _again in range(2):  # the second time nothing is left to be done
            self.make()
        package = Package.objects.get(request=self.request)
        numbers = list(PackagePart.objects.filter(package=package).order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert json.loads("".join(packing.text(package, self.by)))["person"] == self.user.username
        assert fresh(self.request).state == State.DONE
        assert self.request.entries.filter(what=Move.FINISH).count() == 1
        told = Message.objects.filter(user=self.user, kind="privacy.request_news", context__what=Move.FINISH)
        assert told.count() == 1
        return len(numbers)

    def check_gone(self):
        assert not Package.objects.filter(request=self.request).exists()
        assert not PackagePart.objects.filter(user=self.user).exists()


def steps_of_a_copy(user, parts):
    """Every step by name: each table collected, parts written, the end. A part is encrypted as it is written."""
    tables = [model._meta.db_table for model in exporting.tables(user)]
    numbers = [*range(1, 6), parts]
    return {
        "taken in hand": before('INSERT INTO "privacy_package"'),
        "that committed": before('INSERT INTO "privacy_package"', COMMIT),
        **{f"{table} collected": before(PART, f'FROM "{table}"') for table in tables},
        **{f"part {number} written": before(PART, time=number) for number in numbers},
        "progress noted": before(PART, 'UPDATE "privacy_package"'),
        "request closed": before(PART, 'UPDATE "privacy_privacyrequest"'),
        "opened for a week": before(PART, 'UPDATE "privacy_privacyrequest"', 'UPDATE "privacy_package"'),
        "link sent": before(PART, 'UPDATE "privacy_privacyrequest"', "accounts_message"),
        "all of it committed": before(PART, 'UPDATE "privacy_privacyrequest"', "accounts_message", COMMIT),
    }


@pytest.mark.requirement("R-67")
def test_a_copy_whose_worker_dies_at_any_step_is_made_once_and_cleaned_away_once():
    case = Case()
    first = Copy(case)
    parts = first.check_made_once()

    for _time in TIMES:
        copy = Copy(case)
        for name in steps_of_a_copy(first.user, parts):
            assert run_until(copy.make, steps_of_a_copy(copy.user, parts)[name]) == KILLED, name
            assert packing.ready(copy.request) is None, name
            Package.objects.update(claimed_at=timezone.now() - packing.CLAIM - timedelta(seconds=1))
            if ENDS_EACH:
                copy.check_made_once()
                copy = Copy(case)
        copy.check_made_once()
        for leads in ('DELETE FROM "privacy_packagepart"', 'DELETE FROM "privacy_package"', COMMIT):
            assert run_until(copy.clean, before(leads)) == KILLED, leads
            assert packing.ready(copy.request) is not None
        copy.clean()
        copy.check_gone()


@pytest.mark.requirement("R-57")
@pytest.mark.promise("R14")
def test_erasures_are_applied_again_once_however_often_the_command_dies_and_no_worker_starts_before(tmp_path):
    users = [person() for _each in range(2)]
    AuthenticatorFactory(user=users[0])
    backup = Backup(tmp_path / "backup.dump")
    later = UserFactory(customer=users[0].customer)
    for user in [*users, later]:
        people.request_erasure(user, audit.SYSTEM)
    tasks.erase_due()

    for _time in TIMES:
        backup.restore()

        def check():
            there = [whole_or_gone(user) for user in users]
            if any(there):
                with pytest.raises(SystemExit, match="reapply_erasures"):
                    hold_back()

        assert killed_again_and_again(reapplying.reapply, check, stride=11) > 5
        hold_back()
        assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()
        assert AuditRecord.objects.filter(action="user.erased").count() == 2
        assert Tombstone.objects.count() == 3
