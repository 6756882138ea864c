"""Starts rba: it tells accounts where network addresses are."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RbaConfig(AppConfig):
    name = "rba"
    verbose_name = _("Risk")

    def ready(self) -> None:
        from rba import geo
        from rba.console import nav

        geo.register()
        nav.register()
