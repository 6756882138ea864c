"""Acts that want a second look: a fresh proof of who acts, and a page that names the object and what goes with it."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib.admin import helpers
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy

from accounts.console.access import fresh

Action = Callable[..., HttpResponse | None]


class ReasonForm(forms.Form):
    """Why an act is done, for the person it is about and for the audit trail."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("The person it is about reads it."),
        error_messages={"required": gettext_lazy("Say why, in a few words.")},
    )


def proven(action: Action) -> Action:
    """An action for whom has proven themselves in the last ten minutes; others are led to do so, and back."""

    @wraps(action)
    def guarded(self: Any, request: HttpRequest, rows: Any) -> HttpResponse | None:
        view = fresh(lambda _request: action(self, request, rows))  # type: ignore[arg-type,return-value]  # or None
        return cast(HttpResponse | None, view(request))

    return guarded


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the page below was answered with its button."""
    return request.POST.get("confirmed") == "yes"


def ask(
    model_admin: Any,
    request: HttpRequest,
    rows: Sequence[Any],
    *,
    title: str,
    text: str,
    confirm: str,
    keep: str,
    form: forms.Form | None = None,
) -> HttpResponse:
    """The page that asks, with both buttons' words. The first posts the same action for the same rows, confirmed."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "text": text,
        "confirm": confirm,
        "keep": keep,
        "form": form,
        "rows": [(model_admin.name_of(row), getattr(row, model_admin.acts_by)) for row in rows],
        "action": request.POST.get("action", ""),
        "box": helpers.ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
    }
    return TemplateResponse(request, "admin/act.html", context)
