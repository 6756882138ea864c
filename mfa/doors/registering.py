"""Registration, and the agreement that every customer gives."""

from contextlib import suppress
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from accounts import audit, legal, verbs
from accounts.console.access import membership_of
from accounts.http import KumquatRequest
from accounts.models import Role
from accounts.paths import next_path, with_next
from accounts.verbs import agreements
from mfa.doors import entering, gate
from mfa.doors.forms import AgreeForm, RegisterForm


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: KumquatRequest) -> HttpResponse:
    """Make an account. A known address gets the same answer, and its owner a mail (security.md S21)."""
    if entering.is_in(request):
        return redirect("console:start")
    language = get_language() or "en"
    form, wait = RegisterForm(request.POST or None, documents=legal.to_agree(language)), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.registration(request, form.cleaned_data["email"]))
        if not wait:
            make(request, form, language)
            return render(request, "doors/registered.html", {"email": form.cleaned_data["email"]})
    return gate.show(request, "doors/register.html", {"form": form}, wait)


def make(request: KumquatRequest, form: RegisterForm, language: str) -> None:
    """Register what a valid form says; a known address is answered to its owner alone."""
    given = form.cleaned_data
    with suppress(verbs.AlreadyRegistered):  # its owner was mailed; a stranger is told nothing
        verbs.register_customer(
            company=given["company"],
            website=website_in(given["company"]),
            email=given["email"],
            password=given["password"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            phone=str(given["phone"] or ""),
            language=language,
            agreed=form.documents,
            by=audit.stranger(request.source),
        )


def website_in(company: str) -> str:
    """The address of the site, where "company or website" was answered by one."""
    text = company.strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = parts.hostname or ""
    except ValueError:  # brackets that hold no address
        return ""
    is_web = parts.scheme in {"", "http", "https"}  # a page links to it
    looks_like_one = is_web and "." in host.strip(".") and " " not in text and not host.endswith(".")
    return (text if "//" in text else f"https://{text}")[:255] if looks_like_one else ""


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: KumquatRequest) -> HttpResponse:
    """Ask an owner or admin to agree for a customer that has not: registered by a plugin, or before a new version."""
    path = next_path(request, "console:start")
    membership = membership_of(request)
    if membership is None:
        return redirect(with_next("doors:sign_in", path))
    if membership.role not in {Role.OWNER, Role.ADMIN} or agreements.has_agreed(membership.customer):
        return redirect(path)
    documents = legal.to_agree(get_language() or "en")
    form = AgreeForm(request.POST or None, documents=documents)
    if request.method == "POST" and form.is_valid():
        by = audit.member(membership.user, request.source)
        agreements.agree(membership.customer, membership.user, documents, by)
        return redirect(path)
    return render(request, "doors/agree.html", {"form": form, "next": path, "customer": membership.customer})
