"""Mailed links: the database's clock says when they are over, and they move nobody who was shut out meanwhile."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts import audit, links, verbs
from accounts.messages import delivery
from accounts.messages.kinds import Withdrawn
from accounts.models import Link, Session
from accounts.verbs import addresses
from tests.factories import MessageFactory, UserFactory, member

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def is_over(link):
    """As every part of us sees it: the mail, the page, and the act itself."""
    withdrawn = False
    try:
        delivery.compose(MessageFactory(kind="accounts.confirm_email", link=link, user=link.user))
    except Withdrawn:
        withdrawn = True
    seen = {not links.is_open(link), withdrawn, not links.spend(link)}
    assert len(seen) == 1
    return seen.pop()


@pytest.mark.promise("R8")
@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_of_ours_that_is_wrong_ends_no_link_and_brings_none_back(time_machine, hours):
    time_machine.move_to(timezone.now() + timedelta(hours=hours), tick=True)
    made = links.make("test", lasts=HOUR, user=UserFactory())
    assert not is_over(made)

    old = links.make("test", lasts=HOUR, user=UserFactory())
    Link.objects.filter(pk=old.pk).update(expires_at=Now())
    assert is_over(Link.objects.get(pk=old.pk))


@pytest.mark.promise("S11")
@pytest.mark.parametrize("shut_out", ["disabled", "erased"])
def test_the_link_to_a_new_address_does_nothing_for_who_was_shut_out_meanwhile(shut_out):
    user = member()
    addresses.request_change(user, "new@kumquat.example", audit.SYSTEM)
    if shut_out == "disabled":
        verbs.set_enabled(user, False, audit.SYSTEM)
    else:
        verbs.request_erasure(user, audit.SYSTEM)
    link = Link.objects.select_related("user").get(purpose=addresses.CHANGE)

    assert addresses.change(link, audit.SYSTEM) is addresses.Moved.OVER
    user.refresh_from_db()
    assert user.email != "new@kumquat.example"


def test_strangers_make_no_sessions_by_guessing_links_or_signing_out(client):
    slug = UserFactory().customer.slug

    assert client.get("/l/no-such-link").status_code == 302
    assert client.post("/sign-out/").status_code == 302
    assert client.post(f"/me/{slug}/out/").status_code == 302
    assert not Session.objects.exists()
