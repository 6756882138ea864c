"""A customer's own terms: written, published in versions, and who has agreed."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, refuse, say
from accounts.http import KumquatRequest
from accounts.models import Customer
from accounts.roles import Right, may
from accounts.verbs.people import end_users
from privacy import texts, verbs

LONGEST = 60_000  # characters of one text
NOT_READY = {
    "empty": gettext_lazy("Write a text in one language at least, and save it."),
    "unexplained": gettext_lazy("Say in every language what is new: people read that first."),
    "same": gettext_lazy("This is the text that is in force already."),
}


class TermsForm(forms.Form):
    """The texts by language, what is new in each, and whether people must be told and asked anew."""

    is_significant = forms.BooleanField(
        label=gettext_lazy("People must know: tell everybody and ask them to agree again"),
        required=False,
        help_text=gettext_lazy("Leave it out only for what changes nothing for anybody, such as a slip of the pen."),
    )

    def __init__(self, customer: Customer, data: QueryDict | None) -> None:
        drafted = verbs.draft_texts(customer)
        initial: dict[str, Any] = {"is_significant": verbs.draft_of(customer).is_significant}
        for language, _name in settings.LANGUAGES:
            text = drafted.get(language)
            initial[f"body_{language}"], initial[f"changes_{language}"] = (
                (text.body, text.changes) if text else ("", "")
            )
        super().__init__(data, initial=initial)
        for language, name in settings.LANGUAGES:
            self.fields[f"body_{language}"] = _area(_("Text, %(language)s") % {"language": name}, language, 14, LONGEST)
            self.fields[f"body_{language}"].help_text = _(
                "“# ” begins a heading, “- ” a point, an empty line a paragraph."
            )
            label = _("What is new, %(language)s") % {"language": name}
            self.fields[f"changes_{language}"] = _area(label, language, 2, 1000)
        self.order_fields([name for name in self.fields if name != "is_significant"])

    def said(self, part: str) -> dict[str, str]:
        """What was typed of one part, by language."""
        return {language: self.cleaned_data[f"{part}_{language}"] for language, _name in settings.LANGUAGES}


def _area(label: str, language: str, height: int, most: int) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": height, "lang": language})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


@dashboard(Right.SEE)
def terms(request: KumquatRequest) -> HttpResponse:
    """What is in force, who has agreed, and earlier versions."""
    customer = request.customer
    versions = verbs.versions(customer)
    return render(
        request,
        "privacy/console/terms.html",
        {
            "now": versions[0] if versions else None,
            "versions": versions,
            "counts": _counts(customer),
            "may_edit": may(request.membership.role, Right.EDIT_ACCOUNT) and not customer.is_operator,
        },
    )


def _counts(customer: Customer) -> dict[str, int]:
    """How many of the people have agreed to what is needed; in one query."""
    agreed = Q(agreed_terms__gte=max(1, customer.terms_needed))
    return end_users(customer).aggregate(everybody=Count("pk"), agreed=Count("pk", filter=agreed))


@dashboard(Right.EDIT_ACCOUNT)
def edit(request: KumquatRequest) -> HttpResponse:
    """Write the next version. Saving puts nothing in force."""
    if request.customer.is_operator:
        return redirect("privacy_console:terms")
    form = TermsForm(request.customer, request.POST or None)
    if form.is_valid():
        verbs.save_draft(
            request.customer,
            actor(request),
            bodies=form.said("body"),
            changes=form.said("changes"),
            is_significant=form.cleaned_data["is_significant"],
        )
        if "publish" in request.POST:
            return redirect("privacy_console:terms_publish")
        say(request, _("The draft is saved. Nobody sees it before you publish it."))
        return redirect("privacy_console:terms_edit")
    return render(request, "privacy/console/terms_edit.html", {"form": form, "now": verbs.in_force(request.customer)})


@dashboard(Right.EDIT_ACCOUNT)
@fresh
def publish(request: KumquatRequest) -> HttpResponse:
    """Show what would be in force and for how many, then put it in force."""
    customer = request.customer
    draft, now = verbs.draft_of(customer), verbs.in_force(customer)
    if draft._state.adding:
        return redirect("privacy_console:terms_edit")
    if request.method == "POST":
        try:
            version = verbs.publish(customer, actor(request))
        except verbs.NotReady as error:
            refuse(request, NOT_READY[str(error)])
            return redirect("privacy_console:terms_edit")
        say(request, _("Version %(number)d is in force.") % {"number": version.number})
        return redirect("privacy_console:terms")
    compared = []
    for text in draft.texts.all():
        before = next((one for one in now.texts.all() if one.language == text.language), None) if now else None
        compared.append((text, texts.compare(before.body, text.body) if before else [], texts.shown(text.body)))
    context = {"draft": draft, "now": now, "compared": compared, "counts": _counts(customer)}
    return render(request, "privacy/console/terms_publish.html", context)


@require_POST
@dashboard(Right.EDIT_ACCOUNT)
def stop_asking(request: KumquatRequest) -> HttpResponse:
    """Ask nobody any more."""
    verbs.stop_asking(request.customer, actor(request))
    say(request, _("Nobody is asked to agree any more. What people agreed to stays proven."))
    return redirect("privacy_console:terms")
