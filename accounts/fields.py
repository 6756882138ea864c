"""A model field whose text is encrypted at rest and decrypted only when it is read."""

from functools import lru_cache
from typing import Any

from django.db import models

from accounts import crypto


class Ciphertext(str):
    """A value as it came from the database, not yet decrypted."""


# Keys of sites are opened at every call, so the last few thousand plain texts stay in this process's memory.
_open = lru_cache(maxsize=4096)(crypto.decrypt)


class Decrypting:
    """Decrypts on first access, so that a row read for something else costs no decryption."""

    def __init__(self, field: "EncryptedTextField") -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        if isinstance(value, Ciphertext):
            value = instance.__dict__[name] = _open(str(value), self.field.place(instance), self.field.purpose)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic in the stubs alone
    """Text encrypted with the newest root key and bound to table, column and row.

    `bound_to` names the attribute that identifies the row; it must be known before the row is saved. A `purpose` of
    its own gives the column a key of its own.
    """

    def __init__(self, *args: Any, bound_to: str = "id", purpose: str = crypto.FIELD, **kwargs: Any) -> None:
        self.bound_to, self.purpose = bound_to, purpose
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.bound_to != "id":
            kwargs["bound_to"] = self.bound_to
        if self.purpose != crypto.FIELD:
            kwargs["purpose"] = self.purpose
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, Decrypting(self))

    def place(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}.{self.column}:{getattr(instance, self.bound_to)}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Ciphertext | None:
        return None if value is None else Ciphertext(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        return Ciphertext(crypto.encrypt(value, self.place(model_instance), self.purpose))

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Ciphertext):
            raise TypeError("an encrypted field is written through its row, never by a query's value")
        return None if value is None else str(value)
