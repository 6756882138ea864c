"""Sessions as rows that know whose they are, stored under the hash of the cookie's value."""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DbStore
from django.db import DatabaseError, IntegrityError, router, transaction
from django.utils import timezone

from accounts import gone

IDLE = timedelta(minutes=30)
STAFF_IDLE = timedelta(minutes=15)
STAFF_AGE = timedelta(hours=8)


def stored_key(session_key: str) -> str:
    """What the table holds in place of the cookie's value, so that a copy of the table opens no session."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(DbStore):
    """Django's database sessions, with hashed keys, an idle limit and columns for whose session it is."""

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def _get_session_from_db(self) -> Any:
        now = timezone.now()
        row = self.model.objects.filter(session_key=stored_key(self.session_key or ""), expire_date__gt=now).first()
        if row is None or self._is_stale(row, now):
            self._session_key = None
            return None
        self.row = row
        return row

    def _is_stale(self, row: Any, now: Any) -> bool:
        data = self.decode(row.session_data)
        idle = STAFF_IDLE if data.get("staff") else IDLE
        age = STAFF_AGE if data.get("staff") else timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return bool(row.user_id) and (row.last_seen_at < now - idle or row.created_at < now - age)

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()
        if row is None:
            return {}
        if row.last_seen_at < timezone.now() - timedelta(minutes=1):
            rows: Any = self.model.objects
            rows.filter(pk=row.pk).update(last_seen_at=timezone.now())
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return self.model.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        key = self._get_or_create_session_key()  # type: ignore[attr-defined]  # the stubs know no private names
        known = getattr(self, "row", None)
        values = {
            "session_data": self.encode(data),
            "expire_date": self.get_expiry_date(),
            "user_id": data.get("_auth_user_id"),
            "customer_id": data.get("customer"),
            "browser": data.get("browser", ""),
            "country": data.get("country", ""),
        }
        if known is not None and known.session_key == stored_key(key):
            values |= {"public_id": known.public_id, "created_at": known.created_at}
        return self.model(session_key=stored_key(key), **values)

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # the stubs know no private names
        row = self.create_model_instance(data)
        using = router.db_for_write(self.model, instance=row)
        try:
            with transaction.atomic(using=using):
                row.save(force_insert=must_create, force_update=not must_create, using=using)
        except IntegrityError as error:
            if must_create and not gone.is_gone(error):  # else Django would try one key after another, for ever
                raise CreateError from error
            raise
        except DatabaseError as error:
            if not must_create:
                raise UpdateError from error
            raise
        self.row = row
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            self.model.objects.filter(session_key=stored_key(key)).delete()


__all__ = ("SessionBase", "SessionStore", "stored_key")
