"""My data: what is held, why, until when, who looked at it and who was given it; and the ledger behind it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit, datamap, disclosing, gateways
from accounts.datamap import Personal
from accounts.messages import delivery
from accounts.messages import verbs as messages
from accounts.models import Disclosure, Message, Role, User
from mfa.models import Transaction
from privacy import verbs
from privacy.hosted import passport
from privacy.models import Agreement, Notice
from tests.factories import StaffFactory, UserFactory, member
from tests.mfa.hosted.me.person import Person, words
from tests.privacy.terms import publish, sha_of
from tests.rba.deciding_rows import kept
from tests.routes.world import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def nora():
    return Person(first_name="Nora", last_name="Vik", phone="+4791234567").enter()


def row(user, label):
    return next(row for section in passport.sections(user) for row in section.rows if row.line.label == label)


@pytest.mark.requirement("R-42", "R-66")
def test_a_person_sees_what_is_held_why_until_when_and_from_where(nora):
    page = nora.text("data/")

    for said in ("Nora Vik", "n•••@nordvik.example", "+47 ••• •• 567", "Sign-ins: when, by which method"):
        assert said in page
    for said in ("Sending codes and notices", "as long as your account exists", "the site you signed in to"):
        assert said in page
    assert "91234567" not in page
    assert "JBSWY3DPEHPK3PXP" not in page


@pytest.mark.requirement("R-42")
def test_every_personal_field_with_a_value_has_a_line(nora):
    user = User.objects.get(pk=nora.user.pk)
    shown = {row.line.label for section in passport.sections(user) for row in section.rows}

    missing = []
    for model, name, entry in datamap.entries():
        rows = passport.rows_of(model, user) if isinstance(entry, Personal) else None
        held = rows is not None and any(
            value not in (None, "", 0, {}, []) for value in rows.values_list(name, flat=True)
        )
        label = str(passport.words.label(model._meta.label, name, entry)) if isinstance(entry, Personal) else ""
        if held and label not in shown and not (name == "password" and not user.has_usable_password()):
            missing.append((model._meta.label, name))
    assert missing == []


def test_a_table_with_personal_data_is_found_by_the_person_or_named_as_one_that_is_not():
    user = UserFactory()
    tables = {
        model._meta.label
        for model, _name, entry in datamap.entries()
        if isinstance(entry, Personal)
        and datamap.about(model) != datamap.MEMBERS
        and passport.rows_of(model, user) is None
    }

    assert tables == passport.NOT_BY_PERSON


def test_what_is_not_held_is_not_on_the_page(nora):
    User.objects.filter(pk=nora.user.pk).update(phone="")
    page = nora.text("data/")

    assert "Phone number" not in page
    assert "Password" not in page


def test_nobody_sees_another_persons_data(nora):
    UserFactory(customer=nora.customer, username="gunvor.else", email="else@nordvik.example")

    assert "gunvor" not in nora.text("data/")
    assert Person("tuva@nordvik.example", customer=nora.customer).get("data/").status_code == 302


# Who looked


@pytest.mark.requirement("R-35")
@pytest.mark.parametrize("who", ["member", "staff"])
def test_whoever_looks_is_told_to_the_person_once_an_hour_and_not_by_name(nora, who):
    if who == "member":
        looker = member(Role.HELP_DESK, nora.customer)
        client, path = browser(looker), f"/dashboard/users/{nora.user.public_id}/"
    else:
        looker = StaffFactory()
        client, path = browser(looker, verified=True), f"/staff/accounts/user/{nora.user.pk}/change/"
    assert "Nobody but you" in nora.text("data/")

    for _look in range(3):
        assert client.get(path).status_code == 200

    page = nora.text("data/")
    assert {"member": "Somebody who manages the account, ", "staff": "The operator, "}[who] in page
    assert looker.username not in page
    assert audit.AuditRecord.objects.filter(action="user.seen").count() == 1


# Who was given it


@pytest.fixture
def sent(monkeypatch):
    """What providers were handed, and how the ledger stood at that moment."""
    found = []

    def send(letter):
        found.append((letter, list(Disclosure.objects.values_list("fields", flat=True))))
        return gateways.Result(gateways.Outcome.ACCEPTED, provider="smtp")

    monkeypatch.setattr(gateways, "send", send)
    return found


@pytest.mark.requirement("R-10", "R-14", "R-36")
@pytest.mark.parametrize(("channel", "field"), [("email", "accounts.User.email"), ("sms", "accounts.User.phone")])
def test_the_ledger_is_written_before_a_provider_is_given_anything_and_equals_what_was_given(
    nora, sent, channel, field, settings
):
    settings.SMS_URLS = []
    to = nora.user.email if channel == "email" else str(nora.user.phone)
    kind = "accounts.test" if channel == "email" else "mfa.factor_changed"
    context = {} if channel == "email" else {"what": "added", "method": "totp"}
    message = messages.queue(kind, customer=nora.customer, channel=channel, to=to, user=nora.user, context=context)

    assert delivery.deliver(message.pk) == Message.State.SENT

    assert [ledger for _letter, ledger in sent] == [[[field, "accounts.Message.body"]]]
    entry = Disclosure.objects.get()
    assert (entry.user, entry.message, entry.basis, entry.reference) == (nora.user, message, "feature", kind)
    given = row(nora.user, "E-mail address" if channel == "email" else "Phone number").given
    assert given.times == 1


@pytest.mark.requirement("R-10")
def test_a_message_that_is_too_late_or_never_sent_is_in_no_ledger(nora, sent):
    late = messages.queue(
        "accounts.test", customer=nora.customer, channel="email", to="a@b.example", not_after=timezone.now()
    )

    delivery.deliver(late.pk)

    assert sent == []
    assert not Disclosure.objects.exists()


@pytest.mark.requirement("R-10")
def test_a_second_try_of_a_message_is_one_hand_over(nora, monkeypatch):
    busy = gateways.Result(gateways.Outcome.TRY_LATER, provider="smtp")
    monkeypatch.setattr(gateways, "send", lambda letter: busy)
    message = messages.queue("accounts.test", customer=nora.customer, channel="email", to="a@b.example", user=nora.user)

    for _try in range(2):
        Message.objects.update(next_try_at=timezone.now())
        delivery.deliver(message.pk)

    assert Disclosure.objects.count() == 1


@pytest.mark.requirement("R-10", "R-12", "R-13", "R-15", "R-16")
@pytest.mark.parametrize(
    "lacking", [{"basis": ""}, {"basis": "curiosity"}, {"reference": ""}, {"recipient": ""}, {"fields": []}]
)
def test_nothing_is_handed_over_without_a_ground_a_reference_a_recipient_and_its_fields(lacking):
    user = UserFactory()
    given = {"recipient": "the police", "fields": ["accounts.User.email"], "basis": "law", "reference": "2026/17"}

    with pytest.raises(disclosing.NoGround):
        disclosing.record(user.customer, user=user, **(given | lacking))
    assert disclosing.record(user.customer, user=user, **given).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(customer=user.customer, recipient="x", basis="law", reference="")


# What was agreed to


@pytest.mark.requirement("R-54")
def test_an_agreement_is_listed_with_its_receipt_and_taken_back_by_one_button(nora):
    version = publish(nora.customer)
    verbs.agree(nora.customer, nora.user.username, sha_of(version), "en", audit.SYSTEM, way="page")
    agreement = Agreement.objects.get()
    assert f"/agreements/{agreement.public_id}/receipt.txt" in nora.text("data/")

    page = nora.said(f"data/agreements/{agreement.public_id}/withdraw/")

    assert "taken back" in page
    assert User.objects.get(pk=nora.user.pk).agreed_terms == 0


def test_nobody_takes_back_what_another_person_agreed_to(nora):
    other = UserFactory(customer=nora.customer)
    version = publish(nora.customer)
    agreement = verbs.agree(nora.customer, other.username, sha_of(version), "en", audit.SYSTEM, way="page")

    assert nora.post(f"data/agreements/{agreement.public_id}/withdraw/").status_code == 404
    assert Agreement.objects.get().holds


@pytest.mark.requirement("R-11")
def test_a_new_version_is_told_on_the_page_until_it_was_read(nora):
    publish(nora.customer)
    User.objects.update(created_at=timezone.now() - timedelta(days=1))
    publish(nora.customer, "Less is kept.", changes="Less.")
    verbs.announce_due()

    for page in ("", "data/"):
        assert "has published version 2" in nora.text(page)
    assert "Less is kept." in words(nora.browser.get(f"/who/{nora.customer.slug}/terms/"))
    nora.post("data/seen/")
    for page in ("", "data/"):
        assert "has published version 2" not in nora.text(page)
    assert Notice.objects.get(user=nora.user).seen_at is not None


def test_who_has_not_agreed_still_comes_to_their_own_data():
    nora = Person()
    publish(nora.customer)

    assert "My data" in nora.enter().text("data/")
    assert Transaction.objects.exists()


@pytest.mark.requirement("R-42")
def test_a_decision_about_risk_is_among_what_is_held_with_its_moment(nora):
    kept(nora.user)

    held = [one for section in passport.sections(nora.user) for one in section.rows if one.latest is not None]
    assert any(timezone.now() - one.latest < timedelta(minutes=5) for one in held)
    assert "the last" in nora.text("data/")
