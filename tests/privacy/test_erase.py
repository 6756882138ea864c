"""An erased person is in no table any more."""

import subprocess

import pytest
from django.db import connection
from django.utils import timezone

from accounts import audit
from accounts import verbs as people
from accounts.http import Source
from accounts.messages import verbs as messages
from accounts.models import AuditRecord, ErasureRequest, Message, User
from config.run.services import POSTGRES_BIN
from mfa import verbs
from privacy import verbs as privacy
from tests.factories import AuthenticatorFactory, UserFactory


def dump():
    """Everything that the database holds, as text."""
    given = connection.settings_dict
    host = given["OPTIONS"].get("host") or given["HOST"]
    command = [str(POSTGRES_BIN / "pg_dump"), "-h", str(host), "-U", "kumquat", "--inserts", str(given["NAME"])]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.mark.requirement("R-57")
@pytest.mark.promise("S29")
@pytest.mark.django_db(transaction=True)
def test_an_erased_person_leaves_no_name_address_or_secret_in_the_database():
    user = UserFactory(username="sigrid.unusual@fjell.example", first_name="Sigridlein", phone="+4791239876")
    AuthenticatorFactory(user=user)
    verbs.begin(user.customer, method="email_code", user=user, by=audit.SYSTEM)
    people.update_user(user, audit.SYSTEM, first_name="Sigridlinn")
    assert "sigrid.unusual" in dump()
    pk = str(user.pk)

    people.request_erasure(user, audit.SYSTEM)
    privacy.erase_due()

    left = dump()
    for trace in ("sigrid.unusual", "Sigridl", "91239876", "JBSWY3DPEHPK3PXP"):
        assert trace not in left
    assert pk in left  # the trail still says what was done, to an id that names nobody
    assert not User.objects.filter(pk=user.pk).exists()


@pytest.mark.requirement("R-57")
@pytest.mark.django_db
def test_what_was_kept_sealed_about_a_person_becomes_unreadable():
    user = UserFactory()
    token = audit.seal(user.pk, "an old address")
    assert audit.unseal(user.pk, token) == "an old address"

    people.request_erasure(user, audit.SYSTEM)
    privacy.erase_due()

    assert audit.unseal(user.pk, token) is None


@pytest.mark.requirement("R-57")
@pytest.mark.django_db
def test_a_message_that_still_waits_is_never_sent_to_an_erased_person():
    user = UserFactory()
    messages.queue("accounts.test", customer=user.customer, channel="email", to=user.email, user=user)
    people.request_erasure(user, audit.SYSTEM)
    privacy.erase_due()

    message = Message.objects.get()
    assert (message.state, message.to, message.to_masked) == (Message.State.EXPIRED, None, "")


@pytest.mark.promise("R10")
@pytest.mark.django_db
def test_an_erasure_is_done_once():
    user = UserFactory()
    people.request_erasure(user, audit.SYSTEM)
    people.request_erasure(user, audit.SYSTEM)

    assert privacy.erase_due() == 1
    assert privacy.erase_due() == 0
    assert ErasureRequest.objects.get().done_at <= timezone.now()


@pytest.mark.django_db
def test_a_name_comes_back_only_when_a_member_allows_it():
    user = UserFactory()
    people.request_erasure(user, audit.SYSTEM)
    privacy.erase_due()
    with pytest.raises(people.ErasedBefore):
        people.create_user(user.customer, user.username.upper(), audit.SYSTEM)

    people.allow_name(user.customer, user.username, audit.SYSTEM)
    assert people.create_user(user.customer, user.username, audit.SYSTEM).pk != user.pk


@pytest.mark.requirement("R-57", "R-58")
@pytest.mark.django_db
def test_where_the_person_acted_from_goes_and_where_others_acted_on_them_stays():
    user, colleague = UserFactory(), UserFactory()
    source = Source("192.0.2.7")
    audit.record("user.updated", audit.end_user(user, source), user.customer, user)
    people.request_erasure(user, audit.member(colleague, source))
    assert privacy.erase_due() == 1

    hashes = set(AuditRecord.objects.filter(person=user.pk).values_list("actor_id", "address_hash"))
    assert {(user.pk, ""), (colleague.pk, source.address_hash)} <= hashes
    assert (user.pk, source.address_hash) not in hashes
