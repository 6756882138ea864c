"""The ways in: passkeys without a name, any strong factor after the password, and who must have one."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts import audit
from accounts.models import AuditRecord, Membership, Role, Session, Site
from accounts.verbs.customers import operator
from mfa import verbs
from mfa.models import Authenticator, Grace, Transaction
from mfa.verbs import governing
from tests.factories import AuthenticatorFactory, SiteFactory, StaffFactory, UserFactory, member
from tests.mfa.doors.help import code_of, sign_in
from tests.mfa.fido import TOUCHED
from tests.mfa.proving import prover

pytestmark = pytest.mark.django_db


def knock(client, **more):
    """Press the button, and read what the browser is asked."""
    assert client.post("/sign-in/passkey/", more)["Location"].startswith("/sign-in/passkey/")
    return client.get("/sign-in/passkey/").context["step"].prompt.options


def answer(client, signed, **more):
    return client.post("/sign-in/passkey/", {"credential": signed, **more})


@pytest.fixture
def ingrid():
    """An owner with a passkey."""
    return prover("webauthn", member())


@pytest.mark.promise("S32", "S29")
@pytest.mark.product("doors-1")
def test_a_passkey_signs_in_without_a_name_under_a_new_session_key(client, ingrid):
    options = knock(client)
    before = client.cookies["session"].value

    response = answer(client, ingrid.kept.sign(options), next="/dashboard/sites/")

    assert response["Location"] == "/dashboard/sites/"
    assert client.cookies["session"].value != before
    assert client.session["otp_device_id"] == ingrid.authenticator.persistent_id
    assert "passkey" not in client.session
    assert client.get("/dashboard/").status_code == 200


@pytest.mark.product("doors-1")
def test_staff_come_in_by_a_passkey_alone(client):
    staff = prover("webauthn", StaffFactory())

    answer(client, staff.kept.sign(knock(client)), next="/staff/")

    assert client.get("/staff/").status_code == 200


@pytest.mark.promise("S32")
def test_what_was_signed_for_one_session_opens_no_other(client, ingrid):
    options = knock(client)
    other = Client()
    knock(other)

    answer(other, ingrid.kept.sign(options))

    assert "_auth_user_id" not in other.session


@pytest.mark.promise("S32", "S5")
def test_an_answer_signs_in_once(client, ingrid):
    signed = ingrid.kept.sign(knock(client))
    answer(client, signed)
    client.post("/sign-out/")

    answer(client, signed)

    assert "_auth_user_id" not in client.session


@pytest.mark.promise("S32")
def test_a_touch_without_pin_or_finger_is_not_enough_alone(client, ingrid):
    answer(client, ingrid.kept.sign(knock(client), flags=TOUCHED))

    assert "_auth_user_id" not in client.session


@pytest.mark.promise("S20")
@pytest.mark.product("policy-5")
def test_forged_answers_in_a_passkeys_name_do_not_keep_its_own_browser_waiting(client, ingrid):
    answer(client, ingrid.kept.sign(knock(client)))
    client.post("/sign-out/")
    stranger, newcomer = Client(), Client()
    options = knock(stranger)
    for _ in range(5):
        answer(stranger, ingrid.kept.sign(options, signature=b"forged"))

    answer(newcomer, ingrid.kept.sign(knock(newcomer)))
    assert "_auth_user_id" not in newcomer.session  # from the same network, and never seen before
    answer(client, ingrid.kept.sign(knock(client)))
    assert "_auth_user_id" in client.session


def test_a_wrong_answer_can_be_tried_again_and_five_end_it(client, ingrid):
    options = knock(client)
    for _ in range(5):
        assert "opens nothing here" in answer(client, "{}").content.decode()
    answer(client, ingrid.kept.sign(options))

    assert "_auth_user_id" not in client.session


@pytest.mark.promise("S11")
@pytest.mark.parametrize("state", ["disabled_at", "restricted_at", "erased_at"])
def test_who_is_out_does_not_come_in_by_a_passkey(client, ingrid, state):
    setattr(ingrid.user, state, timezone.now())
    ingrid.user.save()

    answer(client, ingrid.kept.sign(knock(client)))

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("theirs", [True, False])
def test_end_users_have_no_door_here_the_operators_own_neither(client, theirs):
    user = UserFactory(customer=operator()) if theirs else UserFactory()
    one = prover("webauthn", user)

    answer(client, one.kept.sign(knock(client)))

    assert "_auth_user_id" not in client.session


def test_naming_somebody_else_opens_neither_door(client, ingrid):
    other = member()
    signed = json.loads(ingrid.kept.sign(knock(client)))
    signed["response"]["userHandle"] = websafe_encode(other.public_id.encode())

    answer(client, json.dumps(signed))

    assert "_auth_user_id" not in client.session


def test_looking_begins_nothing(client):
    client.get("/sign-in/")
    assert client.get("/sign-in/passkey/")["Location"] == "/sign-in/"

    assert not Transaction.objects.exists()


@pytest.mark.promise("S8")
@pytest.mark.parametrize("method", ["hotp", "backup_code", "webauthn", "totp"])
@pytest.mark.product("doors-1")
def test_each_strong_way_is_a_second_step(client, method):
    user = member()
    if method == "backup_code":
        AuthenticatorFactory(user=user)
    one = prover(method, user)
    sign_in(client, user)
    assert "_auth_user_id" not in client.session
    client.post("/sign-in/code/", {"method": method})
    begun = verbs.begin(user.customer, method=method, user=user, by=audit.SYSTEM) if method == "webauthn" else None
    if begun is not None:  # the page's own challenge is the open one
        client.post("/sign-in/code/", {"method": method})
        signed = one.kept.sign(client.get("/sign-in/code/").context["step"].prompt.options)
        response = client.post("/sign-in/code/", {"credential": signed})
    else:
        response = client.post("/sign-in/code/", {"code": one.right(None)})

    assert response["Location"] == "/dashboard/"
    assert client.get("/dashboard/").status_code == 200


@pytest.mark.promise("S8")
@pytest.mark.parametrize("method", ["email_code", "sms_code", "kba", "email_link", "voice_code", "bypass_code"])
@pytest.mark.product("method-8")
def test_nothing_weak_is_a_second_step(client, method):
    user = member()
    user.phone = "+4791234567"
    user.save()
    AuthenticatorFactory(user=user)
    prover(method, user)
    sign_in(client, user)

    page = client.post("/sign-in/code/", {"method": method})

    assert "Choose one of these" in page.content.decode()
    assert not Transaction.objects.filter(method=method).exists()


@pytest.mark.promise("S3")
def test_who_waits_after_wrong_codes_may_use_another_way(client):
    user = member()
    AuthenticatorFactory(user=user, wait_until=timezone.now() + timedelta(minutes=5))
    one = prover("backup_code", user)
    sign_in(client, user)

    client.post("/sign-in/code/", {"method": "backup_code"})
    assert client.post("/sign-in/code/", {"code": one.right(None)})["Location"] == "/dashboard/"


@pytest.mark.promise("S8")
def test_another_browsers_second_step_is_not_this_ones(client):
    user = member()
    factor = AuthenticatorFactory(user=user)
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    public_id = client.session["asked"]
    client.post("/sign-in/code/", {"code": code_of(factor)})

    assert other.session["asked"] != public_id
    assert "_auth_user_id" not in other.session
    assert not Session.objects.filter(user=user).exclude(pk=client.session.session_key).exclude(user=user).exists()


# Who must have one


def grown(user):
    """Their customer has a site that asks us, so that something is at stake."""
    customer = user.memberships.get().customer
    SiteFactory(customer=customer, connected_at=timezone.now())
    return customer


@pytest.mark.promise("S8")
@pytest.mark.parametrize("role", Role.values)
@pytest.mark.product("doors-2")
def test_without_a_factor_a_member_is_led_to_set_one_up_before_anything_else(client, role):
    user = member(role)
    grown(user)
    sign_in(client, user)

    for path in ("/dashboard/", "/dashboard/sites/", "/dashboard/team/", "/dashboard/policies/"):
        assert client.get(path)["Location"].startswith("/factor/"), path
        assert client.post(path)["Location"] == "/factor/", path
    assert client.get("/factor/?next=/dashboard/").status_code == 200


def test_once_it_is_set_up_they_go_where_they_were_going(client):
    user = member()
    grown(user)
    sign_in(client, user)
    client.get(client.get("/dashboard/sites/")["Location"])
    client.post("/factor/", {"add": "totp", "part": "start"})
    pending = Authenticator.objects.get(user=user)

    code = code_of(pending, pending.pending_secret)
    page = client.post("/factor/", {"add": "totp", "part": "prove", "code": code})

    assert page.context["done_url"] == "/dashboard/sites/"
    assert client.get("/dashboard/sites/").status_code == 200


def test_a_new_owner_with_nothing_at_stake_looks_around_first(client):
    user = member()
    sign_in(client, user)

    assert client.get("/dashboard/").status_code == 200


def test_after_a_week_even_an_owner_with_nothing_at_stake_sets_one_up(client):
    user = member()
    Membership.objects.filter(user=user).update(created_at=timezone.now() - timedelta(days=8))
    sign_in(client, user)

    assert client.get("/dashboard/")["Location"].startswith("/factor/")


def rule(customer, **rules):
    """Publish rules for all of a customer's people."""
    policy = governing.find(customer)
    policy = governing.edit(policy, rules, governing.stamp(policy), audit.SYSTEM)
    governing.publish(policy, governing.stamp(policy), audit.SYSTEM)


