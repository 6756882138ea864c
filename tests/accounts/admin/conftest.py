"""A member of staff who has proven their second factor, in a browser of their own."""

import time

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import AuthenticatorFactory, StaffFactory


def sign_in(client: Client, user: User, *, proven: bool = True, at: float = 0) -> None:
    """Put the session into the state that the doors leave it in; `at` is when the person last proved themselves."""
    client.force_login(user, backend="accounts.backends.OperatorBackend")
    session = client.session
    session["staff"] = user.is_staff
    session["proved_at"] = at or time.time()
    if proven:
        session["otp_device_id"] = AuthenticatorFactory(user=user).persistent_id
    session.save()


@pytest.fixture
def staff(db) -> User:
    return StaffFactory(username="kari@kumquat.example", first_name="Kari", last_name="Staff")


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    """The staff's browser, signed in with TOTP."""
    sign_in(client, staff)
    return client
