"""Owners and admins agree for their customer before the dashboard opens."""

import pytest

from accounts import legal
from accounts.models import Acceptance
from tests.factories import CustomerFactory, MembershipFactory, member
from tests.mfa.doors.help import sign_in

pytestmark = pytest.mark.django_db


def test_an_owner_who_came_through_a_plugin_agrees_before_the_dashboard_opens(client):
    user = MembershipFactory(customer=CustomerFactory(agreed=False)).user
    sign_in(client, user)

    assert client.get("/dashboard/sites/")["Location"] == "/agree/?next=%2Fdashboard%2Fsites%2F"
    page = client.get("/agree/?next=/dashboard/sites/")
    stamp = page.context["form"].stamp
    assert client.post("/agree/", {"shown": stamp}).context["form"].errors["agree"]
    response = client.post("/agree/", {"agree": "on", "shown": stamp, "next": "/dashboard/sites/"})

    assert response["Location"] == "/dashboard/sites/"
    assert client.get("/dashboard/sites/").status_code == 200
    assert Acceptance.objects.filter(customer=user.memberships.get().customer).count() == 2


@pytest.mark.parametrize("role", ["help_desk", "read_only"])
def test_who_cannot_agree_for_the_customer_is_not_asked(client, role):
    user = MembershipFactory(customer=CustomerFactory(agreed=False), role=role).user
    sign_in(client, user)

    assert client.get("/dashboard/").status_code == 200
    assert client.get("/agree/")["Location"] == "/dashboard/"
    assert not Acceptance.objects.exists()


def test_a_new_version_is_asked_for_again(client, monkeypatch):
    user = member()
    sign_in(client, user)
    assert client.get("/dashboard/").status_code == 200
    monkeypatch.setitem(legal.VERSIONS, "terms", "2027-01")

    assert client.get("/dashboard/")["Location"].startswith("/agree/")
