"""System checks about how this server is set up; each with an id and a hint."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


def _operator(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    names = ("OPERATOR_NAME", "OPERATOR_CONTACT", "OPERATOR_HOSTING", "OPERATOR_SUBPROCESSORS")
    hint = "People are told who holds their data: set it in the environment, see .env.example."
    return [Error(f"{name} is empty.", hint=hint, id="kumquat.E010") for name in names if not getattr(settings, name)]


def _sending(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    from accounts import gateways

    errors: list[CheckMessage] = []
    if not settings.EMAIL_URL:
        hint = "Set it to smtps://user:password@host:465 or another address from .env.example."
        errors.append(Error("EMAIL_URL is not set, so no code could be mailed.", hint=hint, id="kumquat.E011"))
    hint = "See .env.example for the addresses that can be used."
    return errors + [Error(problem, hint=hint, id="kumquat.E012") for problem in gateways.problems()]


def _no_demo(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [Error("DEMO is on.", hint="Unset DEMO: its sign-ins are printed for everybody.", id="kumquat.E013")]


def _address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.PUBLIC_URL.startswith("https://"):
        return []
    return [Error("PUBLIC_URL is not https.", hint="Put TLS in front, see docs/deploy.md.", id="kumquat.E014")]


def register_all() -> None:
    """Hand the checks to Django; the last two speak only under `check --deploy`."""
    register(_operator, Tags.security)
    register(_sending, Tags.security)
    register(_no_demo, Tags.security, deploy=True)
    register(_address, Tags.security, deploy=True)
