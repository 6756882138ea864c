"""Nobody gets into the staff's pages but staff whose session proved a second factor, and nobody deletes anything."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from privacy.models import Announcement, Measure, PrivacyRequest
from tests.accounts.admin.conftest import MODELS, sign_in, url
from tests.factories import PASSWORD, AuthenticatorFactory, StaffFactory, member

pytestmark = pytest.mark.django_db


def every_page() -> list[str]:
    """Every address of the admin, for rows that there are."""
    rows = [(model, row) for model in MODELS for row in model._default_manager.all()[:1]]
    pages = [url(model, page, row.pk) for model, row in rows for page in ("change", "history", "delete")]
    lists = [url(model, page) for model in MODELS for page in ("changelist", "add")]
    apps = [reverse("admin:app_list", args=[label]) for label in ("accounts", "mfa")]
    others = [reverse(f"admin:{name}") for name in ("index", "autocomplete", "jsi18n", "accounts_message_test")]
    return [*pages, *lists, *apps, *others]


def nobody(client: Client) -> None:
    """A stranger."""


def a_member(client: Client) -> None:
    sign_in(client, member())


def staff_by_password_alone(client: Client) -> None:
    sign_in(client, StaffFactory(), proven=False)


def staff_half_way_in(client: Client) -> None:
    """The right password, and no code yet."""
    user = StaffFactory()
    AuthenticatorFactory(user=user)
    client.post("/sign-in/", {"email": user.username, "password": PASSWORD})


def staff_with_a_factor_of_somebody_else(client: Client) -> None:
    sign_in(client, StaffFactory(), proven=False)
    session = client.session
    session["otp_device_id"] = AuthenticatorFactory().persistent_id
    session.save()


def staff_who_is_disabled(client: Client) -> None:
    user = StaffFactory()
    sign_in(client, user)
    user.disabled_at = user.created_at
    user.save()


def staff_no_more(client: Client) -> None:
    user = StaffFactory()
    sign_in(client, user)
    user.is_staff = False
    user.save()


@pytest.mark.promise("S8")
@pytest.mark.parametrize(
    "who",
    [
        nobody,
        a_member,
        staff_by_password_alone,
        staff_half_way_in,
        staff_with_a_factor_of_somebody_else,
        staff_who_is_disabled,
        staff_no_more,
    ],
)
def test_only_staff_with_a_proven_second_factor_get_anywhere(client, world, who):
    who(client)

    for page in every_page():
        for response in (client.get(page), client.post(page, {"action": "again", "index": "0"})):
            assert response.status_code in {302, 403}, page
            assert "Nordvik" not in response.content.decode()
            if response.status_code == 302:
                assert response["Location"].startswith(("/sign-in/", "/factor/", "/confirm/", "/staff/login/")), page


def test_staff_with_a_proven_second_factor_get_in(desk, world):
    assert desk.get("/staff/").status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_added_or_deleted_by_hand(desk, world, model):
    row = model._default_manager.order_by("pk").first()
    before = model._default_manager.count()

    written = {PrivacyRequest, Announcement, Measure}  # staff enter letters, write news and ask for measures
    adding = [] if model in written else [url(model, "add")]
    for page in (*adding, url(model, "delete", row.pk)):
        assert desk.get(page).status_code == 403
        assert desk.post(page, {"post": "yes"}).status_code == 403
    response = desk.post(url(model), {"action": "delete_selected", "index": "0", "_selected_action": [str(row.pk)]})
    assert response.status_code in {200, 302}
    assert model._default_manager.count() == before


@pytest.mark.parametrize("name", ["AuditRecord", "Message", "Transaction", "Site", "ApiKey", "Invitation", "Session"])
def test_what_is_only_looked_at_cannot_be_changed(desk, world, name):
    model = next(model for model in MODELS if model.__name__ == name)
    row = model._default_manager.order_by("pk").first()

    assert desk.post(url(model, "change", row.pk), {"action": "x"}).status_code == 403


def test_groups_are_not_there(desk):
    assert Group not in MODELS
    assert desk.get("/staff/auth/group/").status_code == 404
