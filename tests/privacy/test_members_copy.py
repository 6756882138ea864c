"""Members and staff have rights over their own data too: a page, a copy of theirs, and nobody else's."""

import json

import pytest
from django.urls import reverse

from accounts.models import Role
from privacy.models import PrivacyRequest
from privacy.moves import State
from privacy.verbs import packing
from tests.accounts.admin.conftest import sign_in
from tests.factories import member

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R-68")]


def test_a_member_asks_for_their_copy_and_opens_it(client):
    owner = member(Role.OWNER)
    sign_in(client, owner)
    client.post(reverse("privacy_console:mine_ask", args=["access"]), {"text": ""})
    row = PrivacyRequest.objects.get(person=owner.pk)
    assert row.state == State.WORKING
    assert "Open your copy" not in client.get(reverse("privacy_console:mine")).content.decode()
    packing.make(row.pk)
    assert "Open your copy" in client.get(reverse("privacy_console:mine")).content.decode()

    page = client.get(reverse("privacy_console:mine_copy", args=[row.public_id]))
    file = client.get(reverse("privacy_console:mine_download", args=[row.public_id]))

    assert owner.email in page.content.decode()
    assert json.loads(file.getvalue())["person"] == owner.username

    sign_in(client, member(Role.OWNER))
    for name in ("mine_copy", "mine_download"):
        assert client.get(reverse(f"privacy_console:{name}", args=[row.public_id])).status_code == 404


def test_a_members_copy_wants_a_fresh_proof(client):
    owner = member(Role.OWNER)
    sign_in(client, owner, at=1.0)

    page = client.get(reverse("privacy_console:mine_copy", args=["x" * 22]))

    assert page["Location"].startswith(reverse("doors:confirm"))
