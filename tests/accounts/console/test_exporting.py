"""Files of lists: no formula, nothing cut off, one statement never too long."""

import csv
import io

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.console import exporting
from accounts.models import AuditRecord
from tests.accounts.console.cast import desk
from tests.factories import AuthenticatorFactory, TransactionFactory, UserFactory

EXPORT = reverse("mfa_console:export")


@pytest.mark.promise("S24")
@given(st.text())
def test_no_cell_begins_like_a_formula(text):
    assert not exporting.cell(text).startswith(exporting.FORMULA)
    assert exporting.cell(text).removeprefix("'") == text.removeprefix("'")


@pytest.mark.promise("S24")
@pytest.mark.django_db
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＠"])
def test_a_name_that_is_a_formula_is_text_when_the_file_is_read_again(start):
    browser = desk()
    user = UserFactory(customer=browser.customer, username="nora", first_name=f"{start}cmd|' /C calc'!A0", last_name="")
    TransactionFactory(authenticator=AuthenticatorFactory(user=user, method="email_code", secret=None))

    text = b"".join(browser.get(EXPORT).streaming_content).decode("utf-8-sig")

    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert row["Name"] == f"'{user.get_full_name()}"


@pytest.mark.django_db
def test_a_long_list_is_read_in_batches_and_whole(monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 3)
    browser = desk()
    authenticator = AuthenticatorFactory(user__customer=browser.customer, method="email_code", secret=None)
    made = [TransactionFactory(authenticator=authenticator, tries=number) for number in range(7)]

    text = b"".join(browser.get(EXPORT).streaming_content).decode("utf-8-sig")

    assert [row["Wrong answers"] for row in csv.DictReader(io.StringIO(text))] == [
        str(one.tries) for one in reversed(made)
    ]


@pytest.mark.django_db
def test_a_list_that_is_too_long_is_refused_rather_than_cut(monkeypatch):
    monkeypatch.setattr(exporting, "MOST", 2)
    browser = desk()
    authenticator = AuthenticatorFactory(user__customer=browser.customer, method="email_code", secret=None)
    TransactionFactory.create_batch(3, authenticator=authenticator)

    response = browser.get(f"{EXPORT}?method=email_code", follow=True)

    assert "That is more than 2 rows" in response.content.decode()
    assert response.redirect_chain == [(f"{reverse('mfa_console:sign_ins')}?method=email_code", 302)]
    assert not AuditRecord.objects.filter(action="list.exported").exists()
