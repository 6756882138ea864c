"""The forgotten password: one answer for every address."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import KumquatRequest
from accounts.verbs import passwords
from mfa.doors import gate
from mfa.doors.forms import ForgottenForm


@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: KumquatRequest) -> HttpResponse:
    """Mail a link, if somebody has an account with the address; the page says the same either way (security.md S21)."""
    form, wait = ForgottenForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        wait = gate.is_over(request, form, gate.reset(request, email))
        if not wait:
            passwords.request_reset(email, audit.stranger(request.source))
            return render(request, "doors/reset_sent.html", {"email": email})
    return gate.show(request, "doors/forgotten.html", {"form": form}, wait)
