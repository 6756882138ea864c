"""A disclosure by law or to enforce terms, and a suspension, take two people, a reference and a day of review."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.messages import delivery
from accounts.models import AuditRecord, Customer, Disclosure, Message
from privacy.models import Measure
from privacy.verbs import measuring, working
from tests.accounts.admin.conftest import desk, page_of, sign_in, staff, url
from tests.factories import CustomerFactory, StaffFactory, UserFactory

pytestmark = pytest.mark.django_db
__all__ = ("desk", "staff")
EMAIL = "accounts.User.email"
SOON = timezone.localdate() + timedelta(days=30)


@pytest.fixture
def nora():
    return UserFactory(customer=CustomerFactory(), phone="+4791234567")


def asked(person, by, **given):
    said = {"kind": "law", "reason": "court", "reference": "26-1234", "review_on": SOON, "recipient": "Oslo court"}
    told = {"customer": person.customer, "user": person, "scope": [EMAIL]}
    return measuring.ask(by, audit.SYSTEM, **(said | told | given))


@pytest.mark.requirement("R-15", "R-10")
def test_what_law_demands_takes_two_people_and_only_its_scope_leaves(nora, staff):
    row = asked(nora, staff)
    with pytest.raises(measuring.NotNow):
        measuring.export(row, audit.SYSTEM)
    with pytest.raises(measuring.SamePerson):
        measuring.decide(row, staff, audit.SYSTEM, approve=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.update(state="approved", decided_by=staff)
    measuring.decide(row, StaffFactory(), audit.SYSTEM, approve=True)
    text = measuring.export(row, audit.SYSTEM)

    assert json.loads(text)["data"]["accounts.User"][0]["email"] == nora.email
    assert nora.last_name not in text and "91234567" not in text and str(nora.pk) not in text
    ledger = Disclosure.objects.get()
    assert (ledger.user, ledger.basis, ledger.reference, ledger.name) == (nora, "law", "26-1234", "Oslo court")
    assert EMAIL in ledger.fields and "accounts.User.phone" not in ledger.fields
    measuring.end(row, audit.SYSTEM)
    with pytest.raises(measuring.NotNow):
        measuring.export(row, audit.SYSTEM)


@pytest.mark.requirement("R-15")
def test_a_refused_measure_exports_nothing(nora, staff):
    row = asked(nora, staff)
    measuring.decide(row, StaffFactory(), audit.SYSTEM, approve=False)
    for act in (measuring.export, measuring.end):
        with pytest.raises(measuring.NotNow):
            act(row, audit.SYSTEM)
    assert not Disclosure.objects.exists()


@pytest.mark.requirement("R-15", "R-16")
@pytest.mark.parametrize(
    "lacking",
    [
        *({"reference": " "}, {"scope": []}, {"scope": ["accounts.User.password_"]}, {"recipient": ""}),
        *({"user": None}, {"review_on": timezone.localdate()}),
    ],
)
def test_a_disclosure_says_by_what_of_what_to_whom_and_until_when(nora, staff, lacking):
    with pytest.raises(ValueError, match="a "):
        asked(nora, staff, **lacking)


@pytest.mark.requirement("R-16")
def test_a_suspension_holds_from_its_approval_until_it_ends(nora, staff):
    row = asked(nora, staff, kind="suspension", reason="abuse")
    assert (row.user, row.scope) == (None, [])
    assert Customer.objects.get(pk=row.customer_id).suspended_at is None
    measuring.decide(row, StaffFactory(), audit.SYSTEM, approve=True)
    assert Customer.objects.get(pk=row.customer_id).suspended_at is not None
    with pytest.raises(measuring.NotNow):
        measuring.export(row, audit.SYSTEM)
    measuring.end(row, audit.SYSTEM)
    assert Customer.objects.get(pk=row.customer_id).suspended_at is None
    told = AuditRecord.objects.filter(action="measure.approved").get()
    assert told.facts == {"kind": "suspension", "reason": "abuse", "reference": "26-1234"}


@pytest.mark.requirement("R-15", "R-16")
def test_staff_ask_on_a_page_and_another_approves_and_hands_over(desk, client, nora):
    form = {"kind": "law", "reason": "court", "reference": "26-9", "customer": nora.customer.number, "scope": [EMAIL]}
    form |= {"review_on": SOON.isoformat(), "username": nora.username, "recipient": ""}
    assert "A disclosure names it." in desk.post(url(Measure, "add"), form).content.decode()
    desk.post(url(Measure, "add"), form | {"recipient": "Oslo court"})
    row = Measure.objects.get()
    act = reverse("admin:privacy_measure_act", args=[row.pk])
    assert "You asked for it." in desk.post(act, {"act": "approve"}, follow=True).content.decode()
    sign_in(client, StaffFactory())
    client.post(act, {"act": "approve"})
    answer = client.post(act, {"act": "export"})
    assert json.loads(answer.content)["reference"] == "26-9"
    assert nora.username not in client.get(page_of(row)).content.decode()


@pytest.mark.requirement("R-15", "R-16")
def test_staff_are_reminded_on_the_day_of_review_once_and_may_keep_it(desk, nora, staff):
    row, other = asked(nora, staff), StaffFactory()
    measuring.decide(row, other, audit.SYSTEM, approve=True)
    day = timezone.now() + timedelta(days=30)
    assert working.work(day - timedelta(days=2))["reviews told"] == 0
    assert "Measures to look at again" not in desk.get(reverse("admin:index")).content.decode()

    Measure.objects.update(review_on=timezone.localdate())
    assert [working.work()["reviews told"] for _run in range(2)] == [1, 0]
    told = Message.objects.filter(kind=measuring.REVIEW)
    assert {one.user for one in told} == {staff, other}
    letter = delivery.compose(told[0])
    assert "26-1234" in letter.subject and page_of(row) in letter.text and nora.username not in letter.text
    assert "Measures are to be looked at again." in desk.get(reverse("admin:index")).content.decode()

    act = reverse("admin:privacy_measure_act", args=[row.pk])
    again = {"act": "keep", "review_on": timezone.localdate().isoformat()}
    assert "from tomorrow on" in desk.post(act, again, follow=True).content.decode()
    desk.post(act, again | {"review_on": SOON.isoformat()})
    row.refresh_from_db()
    assert (row.state, row.review_on, row.reminded_at) == ("approved", SOON, None)
    measuring.end(row, audit.SYSTEM)
    assert measuring.remind(day + timedelta(days=1)) == 0


@pytest.mark.requirement("R-16")
def test_who_is_alone_is_told_that_two_are_needed_and_what_helps_meanwhile(desk):
    assert "You are the only one of the staff" in desk.get(url(Measure, "add")).content.decode()
    StaffFactory()
    assert "You are the only one of the staff" not in desk.get(url(Measure, "add")).content.decode()


@pytest.mark.requirement("R-16")
def test_the_yearly_figures_name_nobody(desk, nora, staff):
    rows = [asked(nora, staff, kind="enforcement", reason="fraud", reference=f"zz-{n}") for n in range(3)]
    measuring.decide(rows[0], StaffFactory(), audit.SYSTEM, approve=True)
    year = timezone.now().year
    assert [(line[0], line[3], line[4]) for line in measuring.figures()] == [(year, 3, 1)]
    page = desk.get(reverse("admin:privacy_measure_figures")).content.decode()
    assert str(year) in page and "Fraud" in page
    assert not [word for word in ("zz-", nora.username, nora.customer.name, "Oslo") if word in page]
