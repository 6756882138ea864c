"""Passkeys and security keys: what a device signs counts once, for one challenge, one origin and one person (S32)."""

import json

import pytest
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as some

from accounts import audit
from mfa import verbs
from mfa.contract import METHODS, Verdict
from mfa.models import Authenticator, Transaction
from tests.factories import UserFactory
from tests.mfa.fido import FLAG, TOUCHED, UNLOCKED, Device
from tests.mfa.proving import BY, ByPasskey, prover
from tests.mfa.test_races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.promise("S32")]
KEY = "webauthn"


@pytest.fixture
def nora() -> ByPasskey:
    return prover(KEY, UserFactory())  # type: ignore[return-value]


def answer(begun, response, by=BY):
    return verbs.verify(begun.transaction.customer, begun.transaction.public_id, response, by)


def another_device(user, **traits) -> Device:
    device = Device(**traits)
    pending = verbs.enrol(user, KEY, BY)
    options = METHODS[KEY].creation_options(pending, user) or {}
    assert verbs.confirm(user, KEY, device.make(options), BY).verdict is Verdict.PASSED
    return device


def unnamed(user, **more):
    return verbs.begin_unnamed(user.customer, method=KEY, **more)


@pytest.mark.product("method-5")
def test_an_answer_to_one_challenge_is_none_to_the_next(nora):
    first = nora.begin()
    signed = nora.right(first)
    answer(first, signed)

    assert answer(nora.begin(), signed).verdict is Verdict.WRONG


def test_an_answer_signed_for_a_challenge_that_was_not_used_opens_no_other(nora):
    first, second = unnamed(nora.user), unnamed(nora.user)

    assert answer(second, nora.right(first)).verdict is Verdict.WRONG
    assert answer(first, nora.right(first)).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    "traits",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8001"},
        {"origin": "http://localhost:8000.evil.example"},
        {"relying_party": "evil.example"},
        {"cross_origin": True},
        {"flags": FLAG(0)},
        {"flags": FLAG.UV},
    ],
    ids=str,
)
def test_what_was_signed_elsewhere_or_untouched_is_refused(nora, traits):
    for name, value in traits.items():
        setattr(nora.kept, name, value)

    assert nora.prove(nora.begin()).verdict is Verdict.WRONG


@pytest.mark.parametrize("changes", [{"type": "webauthn.create"}, {"signature": b"\x30\x00"}, {"challenge": b"x" * 32}])
def test_what_is_not_signed_for_this_is_refused(nora, changes):
    begun = nora.begin()

    assert answer(begun, nora.kept.sign(begun.prompt.options, **changes)).verdict is Verdict.WRONG


def test_a_registration_made_elsewhere_is_refused():
    user = UserFactory()
    for traits in ({"origin": "https://evil.example"}, {"relying_party": "evil.example"}, {"cross_origin": True}):
        pending = verbs.enrol(user, KEY, BY)
        options = METHODS[KEY].creation_options(pending, user)

        assert verbs.confirm(user, KEY, Device(**traits).make(options), BY).verdict is Verdict.WRONG
    assert not Authenticator.objects.active().filter(user=user).exists()


def test_another_persons_credential_is_nobodys_here(nora):
    other = prover(KEY, UserFactory(customer=nora.user.customer))
    begun = nora.begin()

    assert answer(begun, other.kept.sign(begun.prompt.options)).verdict is Verdict.WRONG
    assert other.authenticator.failures == 0
    assert nora.tries(begun) == 1


@pytest.mark.product("method-5")
def test_a_sign_count_that_went_back_is_a_copy_and_refused(nora):
    nora.prove(nora.begin())
    nora.kept.count = 1

    assert nora.prove(nora.begin()).verdict is Verdict.WRONG


def test_a_device_that_never_counts_is_none_the_worse(nora):
    device = another_device(nora.user, count=0)
    for _ in range(2):
        begun = nora.begin()
        assert answer(begun, device.sign(begun.prompt.options)).verdict is Verdict.PASSED


def test_a_device_that_counted_and_stops_to_is_refused(nora):
    nora.prove(nora.begin())
    nora.kept.count = 0

    assert nora.prove(nora.begin()).verdict is Verdict.WRONG


@pytest.mark.product("method-5")
def test_backup_flags_are_kept_and_what_may_be_copied_does_not_change(nora):
    device = another_device(nora.user, flags=UNLOCKED | FLAG.BE)
    begun = nora.begin()
    assert answer(begun, device.sign(begun.prompt.options, flags=UNLOCKED | FLAG.BE | FLAG.BS)).verdict is (
        Verdict.PASSED
    )
    kept = Authenticator.objects.get(user=nora.user, data__backup_eligible=True)
    assert kept.data["backed_up"] is True

    for flags in (UNLOCKED, UNLOCKED | FLAG.BS):
        begun = nora.begin()
        assert answer(begun, device.sign(begun.prompt.options, flags=flags)).verdict is Verdict.WRONG


def test_a_credential_that_could_not_be_copied_does_not_begin_to(nora):
    begun = nora.begin()

    assert answer(begun, nora.kept.sign(begun.prompt.options, flags=UNLOCKED | FLAG.BE)).verdict is Verdict.WRONG


