"""The staff's page of news: written in each language, then released to the members who asked for it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin import columns, confirming
from accounts.admin.base import StaffAdmin, actor
from accounts.verbs.customers import operator
from privacy.models import Announcement
from privacy.verbs import news


class NewsForm(forms.Form):
    """A title and a text by language; the operator's own is needed, and stands in where another is empty."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        own = operator().language
        for language, name in sorted(settings.LANGUAGES, key=lambda one: one[0] != own):
            title = forms.TextInput(attrs={"class": "vTextField", "lang": language})
            body = forms.Textarea(attrs={"class": "vLargeTextField", "rows": 8, "lang": language})
            self.fields[f"title_{language}"] = forms.CharField(
                label=_("Title, %(language)s") % {"language": name}, max_length=120, widget=title
            )
            self.fields[f"body_{language}"] = forms.CharField(
                label=_("Text, %(language)s") % {"language": name}, max_length=8000, widget=body
            )
            for part in ("title", "body"):
                self.fields[f"{part}_{language}"].required = language == own

    def clean(self) -> dict[str, Any]:
        """A language has both or neither."""
        given = super().clean() or self.cleaned_data
        for language, _name in settings.LANGUAGES:
            title, body = given.get(f"title_{language}"), given.get(f"body_{language}")
            if bool(title) != bool(body) and not self.errors:
                part = "body" if title else "title"
                self.add_error(f"{part}_{language}", _("Title and text go together."))
        return given

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """What was written, the operator's language first."""
        languages = [name.removeprefix("title_") for name in self.fields if name.startswith("title_")]
        given = self.cleaned_data
        return {
            one: {"title": given[f"title_{one}"], "body": given[f"body_{one}"]}
            for one in languages
            if given[f"title_{one}"]
        }


@admin.register(Announcement)
class AnnouncementAdmin(StaffAdmin):
    list_display = ("title", "made", "shown", "written")
    fields = ("title", "body", "made", "shown", columns.at("done_at", gettext_lazy("sent")), "written")
    actions = ("release",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return True

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Write news. Nobody gets it yet."""
        form = NewsForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            news.write(form.texts, actor(request))
            text = _("It is kept. Nobody gets it before you choose it here and send it.")
            self.message_user(request, text, messages.SUCCESS)
            return redirect("admin:privacy_announcement_changelist")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Write news"), "form": form}
        return TemplateResponse(request, "admin/privacy/news.html", {**context, "readers": news.count()})

    @admin.action(description=gettext_lazy("Send to those who asked for news"))
    @confirming.proven
    def release(self, request: HttpRequest, rows: models.QuerySet[Announcement]) -> HttpResponse | None:
        found = list(rows)
        number = news.count()
        if not confirming.is_confirmed(request):
            people = ngettext("%(n)d member", "%(n)d members", number) % {"n": number}
            return confirming.ask(
                self,
                request,
                found,
                title=_("Send it to %(people)s?") % {"people": people},
                text=_(
                    "It goes to the members who switched news on and to nobody else: end users are never among them. "
                    "Each mail has a link that ends it with one click. It cannot be called back."
                ),
                confirm=_("Send it to %(people)s") % {"people": people},
                keep=_("Keep it here"),
            )
        for one in found:
            try:
                news.release(one, actor(request))
            except news.NotNow:
                self.message_user(request, _("“%(title)s” is on its way already.") % {"title": one}, messages.WARNING)
            else:
                self.message_user(request, _("“%(title)s” is on its way.") % {"title": one}, messages.SUCCESS)
        return None

    @admin.display(description=gettext_lazy("title"))
    def title(self, row: Announcement) -> str:
        return row.title("")

    @admin.display(description=gettext_lazy("text"))
    def body(self, row: Announcement) -> str:
        return "\n\n".join(text["body"] for text in row.texts.values())

    @admin.display(description=gettext_lazy("state"))
    def shown(self, row: Announcement) -> Any:
        if row.done_at:
            return columns.badge("good", _("Sent"))
        return columns.badge("info", _("On its way")) if row.released_at else columns.badge("idle", _("Draft"))
