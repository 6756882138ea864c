"""Starts accounts: the data map's check and the kinds of message that accounts itself sends."""

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Customers and people")

    def ready(self) -> None:
        from accounts import form_words

        form_words.register()

        from accounts import checks, connections, datamap
        from accounts.console import nav
        from accounts.messages import ours
        from accounts.webhooks import events

        register(datamap.check)
        checks.register_all()
        connections.register()
        nav.register()
        ours.register_all()
        events.register_all()
