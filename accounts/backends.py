"""Looks up who signs in to the dashboard or the admin: the operator's users, by e-mail address."""

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest

from accounts import names
from accounts.models import User


class OperatorBackend:
    """Passwords of the operator's own users; end users have none.

    Unknown names cost the same hash (security.md S21).
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        if not username or not password:
            return None
        user = find_member(username)
        if user is None or not user.has_usable_password():
            make_password(password)
            return None
        return user if check_password(password, user.password) and user.is_active else None

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.filter(pk=user_id, customer__is_operator=True).first()
        return user if user is not None and user.is_active else None


def find_member(username: str) -> User | None:
    """The operator's living user of this name, or None."""
    try:
        name = names.canonical(username)
    except names.UnusableName:
        return None
    return User.objects.living().filter(customer__is_operator=True, canonical_username=name).first()
