"""A proof by somebody whom the pages know already: choose a way, be asked, answer."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts import audit, limits
from accounts.assurance import Assurance
from accounts.audit import Actor
from accounts.http import KumquatRequest
from accounts.limits import Limit
from accounts.models import User
from mfa import verbs
from mfa.contract import METHODS, Judged, Refusal, Verdict
from mfa.hosted import prompt_browser, steps
from mfa.hosted.steps import Step
from mfa.models import Transaction
from mfa.policies import Effective
from mfa.verbs import Way

ASKED = "asked"  # in the session: the transaction that waits for an answer


def strong_ways(person: User, rules: Effective, but: str = "") -> list[Way]:
    """What may stand for a factor here: the person's own, and more than a mailbox."""
    return [
        way
        for way in verbs.ways(person, rules)
        if way.method.is_own and way.method.assurance > Assurance.WEAK and way.method.key != but
    ]


def prove(
    request: KumquatRequest,
    person: User,
    ways: list[Way],
    template: str,
    context: dict[str, Any],
    by: Actor | None = None,
    device: str = "",
    for_rights: bool = False,
) -> HttpResponse | Judged:
    """Answer one request of a proof, until one of `ways` passed: then it returns the verdict.

    The page's address stays the same; which transaction waits stands in the session. `by` is the person, unless they
    act as a member; `device` is then the id of a browser that knows them, empty for any other. `for_rights` is for
    somebody who asks about their data, which may be out of use.
    """
    by = by or audit.end_user(person, request.source)
    told = {**context, "customer": person.customer, "person": person, "ways": _listed(ways)}
    txn = _asked(request, person, ways)
    if txn is not None and METHODS[txn.method].polls and txn.state == txn.State.APPROVED:
        del request.session[ASKED]
        return Judged(Verdict.PASSED, authenticator=txn.authenticator)
    if request.method == "POST" and "method" in request.POST:
        return _begin(request, person, ways, template, told, by, device, for_rights)
    if txn is None or "other" in request.GET:
        return render(request, template, told)
    if request.method != "POST":
        return render(request, template, {**told, "step": _step(person, txn), "again_url": request.get_full_path()})
    return _answered(request, person, txn, template, told, by, device, for_rights)


def _answered(
    request: KumquatRequest,
    person: User,
    txn: Transaction,
    template: str,
    told: dict[str, Any],
    by: Actor,
    device: str,
    for_rights: bool,
) -> HttpResponse | Judged:
    response = steps.read(txn, request.POST)
    visitor = _visitor(request, person, txn.method, device)
    judged = verbs.verify(person.customer, txn.public_id, response, by, visitor=visitor, for_rights=for_rights)
    if judged.verdict is Verdict.PASSED:
        del request.session[ASKED]
        return judged
    said = steps.said(judged, METHODS[txn.method])
    if judged.verdict is Verdict.EXPIRED or not judged.tries_left:
        request.session.pop(ASKED, None)
        return render(request, template, {**told, "error": said})
    return render(request, template, {**told, "step": _step(person, txn, said)})


def _begin(
    request: KumquatRequest,
    person: User,
    ways: list[Way],
    template: str,
    told: dict[str, Any],
    by: Actor,
    device: str,
    for_rights: bool,
) -> HttpResponse:
    way = verbs.find_way(ways, request.POST["method"])
    if way is None:
        return render(request, template, {**told, "error": _("Choose one of these.")})
    over = limits.hit([Limit("own pages, begin", str(person.pk), 30, 600)])
    if over is not None:
        response = render(request, template, {**told, "error": steps.wait(over.wait)}, status=429)
        response.headers["Retry-After"] = str(over.wait)
        return response
    refusal = ask(request, person, way, by, device, for_rights=for_rights)
    if refusal is not None:
        return render(request, template, {**told, "error": steps.refused(refusal)})
    return redirect(request.get_full_path())


def ask(
    request: KumquatRequest, person: User, way: Way, by: Actor, device: str = "", *, for_rights: bool = False
) -> Refusal | None:
    """Ask for one way's proof in this session; None when it was asked."""
    begun = verbs.begin(
        person.customer,
        method=way.method.key,
        user=person,
        authenticator=way.authenticator,
        by=by,
        asks_terms=False,
        visitor=_visitor(request, person, way.method.key, device),
        for_rights=for_rights,
    )
    if isinstance(begun, Refusal):
        return begun
    request.session[ASKED] = begun.transaction.public_id
    return None


def _visitor(request: KumquatRequest, person: User, method: str, device: str) -> str:
    """The lane of this browser (S20): members are known by a cookie of their doors', persons by that of the prompt."""
    return f"device {device}" if device else prompt_browser.visitor(request, person, method)


def _asked(request: KumquatRequest, person: User, ways: list[Way]) -> Transaction | None:
    """The transaction that waits in this session, as long as it is the person's and its method still serves."""
    public_id = request.session.get(ASKED, "")
    txn = verbs.open_proof(person, public_id) if public_id else None
    if txn is None or txn.method not in {way.method.key for way in ways}:
        return None
    return txn if txn.shown_state in (txn.State.PENDING, txn.State.APPROVED) else None


def _step(person: User, txn: Transaction, error: str = "") -> Step:
    return Step(txn, person.customer.name, error)


def _listed(ways: list[Way]) -> list[dict[str, Any]]:
    """As components/ways.html shows them."""
    return [{"key": way.key, "label": way.method.label, "hint": way.hint, "icon": way.method.icon} for way in ways]
