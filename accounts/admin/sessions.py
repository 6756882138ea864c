"""Who is signed in, and where invitations stand."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names
from accounts.admin import columns
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, UserFilter, WhenFilter
from accounts.models import Invitation, Session
from accounts.verbs import sessions

BROWSER = columns.line("browser", gettext_lazy("browser"))
COUNTRY = columns.line("country", gettext_lazy("country"))


@admin.register(Session)
class SessionAdmin(StaffAdmin):
    """Rows are named by their public id: what the table has for a key is nobody's to see."""

    acts_by = "public_id"
    ordering = ("-last_seen_at",)
    list_display = ("of_user", BROWSER, COUNTRY, "seen", "made")
    list_display_links = None
    list_select_related = ("user",)
    list_filter = (UserFilter,)
    fields = ("of_user", BROWSER, COUNTRY, "seen", "made")
    actions = ("end",)

    def name_of(self, obj: Session) -> str:
        return f"{columns.known_as(obj.user)}, {obj.browser}" if obj.user else obj.browser

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Those that are signed in; half sessions of people on their way in are not theirs yet."""
        rows = super().get_queryset(request).filter(expire_date__gt=timezone.now(), user__isnull=False)
        return rows.defer("session_data")

    @admin.display(description=gettext_lazy("last seen"))
    def seen(self, session: Session) -> Any:
        return columns.moment(session.last_seen_at)

    @admin.action(description=gettext_lazy("End"))
    def end(self, request: HttpRequest, rows: models.QuerySet[Session]) -> None:
        for session in rows.select_related("user__customer"):
            if session.user is not None and sessions.end_session(session.user, session.public_id, actor(request)):
                who = columns.known_as(session.user)
                self.message_user(request, _("A session of %(user)s has ended.") % {"user": who}, messages.SUCCESS)


@admin.register(Invitation)
class InvitationAdmin(StaffAdmin):
    list_display = ("masked", "of_customer", "role", "state", "invited", "made")
    list_select_related = ("customer", "invited_by")
    list_filter = (CustomerFilter, WhenFilter)
    fields = (
        "masked",
        "of_customer",
        "role",
        "state",
        "invited",
        columns.at("created_at", gettext_lazy("made")),
        columns.at("expires_at", gettext_lazy("open until")),
        columns.at("accepted_at", gettext_lazy("accepted")),
        columns.at("withdrawn_at", gettext_lazy("withdrawn")),
    )

    @admin.display(description=gettext_lazy("e-mail"))
    def masked(self, invitation: Invitation) -> str:
        return names.mask_email(invitation.email)

    @admin.display(description=gettext_lazy("invited by"))
    def invited(self, invitation: Invitation) -> Any:
        return columns.person(invitation.invited_by)

    @admin.display(description=gettext_lazy("state"))
    def state(self, invitation: Invitation) -> Any:
        if invitation.accepted_at:
            return columns.badge("good", _("Accepted"))
        if invitation.withdrawn_at:
            return columns.badge("idle", _("Withdrawn"))
        if invitation.expires_at <= timezone.now():
            return columns.badge("idle", _("Expired"))
        return columns.badge("info", _("Open"))
