"""Starts privacy: what it does for lower apps, its checks, messages and pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = _("Rights over the data")

    def ready(self) -> None:
        from accounts import agreeing, apart
        from privacy import checks, events, letters, verbs
        from privacy.console import nav
        from privacy.hosted import asking, tracking
        from privacy.hosted.own import from_mail, links
        from privacy.verbs.apart import whole

        agreeing.install(agreeing.Hooks(page=asking.page, take_word=verbs.take_word))
        apart.install(whole)
        checks.register_all()
        letters.register_all()
        nav.register()
        events.register_all()
        from_mail.register()
        links.register()
        tracking.register()