@pytest.mark.parametrize("role", [Role.HELP_DESK, Role.READ_ONLY])
def test_of_the_others_the_customers_own_policy_asks(client, role):
    user = member(role)
    rule(grown(user), enforcement="optional")
    sign_in(client, user)

    assert client.get("/dashboard/").status_code == 200


@pytest.mark.product("doors-2")
def test_an_owner_is_asked_whatever_the_customers_policy_says(client):
    user = member()
    rule(grown(user), enforcement="optional")
    sign_in(client, user)

    assert client.get("/dashboard/")["Location"].startswith("/factor/")


@pytest.mark.product("doors-2")
def test_a_help_desk_who_becomes_admin_is_asked_at_once(client):
    user = member(Role.HELP_DESK)
    rule(grown(user), enforcement="optional")
    sign_in(client, user)
    assert client.get("/dashboard/").status_code == 200

    Membership.objects.filter(user=user).update(role=Role.ADMIN)

    assert client.get("/dashboard/")["Location"].startswith("/factor/")


def look(client):
    """Where the dashboard leads to; nowhere when it opens."""
    response = client.get("/dashboard/sites/")
    return "" if response.status_code == 200 else response["Location"]


LATER, FACTOR = "/factor/later/?next=%2Fdashboard%2Fsites%2F", "/factor/?next=%2Fdashboard%2Fsites%2F"


