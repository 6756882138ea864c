"""How passwords are hashed and judged (NIST SP 800-63B-4 §3.1.1.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class Busy(Exception):
    """More slow hashes are under way than this process may have; the answer is 503 with Retry-After."""


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: 23 ms here, where Django's default wants 100 MiB a try.

    A process has at most two under way, so that a flood of passwords never takes the memory of all else (security.md
    §4). Raises Busy for the third, after a second of waiting.
    """

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
    _under_way = BoundedSemaphore(2)
    patience = 1.0  # seconds

    def encode(self, password: str, salt: str) -> str:
        with self._turn():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with self._turn():
            return super().verify(password, encoded)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._under_way.acquire(timeout=self.patience):
            raise Busy
        try:
            yield
        finally:
            self._under_way.release()


class MinimumLengthValidator(password_validation.MinimumLengthValidator):
    """Django's, in our words."""

    def get_error_message(self) -> str:
        return str(_("That is too short. Choose ten characters or more; a sentence is good."))


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Django's, in our words: its list holds what stood in breaches."""

    def get_error_message(self) -> str:
        return str(_("Many people use this password, so it is tried first. Choose something only you think of."))


class SimilarityValidator(password_validation.UserAttributeSimilarityValidator):
    """Django's, in our words."""

    def get_error_message(self) -> str:
        return str(_("That is too close to your name or address. Choose something only you think of."))


class MaximumLengthValidator:
    """Refuses what is too long to hash in good time; far above the 64 characters that must be allowed."""

    limit = 256

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.limit:
            raise ValidationError(_("Choose a password of at most 256 characters."), code="password_too_long")

    def get_help_text(self) -> str:
        return str(_("Ten characters or more. A sentence is good; symbols are not needed."))
