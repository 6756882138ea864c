"""What the person proves themselves with: added, named, suspended, removed; each change after a fresh proof."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.fields import LineField
from mfa import verbs
from mfa.hosted import enrolling
from mfa.hosted.me.access import OwnRequest, actor, address, fresh, own_page
from mfa.hosted.me.home import described
from mfa.verbs import Owned, Removal
from mfa.verbs.owning import LONGEST_NAME


class WayNameForm(forms.Form):
    """What the person calls it."""

    name = LineField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, required=False)


@own_page
@fresh
def add(request: OwnRequest) -> HttpResponse:
    """Add a method, by the pages that the prompt and mailed links use as well."""
    home = address(request, "home")
    by = actor(request)
    here = address(request, "add")
    found = enrolling.step(request, request.person, request.rules, by, done=home, leave=home, add_url=here)
    return found if isinstance(found, HttpResponse) else found.page


@own_page
def way(request: OwnRequest, key: str) -> HttpResponse:
    """One of them: its name, its state, and what can be done with it."""
    one = _found(request, key)
    row = one.authenticator
    form = WayNameForm(request.POST or None, initial={"name": row.name if row is not None else ""})
    if request.method == "POST" and row is not None and form.is_valid():
        row.user = request.person
        verbs.rename(row, form.cleaned_data["name"], actor(request))
        messages.success(request, _("Saved."))
        return redirect(address(request, "home"))
    return _show(request, "way", one, form=form)


@own_page
@fresh
def suspend(request: OwnRequest, key: str) -> HttpResponse:
    """Let it open nothing for a while."""
    one = _found(request, key)
    if request.method != "POST":
        return _show(request, "suspend", one)
    return _after(
        request, one, verbs.suspend_own(request.person, key, request.rules, actor(request)), _("%(name)s is suspended.")
    )


@own_page
@fresh
def resume(request: OwnRequest, key: str) -> HttpResponse:
    """Let it open again."""
    one = _found(request, key)
    if request.method != "POST" or one.authenticator is None:
        return _show(request, "resume", one)
    one.authenticator.user = request.person
    verbs.resume(one.authenticator, actor(request))
    messages.success(request, _("%(name)s opens again.") % {"name": one.name})
    return redirect(address(request, "home"))


@own_page
@fresh
def remove(request: OwnRequest, key: str) -> HttpResponse:
    """Take it off for good."""
    one = _found(request, key)
    if request.method != "POST":
        others = [other for other in verbs.owned(request.person, request.rules) if other.key != one.key]
        return _show(request, "remove", one, others=sum(other.is_usable for other in others))
    return _after(
        request, one, verbs.remove(request.person, key, request.rules, actor(request)), _("%(name)s is removed.")
    )


@own_page
@fresh
def phone(request: OwnRequest) -> HttpResponse:
    """Drop the phone number that nothing needs any more, or that the person does not want kept."""
    person = request.person
    if not person.phone:
        return redirect(address(request, "home"))
    needing = [
        one for one in verbs.owned(person, request.rules) if one.needs_phone and str(person.phone) in one.address
    ]
    if request.method != "POST":
        return _show(request, "phone", None, needing=[one for one in needing if one.is_usable])
    if not verbs.drop_phone(person, request.rules, actor(request)):
        return _show(request, "last", None)
    messages.success(request, _("Your phone number is dropped."))
    return redirect(address(request, "home"))


def _found(request: OwnRequest, key: str) -> Owned:
    one = verbs.find_owned(verbs.owned(request.person, request.rules), key)
    if one is None:
        raise Http404
    return one


def _after(request: OwnRequest, one: Owned, came: Removal, said: str) -> HttpResponse:
    """On to the list, to the offer to drop a phone number that nothing needs now, or to why it stays."""
    if came is Removal.UNKNOWN:
        raise Http404
    if came is Removal.LAST:
        return _show(request, "last", one)
    messages.success(request, said % {"name": one.name})
    if one.needs_phone and verbs.phone_is_idle(request.person, request.rules):
        return redirect(address(request, "phone"))
    return redirect(address(request, "home"))


def _show(request: OwnRequest, template: str, one: Owned | None, **context: Any) -> HttpResponse:
    told = {"customer": request.customer, "person": request.person, "home_url": address(request, "home")}
    told |= {"way": described(one) if one is not None else None}
    return render(request, f"hosted/me/{template}.html", {**told, **context})
