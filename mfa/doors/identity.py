"""Confirm that it is still you, before what matters."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit, limits
from accounts.http import KumquatRequest
from accounts.paths import next_path, with_next
from mfa.doors import devices, entering, factors, gate
from mfa.doors.forms import ProofForm
from mfa.hosted import steps
from mfa.hosted.me import proving


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: KumquatRequest) -> HttpResponse:
    """Ask for any of the person's factors, or for the password where none is set up; good for ten minutes."""
    path = next_path(request, "console:start")
    if not entering.is_in(request):
        return redirect(with_next("doors:sign_in", path))
    if not factors.has_factor(request.user):
        return _by_password(request, path)
    context = {"next": path}
    over = limits.hit(gate.proof(request.user)) if request.method == "POST" else None
    if over is not None:
        return gate.show(request, "doors/confirm.html", {**context, "error": steps.wait(over.wait)}, over.wait)
    by = audit.member(request.user, request.source)
    device = devices.known_device(request, request.user.canonical_username)
    ways = factors.ways(request.user)
    found = proving.prove(request, request.user, ways, "doors/confirm.html", context, by, device)
    if isinstance(found, HttpResponse):
        return found
    entering.proved(request, found.authenticator)
    return redirect(path)


def _by_password(request: KumquatRequest, path: str) -> HttpResponse:
    form, wait = ProofForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.proof(request.user))
        if not wait and request.user.check_password(form.cleaned_data["password"]):
            entering.proved(request, None)
            return redirect(path)
        if not wait:
            form.add_error("password", _("That is not your password."))
    return gate.show(request, "doors/confirm_password.html", {"form": form, "next": path}, wait)
