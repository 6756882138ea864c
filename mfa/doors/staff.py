"""Django's admin for staff: open only to a session that proved a second factor."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.http import is_within, source_of
from accounts.paths import is_own, with_next
from mfa.doors.factors import has_factor, is_verified


def _must_be_near(request: HttpRequest) -> None:
    """Where the operator named networks for staff, everybody else finds nothing here. Raises Http404."""
    if settings.STAFF_NETWORKS and not is_within(source_of(request).address, settings.STAFF_NETWORKS):
        raise Http404


class StaffSite(AdminSite):
    """The staff's pages. Signing in and out goes through our own door, so that its rules hold here too (S8)."""

    site_title = _("Kumquat staff")
    site_header = _("Kumquat staff")
    index_title = _("Today")

    def has_permission(self, request: HttpRequest) -> bool:
        _must_be_near(request)
        user = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and is_verified(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The start page: today's figures, each of which opens its list."""
        from accounts.admin import figures  # not above: its pages register themselves with this site as it is read

        return super().index(request, {**(extra_context or {}), **figures.read()})

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To our own door, by way of what is still to be proven; who is no staff is told so."""
        _must_be_near(request)
        path = request.GET.get("next", "")
        path = path if is_own(path) and path != request.path else "/staff/"
        user = request.user
        if not user.is_authenticated:
            return redirect(with_next("doors:sign_in", path))
        if not user.is_staff:
            return render(request, "doors/not_staff.html", status=403)
        if not is_verified(request):
            return redirect(with_next("doors:confirm" if has_factor(user) else "doors:factor", path))
        return redirect(path)

    def logout(  # type: ignore[override]  # a redirect, where Django shows a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Out, and back to our own door. Django's admin posts its form here."""
        if request.method == "POST":
            logout(request)
        return redirect("doors:sign_in")

    def password_change(  # type: ignore[override]  # as above
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Members and staff change their password on one page."""
        return redirect("console:account_password")
