"""The door: a passkey that needs no name, or a name and a proof. Known and unknown names are answered alike (S21)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit, limits, names
from accounts.console.fields import LineField
from accounts.limits import Limit
from mfa import policies, verbs
from mfa.contract import METHODS, Method, Refusal, Verdict
from mfa.hosted import prompt_browser, steps
from mfa.hosted.me import access, letting_in, linking, proving
from mfa.hosted.me.access import OwnRequest, actor, address, next_own, of_customer
from mfa.hosted.steps import AnswerForm, Step
from mfa.models import Transaction, Visit
from mfa.policies import Effective
from mfa.verbs import knocking

KNOCK = "knock"  # in the session: who knocked
PASSKEY = "passkey"  # and the transaction of a passkey without a name


class NameForm(forms.Form):
    """Who wants in."""

    username = LineField(
        label=gettext_lazy("Username"),
        max_length=255,
        help_text=gettext_lazy("As you type it at the site."),
        error_messages={"required": gettext_lazy("Type the name that you sign in with.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs.update({"autocomplete": "username", "spellcheck": "false"})


@require_http_methods(["GET", "HEAD", "POST"])
@of_customer
def enter(request: OwnRequest) -> HttpResponse:
    """The door's one address: name, method and answer are told apart by what the form sent."""
    rules = policies.effective(request.customer)
    form = NameForm(request.POST or None)
    if request.method != "POST" or "back" in request.POST:
        return _waiting(request, rules) or _show(request, "door", form=NameForm(), rules=rules)
    if "answer" in request.POST:
        return _answered(request, rules)
    over = limits.hit(_limits(request))
    if over is not None:
        return _show(request, "door", 429, over.wait, form=NameForm(), rules=rules, error=steps.wait(over.wait))
    if request.POST.get("with") == PASSKEY:
        return _ask_passkey(request, rules)
    if not form.is_valid():
        return _show(request, "door", form=form, rules=rules)
    offered = knocking.at_the_door(rules, request.customer)
    method = next((one for one in offered if one.key == request.POST.get("method")), None)
    if method is None:
        return _show(request, "choose", form=form, rules=rules, methods=_listed(offered))
    browser = prompt_browser.of(request)
    visit = knocking.knock(request.customer, form.cleaned_data["username"], method.key, browser)
    request.session[KNOCK] = visit.public_id
    request.session.pop(PASSKEY, None)
    return prompt_browser.keep(redirect(address(request, "enter") + _onward(request)), browser)


def show(request: OwnRequest) -> HttpResponse:
    """The first page of who is not in; of who proved who they are, and whose data is out of use, what that leaves."""
    half = access.half_in(request)
    if half is not None and half.person.restricted_at is not None:
        return render(request, "hosted/me/apart.html", {"customer": request.customer, "links": linking.LINKS})
    rules = policies.effective(request.customer)
    return _show(request, "door", form=NameForm(), rules=rules)


def _onward(request: OwnRequest) -> str:
    wanted = next_own(request)
    return f"?{urlencode({'next': wanted})}" if wanted != address(request, "home") else ""