@pytest.mark.product("enrol-1")
def test_a_help_desk_puts_a_first_factor_off_as_often_as_the_policy_says(client):
    user = member(Role.HELP_DESK)
    rule(grown(user), grace_skips=2)
    for words in ("2 more times", "once more"):
        sign_in(client, user)
        assert look(client) == LATER
        assert words in client.get(LATER).content.decode()
        for _ in range(2):  # a double click is one
            assert client.post("/factor/later/", {"next": "/dashboard/sites/"})["Location"] == "/dashboard/sites/"
        assert look(client) == ""
        client.post("/sign-out/")

    sign_in(client, user)
    assert look(client) == FACTOR
    assert client.get(LATER)["Location"] == FACTOR
    client.post(LATER)
    assert look(client) == FACTOR
    assert Grace.objects.get(user=user).skips == 2
    assert AuditRecord.objects.filter(action="member.put_off", person=user.pk).count() == 2


def test_what_was_put_off_in_a_session_is_asked_for_once_its_day_is_over(client):
    user = member(Role.READ_ONLY)
    customer = grown(user)
    day = timezone.now().date()
    rule(customer, grace_until=day.isoformat())
    sign_in(client, user)
    assert look(client) == LATER
    client.post(LATER)
    assert look(client) == ""

    rule(customer, grace_until=(day - timedelta(days=1)).isoformat())
    session = client.session
    del session["factor_looked"]  # five minutes later
    session.save()
    assert look(client) == FACTOR


@pytest.mark.product("doors-2")
def test_no_owner_and_no_staff_put_it_off(client):
    owner = member()
    customer = grown(owner)
    rule(customer, grace_skips=5)
    helper = member(Role.HELP_DESK, customer)
    helper.is_staff = True
    helper.save()
    for user in (owner, helper):
        sign_in(client, user)
        assert look(client) == FACTOR
        assert client.post(LATER)["Location"] == "/dashboard/sites/"
        assert look(client) == FACTOR
        client.post("/sign-out/")


def test_what_can_wait_is_asked_of_the_database_once_in_five_minutes(client, django_assert_num_queries):
    user = member()
    sign_in(client, user)
    client.get("/dashboard/sites/")
    Site.objects.update(connected_at=timezone.now())

    assert client.get("/dashboard/sites/").status_code == 200
    session = client.session
    session["factor_looked"] = {**session["factor_looked"], "at": 0}
    session.save()
    SiteFactory(customer=user.memberships.get().customer, connected_at=timezone.now())
    assert client.get("/dashboard/sites/")["Location"].startswith("/factor/")
