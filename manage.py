#!/usr/bin/env python
"""Django's command line for Kumquat."""

import os
import secrets
import sys

# Commands that work on files alone, so that they need no installation and none of its secrets
ON_FILES = ("rba_score",)


def main() -> None:
    if sys.argv[1:2] and sys.argv[1] in ON_FILES:
        for name, value in placeholders().items():
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def placeholders() -> dict[str, str]:
    """Settings that must be there and are not used: keys of this one run, and services that nobody calls."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ENCRYPTION_KEYS": f"none:{secrets.token_urlsafe(32)}",
        "DATABASE_URL": "postgresql://localhost/none",
        "REDIS_URL": "redis://localhost/0",
    }


if __name__ == "__main__":
    main()
