"""A site's pair for the prompt: made, replaced, shown once; where it may lead people; how it is set up."""

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, say
from accounts.console.sites import live_site, site_context
from accounts.http import KumquatRequest
from accounts.models import Site
from accounts.roles import Right
from mfa.models import PromptClient
from mfa.verbs import pairing

UNFIT = {
    pairing.NO_ADDRESS: gettext_lazy("Write the whole address, such as https://nordvik.example/callback."),
    pairing.FRAGMENT: gettext_lazy("An address cannot have a part after #. Leave it out."),
    pairing.NOT_SECURE: gettext_lazy("The address must begin with https. Plain http is for this machine only."),
    pairing.TOO_MANY: gettext_lazy("A site can have twenty addresses. Remove one that is not used."),
    pairing.KNOWN: gettext_lazy("This address is in the list already."),
}


class AddressForm(forms.Form):
    """One more address that people may be led back to."""

    uri = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=1000,
        widget=forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"}),
        help_text=gettext_lazy("To the letter, as the site’s configuration has it."),
        error_messages={"required": UNFIT[pairing.NO_ADDRESS]},
    )
    any_query = forms.BooleanField(
        label=gettext_lazy("Any query"),
        required=False,
        help_text=gettext_lazy("Whatever follows the question mark may differ. WordPress’ sign-in page needs it."),
    )


@dashboard(Right.SEE_KEYS)
@fresh
def prompt(request: KumquatRequest, public_id: str) -> HttpResponse:
    """The pair without its secret, the addresses, and how each client is set up."""
    site = live_site(request.customer, public_id)
    client = PromptClient.objects.filter(site=site).first()
    form = AddressForm(request.POST or None)
    if client is not None and form.is_valid():
        try:
            pairing.add_address(client, form.cleaned_data["uri"], form.cleaned_data["any_query"], actor(request))
        except pairing.Unfit as error:
            form.add_error("uri", UNFIT[str(error)])
        else:
            say(request, _("The address is added."))
            return redirect("mfa_console:prompt", site.public_id)
    earlier = client is not None and client.earlier_until is not None and client.earlier_until > timezone.now()
    context = site_context(request, site, "prompt") | {"client": client, "form": form, "has_earlier": earlier}
    context["addresses"] = [
        {**entry, "name": pairing.name_of(entry["uri"])} for entry in (client.redirects if client else [])
    ]
    return render(request, "mfa/console/prompt.html", context | _where())


@dashboard(Right.SEE_KEYS)
@fresh
def make(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Make the pair. The secret is in this one answer and nowhere else, so there is no redirect after the post."""
    site = live_site(request.customer, public_id)
    if PromptClient.objects.filter(site=site).exists():
        return redirect("mfa_console:prompt", site.public_id)
    client = pairing.make_pair(site, actor(request)) if request.method == "POST" else None
    return render(request, "mfa/console/prompt_make.html", {"site": site, "client": client, **_where()})


@dashboard(Right.SEE_KEYS)
@fresh
def rotate(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Replace the secret, shown in this one answer; the page before says until when the old one works."""
    site = live_site(request.customer, public_id)
    client = _client(site)
    made = pairing.rotate(client, actor(request)) if request.method == "POST" else None
    context = {"site": site, "client": made, "before": client, "until": timezone.now() + pairing.OVERLAP}
    return render(request, "mfa/console/prompt_rotate.html", context | _where())


@dashboard(Right.SEE_KEYS)
@fresh
def end_earlier(request: KumquatRequest, public_id: str) -> HttpResponse:
    """End the replaced secret before its time."""
    site = live_site(request.customer, public_id)
    client = _client(site)
    if request.method == "POST":
        pairing.end_earlier(client, actor(request))
        say(request, _("The earlier secret no longer works."))
        return redirect("mfa_console:prompt", site.public_id)
    return render(request, "mfa/console/prompt_end.html", {"site": site, "client": client})


@dashboard(Right.SEE_KEYS)
@fresh
def remove(request: KumquatRequest, public_id: str, name: str) -> HttpResponse:
    """Take an address off the list, after a page that says what that means."""
    site = live_site(request.customer, public_id)
    client = _client(site)
    uri = next((entry["uri"] for entry in client.redirects if pairing.name_of(entry["uri"]) == name), None)
    if uri is None:
        raise Http404
    if request.method == "POST":
        pairing.remove_address(client, name, actor(request))
        say(request, _("Nobody is led to that address any more."))
        return redirect("mfa_console:prompt", site.public_id)
    return render(request, "mfa/console/prompt_remove.html", {"site": site, "uri": uri})


def _client(site: Site) -> PromptClient:
    return get_object_or_404(PromptClient.objects.select_related("site", "customer"), site=site)


def _where() -> dict[str, object]:
    """What clients call the host, and whether they would find it: they always speak https, Java at port 443 only."""
    parts = urlsplit(settings.PUBLIC_URL)
    return {"host": parts.netloc, "is_https": parts.scheme == "https", "has_port": parts.port is not None}