@pytest.mark.product("method-5")
def test_where_the_holder_must_be_made_sure_of_a_touch_alone_is_too_little(nora):
    begun = unnamed(nora.user, verifies_user=True)
    assert begun.prompt.options["publicKey"]["userVerification"] == "required"

    assert answer(begun, nora.kept.sign(begun.prompt.options, flags=TOUCHED)).verdict is Verdict.WRONG
    assert answer(begun, nora.kept.sign(begun.prompt.options)).verdict is Verdict.PASSED


@pytest.mark.product("method-5")
def test_a_passkey_says_whose_it_is_and_the_transaction_is_theirs(nora):
    begun = unnamed(nora.user)
    judged = answer(begun, nora.right(begun))

    assert judged.verdict is Verdict.PASSED
    assert Transaction.objects.get(pk=begun.transaction.pk).user == nora.user
    assert judged.authenticator == nora.authenticator


@pytest.mark.parametrize("handle", [b"", b"\xff\xfe", b"x" * 64])
def test_a_passkey_that_names_nobody_opens_nothing(nora, handle):
    begun = unnamed(nora.user)
    signed = json.loads(nora.right(begun))
    signed["response"]["userHandle"] = websafe_encode(handle)

    assert answer(begun, json.dumps(signed)).verdict is Verdict.WRONG


def test_a_passkey_that_names_somebody_else_opens_nothing(nora):
    other = prover(KEY, UserFactory(customer=nora.user.customer))
    begun = unnamed(nora.user)
    signed = json.loads(nora.right(begun))
    signed["response"]["userHandle"] = websafe_encode(other.user.public_id.encode())

    assert answer(begun, json.dumps(signed)).verdict is Verdict.WRONG
    assert other.authenticator.failures == nora.authenticator.failures == 0


def test_a_passkey_of_another_customers_user_opens_nothing(nora):
    begun = unnamed(UserFactory())

    assert answer(begun, nora.right(begun)).verdict is Verdict.WRONG


@pytest.mark.product("method-5")
def test_a_person_has_several_and_each_opens_while_it_is_there(nora):
    second = another_device(nora.user)
    begun = nora.begin()
    offered = {one["id"] for one in begun.prompt.options["publicKey"]["allowCredentials"]}
    assert offered == {websafe_encode(nora.kept.credential_id), websafe_encode(second.credential_id)}

    assert answer(begun, second.sign(begun.prompt.options)).verdict is Verdict.PASSED
    verbs.reset(Authenticator.objects.filter(user=nora.user).latest("created_at"), BY)
    begun = nora.begin()
    assert answer(begun, second.sign(begun.prompt.options)).verdict is Verdict.WRONG
    assert answer(begun, nora.kept.sign(begun.prompt.options)).verdict is Verdict.PASSED


def test_wrong_signatures_with_one_key_make_the_other_wait_for_nothing(nora):
    second = another_device(nora.user)
    for _ in range(5):
        begun = nora.begin()
        answer(begun, nora.foil(begun))
    begun = nora.begin()

    assert answer(begun, nora.right(begun)).verdict is Verdict.THROTTLED
    assert answer(begun, second.sign(begun.prompt.options)).verdict is Verdict.PASSED


def test_the_same_credential_is_not_enrolled_twice_whoever_asks(nora):
    other = UserFactory(customer=nora.user.customer)
    pending = verbs.enrol(other, KEY, BY)
    options = METHODS[KEY].creation_options(pending, other)

    assert verbs.confirm(other, KEY, nora.kept.make(options), BY).verdict is Verdict.REPLAYED
    assert not Authenticator.objects.active().filter(user=other).exists()


def test_a_device_is_told_which_credentials_the_person_has_already(nora):
    options = METHODS[KEY].creation_options(verbs.enrol(nora.user, KEY, BY), nora.user)
    asked = options["publicKey"]

    assert [one["id"] for one in asked["excludeCredentials"]] == [websafe_encode(nora.kept.credential_id)]
    assert websafe_decode(asked["user"]["id"]).decode() == nora.user.public_id
    assert asked["authenticatorSelection"]["residentKey"] == "preferred"


@tuned(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_no_bytes_whatsoever_are_a_fault(nora, data):
    begun = nora.begin()
    signed = json.loads(nora.kept.sign(begun.prompt.options))
    made = json.loads(Device().make(METHODS[KEY].creation_options(verbs.enrol(nora.user, KEY, BY), nora.user)))
    for whole in (signed, made):
        part = data.draw(some.sampled_from(sorted(whole["response"])))
        whole["response"][part] = data.draw(
            some.one_of(some.binary(max_size=300).map(websafe_encode), some.text(max_size=20), some.none())
        )
    Authenticator.objects.update(failures=0, wait_until=None)

    assert answer(begun, json.dumps(signed)).verdict in {Verdict.WRONG, Verdict.PASSED}
    assert verbs.confirm(nora.user, KEY, json.dumps(made), audit.SYSTEM).verdict in {Verdict.WRONG, Verdict.PASSED}


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_of_eight_equal_answers_without_a_name_one_passes():
    one = prover(KEY, UserFactory())
    begun = unnamed(one.user)
    signed = one.right(begun)

    assert at_once(8, lambda _n: answer(begun, signed).verdict)[Verdict.PASSED] == 1