def _show(request: OwnRequest, template: str, status: int = 200, wait: int = 0, **context: Any) -> HttpResponse:
    rules: Effective = context.pop("rules")
    passkeys = [method for method in METHODS.values() if method.identifies and rules.allows(method)]
    told = {"customer": request.customer, "passkey": passkeys[0] if passkeys else None, "next": next_own(request)}
    response = render(request, f"hosted/me/{template}.html", {**told, **context}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _limits(request: OwnRequest) -> Sequence[Limit]:
    """By network and by name from there; never by name alone, so that strangers keep nobody out (S20)."""
    network, name = request.source.network_prefix, names.counted(request.POST.get("username", ""))
    counted = [Limit("own door, network", f"{request.customer.pk} {network}", 120, 600)]
    if "method" in request.POST:
        counted.append(Limit("own door, name and network", f"{request.customer.pk} {name} {network}", 20, 600))
    return counted


def _listed(offered: list[Method]) -> list[dict[str, Any]]:
    return [{"key": one.key, "label": one.label, "hint": one.hint, "icon": one.icon} for one in offered]


def _ask_passkey(request: OwnRequest, rules: Effective) -> HttpResponse:
    method = next(one for one in METHODS.values() if one.identifies)
    begun = verbs.begin_unnamed(request.customer, method=method.key, verifies_user=True, asks_terms=False)
    if isinstance(begun, Refusal):
        return _show(request, "door", form=NameForm(), rules=rules, error=steps.refused(begun))
    request.session[PASSKEY] = begun.transaction.public_id
    request.session.pop(KNOCK, None)
    return redirect(address(request, "enter") + _onward(request))


def _waiting(request: OwnRequest, rules: Effective, error: str = "") -> HttpResponse | None:
    """The page that asks for the answer, while this browser's knock waits for one."""
    passkey, visit = _passkey(request), _visit(request)
    if passkey is not None:
        return _show(request, "passkey", rules=rules, step=Step(passkey, request.customer.name, error))
    if visit is None:
        return None
    method = METHODS[visit.method]
    form = AnswerForm({})
    if error:
        form.add_error("code", error)
    return _show(request, "answer", rules=rules, method=method, field=steps.shown(form), username=visit.username)


def _passkey(request: OwnRequest) -> Transaction | None:
    public_id = request.session.get(PASSKEY)
    rows = Transaction.objects.filter(customer=request.customer, public_id=public_id, user=None)
    txn = rows.first() if public_id else None
    return txn if txn is not None and txn.shown_state == Transaction.State.PENDING else None


def _visit(request: OwnRequest) -> Visit | None:
    public_id = request.session.get(KNOCK)
    rows = Visit.objects.filter(customer=request.customer, public_id=public_id, purpose=Visit.Purpose.OWN_PAGES)
    visit = rows.select_related("user", "transaction").first() if public_id else None
    if visit is None or not visit.is_open():
        return None
    visit.customer = request.customer
    return visit


def _answered(request: OwnRequest, rules: Effective) -> HttpResponse:
    over = limits.hit([Limit("own door, answers", f"{request.customer.pk} {request.source.network_prefix}", 60, 600)])
    if over is not None:
        return _show(request, "door", 429, over.wait, form=NameForm(), rules=rules, error=steps.wait(over.wait))
    txn, visit = _passkey(request), _visit(request)
    by = audit.stranger(request.source)
    if txn is not None:
        method = METHODS[txn.method]
        lane = partial(prompt_browser.visitor, request, method=txn.method)
        judged = verbs.verify(
            request.customer, txn.public_id, method.read(request.POST), by, visitor=lane, for_rights=True
        )
        person, name = knocking.recognised(request.customer, judged), txn.public_id
    elif visit is not None:
        method = METHODS[visit.method]
        judged = knocking.answer(visit, method.read(request.POST), by)
        person, name = (visit.user if judged.verdict is Verdict.PASSED else None), visit.public_id
    else:
        error = _("This took longer than ten minutes. Begin again.")
        return _show(request, "door", form=NameForm(), rules=rules, error=error)
    if person is None or not person.is_active:
        return _waiting(request, rules, _not_right(method)) or _show(request, "door", form=NameForm(), rules=rules)
    return letting_in.let_in(request, person, method, name)


def _not_right(method: Method) -> str:
    """One sentence for all that can be wrong, since more would say whether the name is known."""
    if method.identifies:
        return _("That passkey does not open these pages. Use another one, or your name.")
    return _(
        "That did not open the door. The code may be wrong, used or too old, or too many were tried: wait a minute."
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.own_page
def again(request: OwnRequest) -> HttpResponse:
    """A fresh proof, before what matters."""
    ways = proving.strong_ways(request.person, request.rules)
    found = proving.prove(request, request.person, ways, "hosted/me/again.html", {"next": next_own(request)})
    if isinstance(found, HttpResponse):
        return found
    access.proved(request)
    return redirect(next_own(request))


@require_POST
@of_customer
def leave(request: OwnRequest) -> HttpResponse:
    """Sign out of these pages here."""
    person = access.whoever_is_in(request)
    if person is not None:
        audit.record("own.left", actor(request, person), request.customer, person)
    if not request.session.is_empty():  # strangers make no rows by asking for it
        request.session.flush()
        messages.success(request, _("You are signed out."))
    return redirect(address(request, "home"))
