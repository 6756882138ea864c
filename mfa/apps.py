"""Starts mfa: its methods, messages, links and dashboard pages make themselves known."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MfaConfig(AppConfig):
    name = "mfa"
    verbose_name = _("Second factors")

    def ready(self) -> None:
        from accounts.console import account, registry
        from mfa import events, kinds, methods  # noqa: F401  # importing the methods registers them
        from mfa.console import nav
        from mfa.doors import factor, factors, letters
        from mfa.hosted import email_link, enrol_link, not_me_link
        from mfa.hosted.me import lost
        from mfa.verbs import governing
        from rba import replaying

        kinds.register()
        events.register_all()
        nav.register()
        letters.register()
        email_link.register()
        enrol_link.register()
        not_me_link.register()
        lost.register()
        replaying.ways["of"] = governing.ways_of
        account.PARTS.append(factor.PART)
        registry.GATES.append(factors.gate)
