"""`manage.py reencrypt`: bring every secret at rest under the newest root key, after one was added."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import reencrypting


class Command(BaseCommand):
    help = "Write every encrypted field anew under the newest key. Can be stopped and begun again."

    def handle(self, *args: Any, **options: Any) -> None:
        for model, field in reencrypting.fields():
            changed = reencrypting.reencrypt(model, field)
            self.stdout.write(f"{model._meta.label}.{field.name}: {changed} written anew")
        self.stdout.write("All is under the newest key. Keyed hashes need the oldest still: keep it in the list.")
