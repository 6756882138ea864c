"""Starts mfa: its methods, messages and dashboard pages make themselves known."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MfaConfig(AppConfig):
    name = "mfa"
    verbose_name = _("Second factors")

    def ready(self) -> None:
        from accounts.console import account
        from mfa import kinds, methods  # noqa: F401  # importing the methods registers them
        from mfa.doors import factor, letters

        kinds.register()
        letters.register()
        account.PARTS.append(factor.PART)
