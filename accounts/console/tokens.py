"""Pages about the native API's tokens: the list, making one (shown once), revoking."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from accounts import scopes
from accounts.console import listing
from accounts.console.access import dashboard, fresh
from accounts.console.fields import LineField
from accounts.console.pages import actor, say
from accounts.http import KumquatRequest
from accounts.models import ApiToken, Customer, Site
from accounts.roles import Right
from accounts.verbs import tokens as verbs

LASTS = [
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("a year")),
    ("30", gettext_lazy("30 days")),
    ("", gettext_lazy("until it is revoked")),
]
MOST_SITES_SHOWN = 200


class TokenForm(forms.Form):
    """What a new token is for."""

    name = LineField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Which program uses it, so that you know it again in this list."),
        error_messages={"required": gettext_lazy("A name, so that you know it again in the list.")},
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"),
        choices=list(scopes.LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Give it no more than the program needs."),
        error_messages={"required": gettext_lazy("Choose at least one thing that it may do.")},
    )
    site = forms.ChoiceField(
        label=gettext_lazy("Site"),
        required=False,
        help_text=gettext_lazy("Its sign-ins then belong to that site, and follow that site’s policy."),
    )
    lasts = forms.ChoiceField(label=gettext_lazy("Works"), required=False, choices=LASTS)

    def __init__(self, customer: Customer, *args: Any) -> None:
        super().__init__(*args)
        self.sites = {
            site.public_id: site
            for site in Site.objects.filter(customer=customer, archived_at=None).order_by("name")[:MOST_SITES_SHOWN]
        }
        named = [(public_id, site.name) for public_id, site in self.sites.items()]
        cast(forms.ChoiceField, self.fields["site"]).choices = [("", _("No site in particular")), *named]

    def chosen(self) -> dict[str, Any]:
        """What the verb takes."""
        days = self.cleaned_data["lasts"]
        return {
            "name": self.cleaned_data["name"],
            "scopes": self.cleaned_data["scopes"],
            "site": self.sites.get(self.cleaned_data["site"]),
            "lasts": timedelta(days=int(days)) if days else None,
        }


@dashboard(Right.SEE_KEYS)
def tokens(request: KumquatRequest) -> HttpResponse:
    """The tokens, each with what it may do and when it was last used."""
    mine = ApiToken.objects.filter(customer=request.customer)
    page = listing.page(request, mine.select_related("site", "created_by"))
    context = {
        "page": page,
        "lines": [(token, token.is_live(), [scopes.LABELS[one] for one in _known(token)]) for token in page.rows],
        "found": listing.counted(mine, ngettext_lazy("%(n)s token", "%(n)s tokens", "count")),
    }
    return render(request, "console/tokens.html", context)


@dashboard(Right.SEE_KEYS)
@fresh
def make(request: KumquatRequest) -> HttpResponse:
    """Make a token. It is in this one answer and nowhere else, so there is no redirect after the post."""
    form = TokenForm(request.customer, request.POST or None)
    if form.is_valid():
        by, member = actor(request), request.membership.user
        try:
            token, text = verbs.make_token(request.customer, by=by, made_by=member, **form.chosen())
        except verbs.TooManyTokens:
            said = _("You have %(most)d tokens, as many as one customer can have. Revoke one that is not used.")
            form.add_error(None, said % {"most": verbs.MOST_TOKENS})
        else:
            return render(request, "console/token_made.html", {"token": token, "text": text})
    return render(request, "console/token_make.html", {"form": form})


@dashboard(Right.SEE_KEYS)
@fresh
def revoke(request: KumquatRequest, public_id: str) -> HttpResponse:
    """End a token, after a page that says what stops."""
    token = get_object_or_404(ApiToken, customer=request.customer, public_id=public_id)
    if request.method == "POST":
        verbs.revoke_token(token, actor(request))
        say(request, _("The token “%(name)s” no longer works.") % {"name": token.name})
        return redirect("console:tokens")
    return render(request, "console/token_revoke.html", {"token": token})


def _known(token: ApiToken) -> list[scopes.Scope]:
    return [scopes.Scope(one) for one in token.scopes if one in scopes.LABELS]
