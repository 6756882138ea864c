"""Confirm that it is still you, before what matters."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import KumquatRequest
from accounts.paths import next_path, with_next
from mfa.contract import Verdict
from mfa.doors import entering, gate, words
from mfa.doors.factors import factor_of, prove
from mfa.doors.forms import ProofForm
from mfa.models import Authenticator


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: KumquatRequest) -> HttpResponse:
    """Ask for the password, and a code where a second factor is set; good for ten minutes."""
    path = next_path(request, "console:start")
    if not entering.is_in(request):
        return redirect(with_next("doors:sign_in", path))
    factor = factor_of(request.user)
    form, wait = ProofForm(request.POST or None, with_code=factor is not None), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.proof(request.user))
        if not wait and _is_proven(request, form, factor):
            entering.proved(request, factor)
            return redirect(path)
    return gate.show(request, "doors/confirm.html", {"form": form, "next": path}, wait)


def _is_proven(request: KumquatRequest, form: ProofForm, factor: Authenticator | None) -> bool:
    """The password first: a code is not spent on a wrong one."""
    if not request.user.check_password(form.cleaned_data["password"]):
        form.add_error("password", _("That is not your password."))
        return False
    if factor is None:
        return True
    judged = prove(request.user, form.cleaned_data["code"], audit.member(request.user, request.source))
    if judged.verdict is not Verdict.PASSED:
        form.add_error("code", words.refused(judged))
    return judged.verdict is Verdict.PASSED
