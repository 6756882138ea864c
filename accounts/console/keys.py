"""Pages about a site's keys and its plugin password; all of them ask for a fresh proof first."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, verbs
from accounts.console.access import dashboard, fresh
from accounts.console.pages import actor, say
from accounts.console.sites import live_site, site_context
from accounts.http import KumquatRequest
from accounts.models import ApiKey
from accounts.roles import Right
from accounts.verbs.keys import OVERLAP, current_key


@dashboard(Right.SEE_KEYS)
@fresh
def keys(request: KumquatRequest, public_id: str) -> HttpResponse:
    """What the site signs its calls with, and the keys it had before that still work."""
    site = live_site(request.customer, public_id)
    current = ApiKey.objects.filter(site=site, retires_at=None, revoked_at=None).first()
    earlier = ApiKey.objects.filter(site=site).exclude(retires_at=None, revoked_at=None).order_by("-created_at")[:20]
    context = site_context(request, site, "keys") | {"current": current, "earlier": list(earlier)}
    audit.record(
        "key.shown", actor(request), request.customer, site, facts={"ending": current.ending if current else ""}
    )
    return render(request, "console/keys.html", context)


@dashboard(Right.SEE_KEYS)
@fresh
def rotate(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Replace the key, after a page that says until when the old one works."""
    site = live_site(request.customer, public_id)
    if request.method == "POST":
        verbs.rotate_key(site, actor(request))
        say(request, _("%(site)s has a new key.") % {"site": site.name})
        return redirect("console:keys", site.public_id)
    until = timezone.now() + OVERLAP
    return render(request, "console/key_rotate.html", {"site": site, "key": current_key(site), "until": until})


@dashboard(Right.SEE_KEYS)
@fresh
def revoke(request: KumquatRequest, public_id: str, ending: str) -> HttpResponse:
    """End a replaced key before its time. The current one is replaced first, so that no site is left without."""
    site = live_site(request.customer, public_id)
    replaced = ApiKey.objects.live().filter(site=site, retires_at__isnull=False, ending=ending)
    key = get_object_or_404(replaced.order_by("-created_at")[:1])
    if request.method == "POST":
        verbs.revoke_key(key, actor(request))
        say(request, _("The key that ends in %(ending)s no longer works.") % {"ending": key.ending})
        return redirect("console:keys", site.public_id)
    return render(request, "console/key_revoke.html", {"site": site, "key": key})


@dashboard(Right.SEE_KEYS)
@fresh
def plugin_password(request: KumquatRequest, public_id: str) -> HttpResponse:
    """Make a plugin password. It is in this one answer and nowhere else, so there is no redirect after the post."""
    site = live_site(request.customer, public_id)
    password = verbs.make_plugin_password(site, actor(request)) if request.method == "POST" else ""
    context = {"site": site, "password": password, "email": request.membership.user.email}
    return render(request, "console/plugin_password.html", context)
