"""The phrase that our notices to the person carry, so that a copied one can be told from ours."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.fields import LineField
from accounts.verbs import set_phrase
from mfa.hosted.me.access import OwnRequest, actor, address, fresh, own_page

LEAST, MOST = 4, 60


class PhraseForm(forms.Form):
    """A few words of the person's own; none for no phrase."""

    phrase = LineField(
        label=gettext_lazy("Your phrase"),
        required=False,
        min_length=LEAST,
        max_length=MOST,
        help_text=gettext_lazy("A few words that nobody would guess, and that are no password of yours."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@own_page
@fresh
def phrase(request: OwnRequest) -> HttpResponse:
    """See it, change it, drop it; whoever knows it can copy our notices, so a fresh proof comes first."""
    form = PhraseForm(request.POST or None, initial={"phrase": request.person.phrase})
    if request.method == "POST" and form.is_valid():
        set_phrase(request.person, form.cleaned_data["phrase"], actor(request))
        messages.success(request, _("Our notices carry it from now on.") if request.person.phrase else _("It is gone."))
        return redirect(address(request, "home"))
    return render(request, "hosted/me/phrase.html", {"customer": request.customer, "form": form})
