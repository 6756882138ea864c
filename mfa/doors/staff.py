"""Django's admin for staff: open only to a session that proved a second factor."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class StaffSite(AdminSite):
    """The staff's pages. Sign-in goes through our own door.

    So that every rule of it holds here too (security.md S8).
    """

    site_title = _("Kumquat staff")
    site_header = _("Kumquat staff")
    index_title = _("Today")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and user.is_verified())  # type: ignore[union-attr]
