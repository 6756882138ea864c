"""Deploy checks: the data map can be read by people, and the policy in force explains it."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from privacy import mailboxes, mapping, policy


def inbound(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Deploy check: the mailbox's address is one that can be used, and sends no password in the clear."""
    try:
        if settings.INBOUND_URL:
            mailboxes.check(settings.INBOUND_URL)
    except mailboxes.Unusable as error:
        hint = "See .env.example for the addresses that can be used."
        return [Error(f"INBOUND_URL cannot be used: {error}.", hint=hint, id="kumquat.E022")]
    return []


def register_all() -> None:
    """Hand the checks to Django."""
    register(inbound, Tags.security, deploy=True)
    register(mapping.check_words, Tags.security, deploy=True)
    register(policy.check_explained, Tags.security, deploy=True)
