"""Sites and their API keys: where they stand, and a key's end. A key itself is never shown here."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import verbs
from accounts.admin import columns, confirming
from accounts.admin.base import StaffAdmin, actor
from accounts.admin.filters import CustomerFilter, WhenFilter
from accounts.audit import Actor
from accounts.models import ApiKey, Site


@admin.register(Site)
class SiteAdmin(StaffAdmin):
    list_display = ("name", "of_customer", "url", "state", "called", "made")
    list_select_related = ("customer",)
    list_filter = (CustomerFilter, WhenFilter)
    search_fields = ("name__istartswith", "url__icontains")
    search_help_text = gettext_lazy("The beginning of a name, or part of an address.")
    fields = (
        "name",
        "of_customer",
        "url",
        "state",
        "proves",
        columns.line("users_on_site", gettext_lazy("users enrolled on the site itself")),
        columns.line("plugin_version", gettext_lazy("version of the plugin")),
        columns.line("connector_version", gettext_lazy("version of our connector")),
        columns.at("connected_at", gettext_lazy("first signed call")),
        columns.at("last_call_at", gettext_lazy("last call")),
        columns.at("created_at", gettext_lazy("made")),
        columns.at("archived_at", gettext_lazy("closed")),
        "keys",
        columns.at("plugin_password_at", gettext_lazy("plugin password made")),
    )

    @admin.display(description=gettext_lazy("state"))
    def state(self, site: Site) -> Any:
        if site.archived_at:
            return columns.badge("idle", _("Closed"))
        if site.connected_at is None:
            return columns.badge("warn", _("Not connected yet"))
        return columns.badge("good", _("Connected"))

    @admin.display(description=gettext_lazy("who does the second factor"))
    def proves(self, site: Site) -> Any:
        return site.get_mode_display()

    @admin.display(description=gettext_lazy("last call"))
    def called(self, site: Site) -> Any:
        return columns.moment(site.last_call_at)

    @admin.display(description=gettext_lazy("API keys"))
    def keys(self, site: Site) -> Any:
        newest = site.api_keys.defer("secret").order_by("-created_at")[:20]
        return columns.links((columns.address(key), key) for key in newest)


@admin.register(ApiKey)
class ApiKeyAdmin(StaffAdmin):
    list_display = ("name", "of_site", "of_customer", "state", "made", "used")
    list_select_related = ("customer", "site")
    list_filter = (CustomerFilter, WhenFilter)
    search_fields = ("ending__exact",)
    search_help_text = gettext_lazy("The last four characters of a key.")
    fields = (
        "name",
        "of_site",
        "of_customer",
        "state",
        columns.at("created_at", gettext_lazy("made")),
        columns.at("retires_at", gettext_lazy("works until")),
        columns.at("revoked_at", gettext_lazy("revoked")),
        columns.at("last_used_at", gettext_lazy("last use")),
    )
    actions = ("revoke",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).defer("secret")

    def name_of(self, obj: ApiKey) -> str:
        return f"{obj}, {obj.site}, {obj.customer}"

    @admin.display(description=gettext_lazy("key"))
    def name(self, key: ApiKey) -> str:
        return str(key)

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> Any:
        if key.revoked_at:
            return columns.badge("idle", _("Revoked"))
        if not key.is_live:
            return columns.badge("idle", _("Replaced"))
        return columns.badge("warn" if key.retires_at else "good", _("Being replaced") if key.retires_at else _("Live"))

    @admin.display(description=gettext_lazy("last use"))
    def used(self, key: ApiKey) -> Any:
        return columns.moment(key.last_used_at)

    @admin.action(description=gettext_lazy("Revoke"))
    @confirming.proven
    def revoke(self, request: HttpRequest, rows: models.QuerySet[ApiKey]) -> HttpResponse | None:
        live = list(rows.filter(revoked_at=None).select_related("site", "customer"))
        if not live:
            self.message_user(request, _("Revoked already; nothing was changed."), messages.WARNING)
            return None
        if not confirming.is_confirmed(request):
            number = len(live)
            what = live[0] if number == 1 else ngettext("%(n)d key", "%(n)d keys", number) % {"n": number}
            return confirming.ask(
                self,
                request,
                live,
                title=_("Revoke %(what)s?") % {"what": what},
                text=_(
                    "A revoked key stops working at once. If it is its site’s current one, nobody gets in there until "
                    "somebody of the customer’s has put in the new key, which then stands on their page of keys."
                ),
                confirm=_("Revoke %(what)s") % {"what": what},
                keep=_("Keep %(what)s") % {"what": what},
            )
        for key in live:
            end(key, actor(request))
            self.message_user(request, _("The key %(key)s is revoked.") % {"key": key}, messages.SUCCESS)
        return None


@transaction.atomic
def end(key: ApiKey, by: Actor) -> None:
    """End a key now. A site always has a current key, so a new one takes the place of that one first."""
    locked = ApiKey.objects.select_for_update(of=("self",)).select_related("site", "customer").get(pk=key.pk)
    if locked.retires_at is None and locked.revoked_at is None:
        verbs.rotate_key(locked.site, by, overlap=timedelta(0))
    verbs.revoke_key(locked, by)
