"""The WSGI callable that the web server loads."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, told nothing of an encoding that a call names: it fails at some before it can answer (security.md S27).

    What we read is UTF-8, or refused where it is read.
    """
    kind, *parameters = environ.get("CONTENT_TYPE", "").split(";")
    kept = [one for one in parameters if not one.strip().lower().startswith("charset")]
    environ["CONTENT_TYPE"] = ";".join([kind, *kept])
    return _django(environ, start_response)
