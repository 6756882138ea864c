"""Where the links of our mails lead: confirm an address, set a password, move to another address, join a team.

GET shows, POST decides (security.md S18).
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts import audit, links_pages, names, verbs
from accounts.backends import find_member
from accounts.http import KumquatRequest
from accounts.models import Link, User
from accounts.verbs import addresses, customers, passwords, team
from mfa.doors import gate
from mfa.doors.entering import is_in
from mfa.doors.forms import JoinForm, NewPasswordForm


def register() -> None:
    """Make these purposes known to the page that links open."""
    sign_in: dict[str, Any] = {"url_name": "doors:sign_in", "action": gettext_lazy("To the sign-in page")}
    links_pages.register(
        customers.CONFIRM,
        confirm_email,
        over=gettext_lazy("If the address is not confirmed yet, sign in and send yourself a new link."),
        **sign_in,
    )
    for purpose in (passwords.RESET, passwords.STAFF):
        links_pages.register(
            purpose,
            new_password,
            over=gettext_lazy("Ask for a new link; it works for an hour."),
            url_name="doors:forgotten",
            action=gettext_lazy("Send a new link"),
        )
    links_pages.register(
        addresses.CHANGE,
        change_email,
        over=gettext_lazy("Sign in, and ask for the change again under “Your account”."),
        **sign_in,
    )
    links_pages.register(
        team.INVITE,
        invitation,
        over=gettext_lazy("Ask the person who invited you to send the invitation again."),
        **sign_in,
    )


def confirm_email(request: KumquatRequest, link: Link) -> HttpResponse:
    """A registered address: one button says that it is theirs."""
    if request.method != "POST":
        return render(request, "doors/confirm_email.html", {"email": link.value, "customer": link.customer})
    if not verbs.confirm_email(link, audit.stranger(request.source)):
        return links_pages.over(request, link)
    links_pages.done(request)
    messages.success(request, _("Your address is confirmed."))
    return redirect("console:start" if is_in(request) else "doors:sign_in")


def new_password(request: KumquatRequest, link: Link) -> HttpResponse:
    """A password set anew. A second factor is still asked for at the sign-in that follows."""
    user = link.user
    if user is None or link.value != user.email:
        return links_pages.over(request, link)
    form, wait = NewPasswordForm(request.POST or None, user=user), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.link(request))
        if not wait:
            by = audit.member(user, request.source)
            return _decided(request, user, link, passwords.reset(link, form.cleaned_data["password"], by))
    return gate.show(request, "doors/new_password.html", {"form": form, "email": user.email}, wait)


def _decided(request: KumquatRequest, user: User, link: Link, done: bool) -> HttpResponse:
    if not done:
        return links_pages.over(request, link)
    _forget(request, user)
    messages.success(request, _("Your new password is in force. Sign in with it."))
    return redirect("doors:sign_in")


def change_email(request: KumquatRequest, link: Link) -> HttpResponse:
    """The new address of a member, opened from its own mailbox."""
    user = link.user
    if user is None:
        return links_pages.over(request, link)
    if request.method != "POST":
        return render(request, "doors/change_email.html", {"email": link.value, "old": names.mask_email(user.email)})
    moved = addresses.change(link, audit.member(user, request.source))
    if moved is addresses.Moved.OVER:
        return links_pages.over(request, link)
    _forget(request, user)
    if moved is addresses.Moved.TAKEN:
        messages.error(request, _("That address has an account of its own by now. Nothing was changed."))
    else:
        messages.success(request, _("From now on you sign in with %(email)s.") % {"email": link.value})
    return redirect("doors:sign_in")


def _forget(request: KumquatRequest, user: User) -> None:
    """All sessions of the user have ended: so does this one if it is theirs."""
    if is_in(request) and request.user.pk == user.pk:
        logout(request)
    else:
        links_pages.done(request)


def invitation(request: KumquatRequest, link: Link) -> HttpResponse:
    """An offer to join a team: by name and password for who is new, by signing in for who has an account."""
    offer = team.invitation_of(link)
    if offer is None:
        return links_pages.over(request, link)
    context: dict[str, Any] = {"invitation": offer}
    if is_in(request):
        if request.user.canonical_email != names.canonical(offer.email):
            return render(request, "doors/invitation_other.html", context)
        return _accept(request, link, context)
    if find_member(offer.email) is not None:
        return render(request, "doors/invitation_sign_in.html", context)
    return _join(request, link, context)


def _accept(request: KumquatRequest, link: Link, context: dict[str, Any]) -> HttpResponse:
    if request.method != "POST":
        return render(request, "doors/invitation.html", context)
    membership = team.accept(link, request.user, audit.member(request.user, request.source))
    if membership is None:
        return links_pages.over(request, link)
    links_pages.done(request)
    request.session["customer"] = str(membership.customer_id)
    messages.success(request, _("You are on the team of %(customer)s.") % {"customer": membership.customer.name})
    return redirect("console:start")


def _join(request: KumquatRequest, link: Link, context: dict[str, Any]) -> HttpResponse:
    form, wait = JoinForm(request.POST or None, user=User(username=link.value, email=link.value)), 0
    if request.method == "POST" and form.is_valid():
        wait = gate.is_over(request, form, gate.link(request))
        if not wait:
            by = audit.stranger(request.source)
            language = get_language() or "en"
            if team.accept_as_new(link, **form.cleaned_data, language=language, by=by) is None:
                return links_pages.over(request, link)
            links_pages.done(request)
            messages.success(request, _("Your account is ready. Sign in with your new password."))
            return redirect("doors:sign_in")
    return gate.show(request, "doors/join.html", {**context, "form": form}, wait)
