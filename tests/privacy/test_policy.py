"""The operator's notice explains the data map, version by version; a new one is told to everybody concerned, once."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import legal
from accounts.messages import delivery
from accounts.models import Message, Role, User
from accounts.verbs.customers import operator
from privacy import mapping, policy, tasks, verbs
from privacy.models import Consent, Notice, Version
from privacy.verbs import announcing
from tests.factories import CustomerFactory, MembershipFactory, StaffFactory, UserFactory, member
from tests.privacy.terms import publish
from tests.routes.world import browser

LABEL = legal.VERSIONS[legal.PRIVACY]


@pytest.mark.requirement("R-03", "R-08")
def test_the_notice_in_force_explains_the_map_as_it_is():
    assert policy.check_explained() == [], f"see docs/privacy/versions.md; manage.py datamap --write {LABEL}"


@pytest.fixture
def maps(monkeypatch, tmp_path):
    """Maps of this test's own: the version in force and the one before."""
    monkeypatch.setattr(policy, "MAPS", tmp_path)
    read = policy.copy
    read.cache_clear()
    policy.write("2000-01", significant=True)
    yield tmp_path
    read.cache_clear()


def changed(monkeypatch, label, **facts):
    """A version whose copy of the map differs in the user's phone number."""
    path = policy.write(label, significant=facts.pop("significant", True))
    known = policy.copy(label)
    phone = known.fields["accounts.User.phone"] | facts.pop("phone", {})
    fields = known.fields | {"accounts.User.phone": phone}
    changes = facts.pop("changes", known.changes)
    monkeypatch.setattr(policy, "now", lambda: fields)
    monkeypatch.setitem(legal.VERSIONS, legal.PRIVACY, label)
    told = {
        **{one: policy.copy(one) for one in policy.labels()},
        label: policy.Copy(fields, changes, known.significant),
    }
    monkeypatch.setattr(policy, "copy", told.__getitem__)
    return path


def problems():
    return [error.msg for error in policy.check_explained()]


@pytest.mark.requirement("R-03", "R-11")
@pytest.mark.parametrize("part", ["purpose", "recipients", "retention"])
def test_a_map_that_changed_cannot_ship_without_a_version(maps, monkeypatch, part):
    monkeypatch.setitem(legal.VERSIONS, legal.PRIVACY, "2000-01")
    assert problems() == []
    other = {"purpose": "answer questions", "recipients": ["the e-mail provider"], "retention": "30 days"}[part]
    live = policy.now()
    live["accounts.User.phone"] |= {part: other}
    monkeypatch.setattr(policy, "now", lambda: live)

    assert problems() == ["accounts.User.phone is not as the privacy notice 2000-01 explains it."]


def test_a_field_that_is_new_or_gone_is_found(maps, monkeypatch):
    live = policy.now()
    live["accounts.User.shoe_size"] = live.pop("accounts.User.phone")
    monkeypatch.setattr(policy, "now", lambda: live)

    assert policy.differences(policy.copy("2000-01").fields) == ["accounts.User.phone", "accounts.User.shoe_size"]


@pytest.mark.requirement("R-11")
def test_a_new_purpose_is_told_in_every_language_and_is_never_minor(maps, monkeypatch):
    changed(monkeypatch, "2000-02", significant=False, phone={"purpose": "sell it"})

    assert problems() == [
        "The privacy notice 2000-02 does not say what is new in it.",
        "The privacy notice 2000-02 has a new purpose, recipient or category: it is significant.",
    ]


def test_a_version_that_says_what_is_new_may_ship(maps, monkeypatch):
    said = {"en": "We keep phones shorter.", "nb": "Vi lagrer numre kortere."}
    changed(monkeypatch, "2000-02", significant=False, phone={"retention": "30 days"}, changes=said)

    assert problems() == []


def test_an_earlier_version_is_not_written_anew(maps):
    policy.write("2000-02", significant=False)

    with pytest.raises(ValueError, match="not the newest"):
        policy.write("2000-01", significant=True)


@pytest.mark.requirement("R-03", "R-11")
def test_what_is_new_after_a_release_takes_a_version_of_its_own(maps, monkeypatch):
    monkeypatch.setitem(legal.VERSIONS, legal.PRIVACY, "2000-01")
    call_command("datamap", "--release", "2000-01")
    assert problems() == []

    with pytest.raises(CommandError, match="a version of its own"):
        call_command("datamap", "--write", "2000-01")
    with pytest.raises(CommandError, match="released already"):
        call_command("datamap", "--release", "2000-01")
    path = maps / "2000-01.json"
    path.write_text(path.read_text().replace('"as long as the user"', '"for ever"', 1))
    policy.copy.cache_clear()
    assert "The copy of the data map of 2000-01 was changed after its release." in problems()


def test_the_command_says_what_is_not_explained(maps, monkeypatch, capsys):
    monkeypatch.setitem(legal.VERSIONS, legal.PRIVACY, "2000-01")
    call_command("datamap")
    assert "explains all there is" in capsys.readouterr().out
    call_command("datamap", "--write", "2000-02")
    assert (maps / "2000-02.json").exists()


