"""Adding a method, wherever a person does it: choose, read which data it needs, set it up, prove it, saved.

Callers decide who may: somebody who just proved a factor of their own, or came by a fresh link for a first enrolment.
"""

from dataclasses import dataclass, replace
from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import browsers, limits
from accounts.audit import Actor
from accounts.forms import EmailField, PhoneField
from accounts.http import source_of
from accounts.limits import Limit
from accounts.models import User
from mfa import verbs
from mfa.contract import Begun, Judged, Method, Refusal, Verdict
from mfa.hosted import steps
from mfa.models import Authenticator
from mfa.policies import Effective

ADD = "add"  # in the address: which method


@dataclass(frozen=True)
class Enrolled:
    """A method was added. `page` says so, shows once what is shown once, and leads to the caller's `done`."""

    authenticator: Authenticator
    page: HttpResponse


@dataclass(frozen=True)
class Visit:
    """One request of somebody who adds a method. Not a row: what each function below needs to know."""

    request: HttpRequest
    user: User
    rules: Effective
    by: Actor
    done: str
    leave: str
    as_factor: bool
    only: str
    add_url: str
    frame: str
    method: Method | None = None

    def show(self, template: str, **context: Any) -> HttpResponse:
        told = {"frame": self.frame, "customer": self.user.customer, "done_url": self.done, "leave_url": self.leave}
        told |= {"method": self.method, "start_url": self.request.path, "add_url": self.add_url, "person": self.user}
        return render(self.request, f"hosted/enrol/{template}.html", {**told, **context})


class AddressForm(forms.Form):
    """Where codes are to go."""

    email = EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}))
    phone = PhoneField(help_text=gettext_lazy("With its country code, such as +47 400 00 000."))

    def __init__(self, data: Any, method: Method) -> None:
        super().__init__(data)
        wanted = "email" if "email" in method.channels else "phone"
        for name in {"email", "phone"} - {wanted}:
            del self.fields[name]

    @property
    def address(self) -> str:
        return str(next(iter(self.cleaned_data.values())))


class CodeForm(forms.Form):
    """A typed code; what it is worth is judged by the verbs."""

    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=64)


def step(
    request: HttpRequest,
    user: User,
    rules: Effective,
    by: Actor,
    *,
    done: str,
    leave: str = "",
    as_factor: bool = False,
    only: str = "",
    add_url: str = "",
    frame: str = "hosted/base.html",
) -> HttpResponse | Enrolled:
    """Answer one request of the enrolment at this address, until it returns Enrolled.

    The page's forms post to the address they stand at; `?add=<method>` names the method. `done` is where the last
    page leads, `leave` where giving up does, if one may. `as_factor` leaves out what is only a way back in. `only`
    is the one method that may be added, in place of one that wrong answers switched off. `add_url` is where more can
    be added afterwards, such as a way back in; none is proposed without it. `frame` is the template that the pages
    stand in.
    """
    visit = Visit(request, user, rules, by, done, leave, as_factor, only, add_url, frame)
    offered = verbs.addable(user, rules, as_factor=as_factor)
    if only:
        offered = [method for method in offered if method.key == only]
    wanted = request.POST.get(ADD) or request.GET.get(ADD) or (offered[0].key if len(offered) == 1 else "")
    method = next((one for one in offered if one.key == wanted), None)
    if method is None:
        return visit.show("choose", offered=offered, groups=_grouped(offered))
    visit = replace(visit, method=method)
    if request.method != "POST":
        return _start(visit)
    over = limits.hit([Limit("enrol", str(user.pk), 60, 600)])
    if over is not None:
        response = visit.show("start", error=steps.wait(over.wait))
        response.status_code, response.headers["Retry-After"] = 429, str(over.wait)
        return response
    return _posted(visit, method)


def _posted(visit: Visit, method: Method) -> HttpResponse | Enrolled:
    part = visit.request.POST.get("part", "")
    if part == "start" and visit.only:
        verbs.drop_switched_off(visit.user, visit.only, visit.by)
    if part == "start" and len(method.channels) == 1:
        return _send(visit, method)
    if part == "start" and not method.channels:
        return _propose(visit, method)
    if part == "prove" and method.channels:
        return _prove_address(visit, method)
    if part == "prove":
        return _prove(visit, method)
    return _start(visit)


def _start(visit: Visit, error: str = "", form: forms.Form | None = None) -> HttpResponse:
    """What the method needs and who receives it, and what must be given before it can be set up."""
    method = visit.method
    if form is None and method is not None and len(method.channels) == 1:
        form = AddressForm(None, method)
    enrolled = method is not None and not method.channels and not method.has_several and _active(visit)
    questions = visit.request.POST.getlist("question")
    return visit.show("start", stage="start", form=form, error=error, replaces=enrolled, questions=questions)


def _active(visit: Visit) -> bool:
    mine = Authenticator.objects.filter(user=visit.user, expires_at=None, confirmed=True)
    return visit.method is not None and mine.filter(method=visit.method.key).exists()


