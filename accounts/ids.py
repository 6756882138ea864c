"""Identifiers: time-ordered primary keys and the unguessable ids that strangers may hold."""

import secrets
import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7 (RFC 9562 §5.7): unique, and sorted by time of making."""
    return uuid_utils.compat.uuid7()


def new_public_id() -> str:
    """128 random bits in URL-safe base64: 22 characters that cannot be guessed."""
    return secrets.token_urlsafe(16)