@pytest.mark.django_db
@pytest.mark.requirement("R-02", "R-03", "R-06", "R-66")
@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_rendered_notice_has_every_datum_with_its_purpose(settings, language):
    page = Client().get("/privacy/", headers={"Accept-Language": language}).content.decode().replace("&#x27;", "'")

    assert settings.OPERATOR_SUBPROCESSORS in page
    from django.utils.translation import override

    with override(language):
        for group in mapping.grouped(policy.fields_of(LABEL)):
            for line in group.lines:
                assert all(str(said) in page for said in (line.label, *line.purposes, *line.retentions))


@pytest.mark.django_db
@pytest.mark.requirement("R-02")
def test_each_version_has_an_address_of_its_own():
    now, named = (Client().get(path).context["sha256"] for path in ("/privacy/", f"/privacy/{LABEL}/"))
    assert now == named
    assert Client().get("/privacy/1999-01/").status_code == 404


# Told


@pytest.mark.django_db
@pytest.mark.requirement("R-11")
def test_the_first_notice_is_told_to_nobody_and_what_the_operator_changes_to_all_members_and_staff(settings):
    admin, staff, end_user = member(Role.ADMIN), StaffFactory(), UserFactory()
    tasks.announce_versions()
    tasks.announce_versions()
    assert Version.objects.get(document="privacy").label == LABEL
    assert not Notice.objects.exists()

    settings.OPERATOR_SUBPROCESSORS = "Somebody new AS"
    tasks.announce_versions()
    tasks.announce_versions()

    told = Notice.objects.select_related("message")
    assert {notice.user for notice in told} == {admin, staff}
    assert end_user not in {notice.user for notice in told}
    assert {notice.message.state for notice in told} == {Message.State.QUEUED}
    letter = delivery.compose(told[0].message)
    assert "sub-processor" in letter.text and "/privacy/changes/" in letter.text
    assert "Somebody new AS" in Client().get("/privacy/changes/").content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("R-11", "R-68")
def test_a_member_sees_a_banner_until_they_say_that_they_have_read_it(settings):
    client = browser(member(Role.READ_ONLY))
    tasks.announce_versions()
    settings.OPERATOR_HOSTING = "Elsewhere"
    tasks.announce_versions()

    assert "The privacy notice has changed" in client.get("/dashboard/").content.decode()
    client.post("/dashboard/versions/seen/")
    assert "The privacy notice has changed" not in client.get("/dashboard/").content.decode()


@pytest.mark.django_db
@pytest.mark.requirement("R-11")
def test_new_terms_are_told_to_every_person_of_the_customer_once_and_minor_ones_to_nobody(monkeypatch):
    monkeypatch.setattr(announcing, "BATCH", 2)
    customer = CustomerFactory()
    people = UserFactory.create_batch(5, customer=customer)
    without_address = UserFactory(customer=customer, username="nora", email="")
    stranger = UserFactory()
    publish(customer)
    assert verbs.announce_due() == 0

    publish(customer, "Other words.", changes="Words.", significant=False)
    assert verbs.announce_due() == 0

    publish(customer, "Less is kept.", changes="Less.")
    assert verbs.announce_due() == 6
    assert verbs.announce_due() == 0
    assert set(Notice.objects.values_list("user", flat=True)) == {one.pk for one in (*people, without_address)}
    assert Message.objects.filter(kind="privacy.new_version").count() == 5
    assert Notice.objects.get(user=without_address).message is None
    assert not Notice.objects.filter(user=stranger).exists()


@pytest.mark.django_db
@pytest.mark.promise("R1")
def test_a_run_that_was_killed_goes_on_and_tells_nobody_twice(monkeypatch):
    monkeypatch.setattr(announcing, "BATCH", 2)
    customer = CustomerFactory()
    UserFactory.create_batch(5, customer=customer)
    publish(customer)
    version = publish(customer, "Less is kept.", changes="Less.")
    monkeypatch.setattr(announcing, "BATCHES", 1)

    assert [verbs.announce(version.pk) for _run in range(4)] == [2, 2, 1, 0]
    assert Notice.objects.count() == Message.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.requirement("R-11")
def test_a_consent_whose_purpose_changed_is_asked_for_again(monkeypatch, settings):
    user = MembershipFactory().user
    for purpose in ("news", "personalisation"):
        Consent.objects.create(
            customer=operator(), user=user, person=user.pk, purpose=purpose, wording=1, text_hash="x", language="en"
        )
    known = policy.copy(LABEL)
    again = policy.Copy(known.fields, known.changes, True, ("news",))
    monkeypatch.setattr(policy, "copy", lambda label: again)

    verbs.publish_notice()

    assert Consent.objects.get(purpose="news").withdrawn_way == "version"
    assert Consent.objects.get(purpose="personalisation").holds


@pytest.mark.django_db
def test_whose_data_is_restricted_gets_no_letter(django_user_model):
    user = UserFactory()
    publish(user.customer)
    User.objects.update(restricted_at=user.created_at)
    publish(user.customer, "Less is kept.", changes="Less.")

    assert verbs.announce_due() == 0