def _propose(visit: Visit, method: Method) -> HttpResponse | Enrolled:
    given = method.given(visit.request.POST)
    try:
        if not method.is_proved:
            judged = verbs.set_up(visit.user, method.key, visit.by, given)
            return _done(visit, judged) or _start(visit, steps.said(judged, method))
        pending = verbs.enrol(visit.user, method.key, visit.by, given)
    except ValueError:
        return _start(visit, str(method.unusable))
    return _show_pending(visit, method, pending)


def _show_pending(visit: Visit, method: Method, pending: Authenticator, error: str = "") -> HttpResponse:
    """What an app scans or a token holds, and the field for the proof of it."""
    issuer = visit.user.customer.name
    uri = method.provisioning(pending, issuer, visit.user.username)
    secret = (pending.pending_secret or "") if uri else ""
    return visit.show(
        "prove",
        stage="prove",
        form=_code_form(error),
        error=error,
        uri=uri,
        qr=picture(uri) if uri else "",
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        options=method.creation_options(pending, visit.user),
        browser=browsers.words(source_of(visit.request).user_agent),
    )


def _prove(visit: Visit, method: Method) -> HttpResponse | Enrolled:
    response = method.read(visit.request.POST)
    judged = verbs.confirm(visit.user, method.key, response, visit.by)
    found = _done(visit, judged)
    if found is not None:
        return found
    mine = Authenticator.objects.filter(user=visit.user, method=method.key, address_hash="", expires_at=None)
    pending = mine.exclude(pending_secret=None).first()
    if pending is None:
        return _start(visit, steps.said(Judged(Verdict.EXPIRED), method))
    advice = method.advice(pending, response, timezone.now()) if judged.verdict is Verdict.WRONG else ""
    return _show_pending(visit, method, pending, advice or steps.said(judged, method))


def _send(visit: Visit, method: Method) -> HttpResponse:
    form = AddressForm(visit.request.POST, method)
    if not form.is_valid():
        return _start(visit, form=form)
    begun = verbs.begin_address(visit.user, method.key, form.address, visit.rules, visit.by)
    if isinstance(begun, Refusal):
        form.add_error(None, steps.refused(begun))
        return _start(visit, form=form)
    return _show_sent(visit, begun, form.address)


def _show_sent(visit: Visit, begun: Begun, address: str) -> HttpResponse:
    txn = begun.transaction
    return visit.show("prove", stage="prove", txn=txn, address=address, digits=txn.code_length, form=_code_form())


def _prove_address(visit: Visit, method: Method) -> HttpResponse | Enrolled:
    public_id, address = visit.request.POST.get("txn", ""), visit.request.POST.get("address", "")[:254]
    visitor = source_of(visit.request).network_prefix
    judged = verbs.confirm_address(visit.user, public_id, method.read(visit.request.POST), visit.by, visitor=visitor)
    found = _done(visit, judged)
    if found is not None:
        return found
    txn = verbs.open_proof(visit.user, public_id)
    if txn is None or txn.shown_state != txn.State.PENDING or judged.verdict is Verdict.EXPIRED:
        return _start(visit, steps.said(Judged(Verdict.EXPIRED), method))
    error = _("Nothing was allowed yet. Open the link in the mail first.") if method.polls else ""
    error = error or steps.said(judged, method)
    context = {"txn": txn, "address": address, "digits": txn.code_length, "form": _code_form(error), "error": error}
    return visit.show("prove", stage="prove", **context)


def _done(visit: Visit, judged: Judged) -> Enrolled | None:
    """The last page, once it passed. Where a person may have several, this one gets its name."""
    added, method = judged.authenticator, visit.method
    if judged.verdict is not Verdict.PASSED or added is None or method is None:
        return None
    if method.has_several:
        name = visit.request.POST.get("name", "").strip() or browsers.words(source_of(visit.request).user_agent)
        if name:
            verbs.rename(added, name, visit.by)
    return Enrolled(added, visit.show("saved", added=added, codes=added.shown_once, suggested=_way_back(visit)))


def _way_back(visit: Visit) -> Method | None:
    """A way back in that the person has not set up yet, and can."""
    if not visit.add_url:
        return None
    offered = [one for one in verbs.addable(visit.user, visit.rules) if one.is_standby]
    mine = Authenticator.objects.filter(user=visit.user, method__in=[one.key for one in offered])
    return offered[0] if offered and not mine.exists() else None


def _code_form(error: str = "") -> CodeForm:
    form = CodeForm({} if error else None)
    if error:
        form.add_error("code", error)
    return form


def _grouped(offered: list[Method]) -> list[dict[str, Any]]:
    """The choice in two groups: what proves a person, and what is a way back in."""
    factors = [method for method in offered if not method.is_standby]
    standby = [method for method in offered if method.is_standby]
    groups = [{"title": "", "methods": factors}, {"title": _("In case you lose the others"), "methods": standby}]
    return [group for group in groups if group["methods"]]


def picture(uri: str) -> SafeString:
    """The QR code as an image that stands in the page itself, dark on white in both themes."""
    return format_html('<img src="{}" alt="">', segno.make(uri, error="m").svg_data_uri(border=2, dark="#000"))


__all__ = ("Enrolled", "picture", "step")
