"""News: to members who asked for it and nobody else, ended by one click without signing in."""

from email import message_from_bytes

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import audit
from accounts.gateways.mail import compose
from accounts.http import NOWHERE
from accounts.messages import delivery
from accounts.messages import verbs as messages
from accounts.models import Membership, Message, Role
from privacy.models import Consent, NewsReader, Objection, PrivacyRequest
from privacy.moves import Kind, State
from privacy.purposes import NEWS
from privacy.verbs import consenting, news, objecting, suppressing
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db
TEXTS = {"en": {"title": "Passkeys are here", "body": "Try them.\n\n- fast\n- safe"}}


@pytest.fixture
def reader():
    user = member(Role.OWNER)
    consenting.give(user, NEWS, audit.member(user, NOWHERE))
    return user


def send():
    news.release(news.write(TEXTS, audit.SYSTEM), audit.SYSTEM)
    news.send_due()
    return Message.objects.filter(kind=news.KIND)


@pytest.mark.requirement("R-25", "R-39")
def test_news_goes_to_members_who_asked_for_it_once_each(reader):
    member(Role.OWNER)
    with transaction.atomic():
        other = member(Role.ADMIN).memberships.get().customer
        Membership.objects.create(user=reader, customer=other, role=Role.ADMIN)
    consenting.take_back(reader, NEWS, audit.SYSTEM)
    consenting.give(reader, NEWS, audit.SYSTEM)
    assert NewsReader.objects.count() == 2

    assert [one.user for one in send()] == [reader]

    news.send_due()
    assert Message.objects.filter(kind=news.KIND).count() == 1


@pytest.mark.requirement("R-31", "R-25")
def test_the_database_lets_no_end_user_into_the_audience(reader):
    end_user = UserFactory()
    with pytest.raises(consenting.NotForThem):
        consenting.give(end_user, NEWS, audit.SYSTEM)
    consent = Consent.objects.get()
    consent.pk, consent.public_id, consent.user, consent.person = None, "x" * 22, end_user, end_user.pk
    consent.save(force_insert=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        NewsReader.objects.create(membership_id=None, consent=consent)
    assert [one.user for one in send()] == [reader]


@pytest.mark.requirement("R-31", "R-39")
def test_news_that_is_queued_to_an_end_user_all_the_same_is_not_sent(reader, mailoutbox):
    end_user, row = UserFactory(email="ola@example.org"), news.write(TEXTS, audit.SYSTEM)
    context = {"announcement": row.public_id, "consent": str(Consent.objects.get().pk)}
    message = messages.queue(
        news.KIND, customer=end_user.customer, channel="email", to=end_user.email, user=end_user, context=context
    )

    assert delivery.deliver(message.pk) == Message.State.EXPIRED


@pytest.mark.requirement("R-12", "R-25", "R-61")
@pytest.mark.parametrize("how", ["consent taken back", "objection", "membership ended"])
def test_a_mail_that_waits_is_not_sent_after_a_no(reader, how):
    message = send().get()
    if how == "objection":
        Objection.objects.create(digest=suppressing.digest(reader.email))
    elif how == "membership ended":
        reader.memberships.all().delete()
    else:
        consenting.take_back(reader, NEWS, audit.SYSTEM)

    assert delivery.deliver(message.pk) == Message.State.EXPIRED


@pytest.mark.requirement("R-61")
def test_the_header_of_each_mail_ends_news_by_one_post_without_a_cookie(reader, client):
    letter = delivery.compose(send().get())
    mail = message_from_bytes(compose(letter).message().as_bytes())
    address = mail["List-Unsubscribe"].strip().strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in letter.text and address in letter.html
    path = address.removeprefix(settings.PUBLIC_URL)

    answer = client.post(path, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")

    assert answer.status_code == 200
    assert not NewsReader.objects.exists()
    assert Consent.objects.get().withdrawn_way == "mail"
    made = PrivacyRequest.objects.get()
    assert (made.kind, made.state) == (Kind.OBJECTION, State.DONE)
    reader.refresh_from_db()
    assert reader.consented == []


@pytest.mark.requirement("R-61")
def test_to_look_at_the_page_decides_nothing(reader, client):
    page = client.get(reverse("privacy:news_stop", args=[suppressing.token(reader.email)]))

    assert page.status_code == 200
    assert reader.email not in page.content.decode()
    assert not Objection.objects.exists()


@pytest.mark.requirement("R-61")
@pytest.mark.parametrize("wrong", ["x", "æ", "A" * 43, "====", ""])
def test_a_token_that_we_did_not_make_ends_nothing(client, wrong):
    assert suppressing.read(wrong) is None
    if wrong:
        assert client.post(reverse("privacy:news_stop", args=[wrong])).status_code == 404
    assert not Objection.objects.exists()


@pytest.mark.requirement("R-61", "R-57")
def test_an_objection_outlives_its_person_and_names_nobody(reader, client):
    email = reader.email
    objecting.object_to_news(suppressing.digest(email), audit.stranger(NOWHERE))
    reader.delete()
    back = member(Role.OWNER)
    back.email = email.upper()
    back.save()

    assert suppressing.has_objected(back.email)
    row = Objection.objects.get()
    assert email not in str({field.name: getattr(row, field.name) for field in row._meta.fields})


@pytest.mark.requirement("R-61")
def test_what_is_needed_still_comes_after_an_objection(reader):
    objecting.object_to_news(suppressing.digest(reader.email), audit.stranger(NOWHERE))
    message = messages.queue("accounts.test", customer=reader.customer, channel="email", to=reader.email, user=reader)

    assert delivery.deliver(message.pk) == Message.State.SENT


@pytest.mark.requirement("R-61")
def test_who_asks_for_news_again_takes_the_objection_back(reader):
    objecting.object_to_news(suppressing.digest(reader.email), audit.stranger(NOWHERE))
    assert not objecting.object_to_news(suppressing.digest(reader.email), audit.stranger(NOWHERE))

    consenting.give(reader, NEWS, audit.member(reader, NOWHERE))

    assert [one.user for one in send()] == [reader]


@pytest.mark.requirement("R-25")
def test_a_batch_that_is_full_goes_on_with_the_next(reader, monkeypatch):
    second = member(Role.OWNER)
    consenting.give(second, NEWS, audit.SYSTEM)
    monkeypatch.setattr(news, "BATCH", 1)

    assert {one.user for one in send()} == {reader, second}
