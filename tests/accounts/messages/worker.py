"""The application for a real worker that knows the tests' kinds too: celery -A tests.accounts.messages.worker worker"""

import django

from config.celery import app

django.setup()
from tests.accounts.messages import kinds  # noqa: E402  # kinds are known once the models are

__all__ = ("app", "kinds")
