"""Writes every encrypted field anew under the newest root key, a batch at a time; what is done is left alone."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from accounts import crypto
from accounts.datamap import OUR_APPS
from accounts.fields import Ciphertext, EncryptedTextField

BATCH = 500


def fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """Every encrypted field of every model of ours."""
    for label in OUR_APPS:
        for model in apps.get_app_config(label).get_models():
            for field in model._meta.local_concrete_fields:
                if isinstance(field, EncryptedTextField):
                    yield model, field


def reencrypt(model: type[models.Model], field: EncryptedTextField) -> int:
    """Bring one column under the newest key; how many cells changed. May be stopped and begun again at any time.

    A cell that somebody changes meanwhile is written by them, under the newest key, and stays as they wrote it.
    """
    name, changed = field.attname, 0
    cells = model._base_manager.exclude(**{f"{name}__isnull": True}).order_by("pk").values_list("pk", name)
    batch = list(cells[:BATCH])
    while batch:
        for pk, token in batch:
            if not crypto.is_newest(token, field.purpose):
                same = model._base_manager.filter(pk=pk, **{name: token})
                changed += same.update(**{name: Ciphertext(crypto.rotate(token, field.purpose))})
        batch = list(cells.filter(pk__gt=batch[-1][0])[:BATCH])
    return changed
