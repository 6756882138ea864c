"""The prompt: asks for one proof, offers the other ways, and leads back to the site."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import audit
from accounts.audit import Actor
from accounts.http import source_of
from mfa import policies, verbs
from mfa.contract import METHODS, Begun, Judged, Refusal, Verdict
from mfa.hosted import enrolling, prompt_browser, returning, shown_by, steps, trusted
from mfa.hosted.prompt_pages import Shown, ended
from mfa.models import Transaction, TrustedDevice, Visit
from mfa.policies import Effective
from mfa.verbs import Way, finishing, joining, putting_off, trusting, visiting
from mfa.verbs.visiting import Stage

View = Callable[[HttpRequest, Visit], HttpResponse]
POLLED = 204  # nothing new


def of_this_browser(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Find the visit, and only for the browser that it was opened in; the page says what to do otherwise."""

    @wraps(view)
    def found(request: HttpRequest, public_id: str) -> HttpResponse:
        visit = visiting.find(public_id, prompt_browser.read(request))
        if visit is None:
            return render(request, "hosted/prompt/unknown.html", status=404)
        return returning.lets_lead_to(view(request, visit), visit.return_to)

    return found


def act(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """A button of the prompt. Whoever comes by GET (a page loaded again) is led to the prompt."""

    @of_this_browser
    def acting(request: HttpRequest, visit: Visit) -> HttpResponse:
        if request.method != "POST":
            return redirect("prompt:show", visit.public_id)
        return view(request, visit) if visit.is_open() else ended(request, visit)

    return wraps(view)(acting)


@require_http_methods(["GET", "HEAD", "POST"])
@of_this_browser
def show(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask, or judge the answer. Looking decides nothing, but for a browser that the person trusts."""
    rules = _rules(visit)
    if not visit.is_open():
        return ended(request, visit)
    visiting.look(visit, shown_by.browser(request))
    finishing.settle(visit, rules, shown_by.browser(request), _by(request, visit))
    if not visit.is_open():
        is_allowed = visit.state == Visit.State.APPROVED
        return _passed(request, visit, rules) if is_allowed else ended(request, visit)
    if request.method == "POST":
        return _answer(request, visit, rules)
    return _recognised(request, visit, rules) or _ask(request, visit, rules)


@require_http_methods(["GET", "HEAD", "POST"])
@act
def way(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Use another way: one of those that were offered."""
    rules = _rules(visit)
    shown = Shown(request, visit, rules)
    chosen = verbs.find_way(shown.offer.ways, request.POST.get("method", ""))
    if chosen is None:
        return redirect("prompt:show", visit.public_id)
    if chosen.method.channels and not visiting.sends_left(visit, rules):
        return shown.page(notice=_sent_enough())
    return _after(
        shown, visiting.ask(visit, chosen, rules, _by(request, visit), visitor=shown.visitor(chosen.method.key))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@act
def again(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask once more in the same way: a new code, a new link."""
    rules = _rules(visit)
    shown = Shown(request, visit, rules)
    if not shown.offer.ways:
        return redirect("prompt:show", visit.public_id)
    chosen = visiting.preferred(visit, shown.offer.ways)
    if chosen.method.channels and not visiting.sends_left(visit, rules):
        return shown.page(notice=_sent_enough())
    return _after(
        shown, visiting.ask(visit, chosen, rules, _by(request, visit), visitor=shown.visitor(chosen.method.key))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@act
def skip(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Put enrolment off, as often as the policy lets one."""
    if putting_off.skip(visit, _rules(visit), _by(request, visit)):
        return ended(request, visit)
    return redirect("prompt:show", visit.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@act
def cancel(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Leave without a proof."""
    finishing.cancel(visit, _by(request, visit))
    return ended(request, visit)


@require_http_methods(["GET", "HEAD", "POST"])
@of_this_browser
def enrol(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Add what the policy wants, and be let in by having done so."""
    rules = _rules(visit)
    here = redirect("prompt:show", visit.public_id)
    if not visit.is_open() or visiting.offer(visit, rules).stage is not Stage.ENROL:
        return here
    user = visit.user
    if user is None:  # whom the site names and we do not know: added by the button, not by looking
        added = request.method == "POST" and joining.join(visit, rules, source_of(request))
        return redirect("prompt:enrol", visit.public_id) if added else here
    by = _by(request, visit)
    done = enrolling.step(request, user, rules, by, done=here.url, leave=here.url, as_factor=True)
    if isinstance(done, HttpResponse):
        return done
    finishing.enrolled(visit, done.authenticator.method, rules)
    return done.page


@require_GET
@of_this_browser
def poll(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whether the mailed link was decided on: then the page is to send its form, else nothing."""
    txn = visit.transaction
    if visit.is_open() and txn is not None and txn.state == Transaction.State.PENDING:
        return HttpResponse(status=POLLED)
    response = HttpResponse()
    response.headers["HX-Trigger"] = "answered"
    return response


def _recognised(request: HttpRequest, visit: Visit, rules: Effective) -> HttpResponse | None:
    """Let a trusted browser through, under the next value of its cookie. Never past a policy that nothing fits."""
    if visit.user is None or visit.transaction is not None:
        return None
    cookie = trusted.read(request, visit.user, visit.site)
    if not cookie or visiting.offer(visit, rules).stage is not Stage.PROVE:
        return None
    found = finishing.recognise(visit, cookie, rules, source_of(request), _by(request, visit))
    response = ended(request, visit) if found else _ask(request, visit, rules)
    _keep(response, visit, found)
    return response


def _ask(request: HttpRequest, visit: Visit, rules: Effective) -> HttpResponse:
    """The page as it stands; what was not asked yet in this visit is asked now."""
    shown = Shown(request, visit, rules)
    if not shown.offer.ways or shown.is_asked:
        return shown.page()
    chosen = visiting.preferred(visit, shown.offer.ways)
    if chosen.method.channels and visit.sent:  # nothing is sent a second time by loading a page
        return shown.page(notice=_("That ran out before it was used. Ask for a new one, or use another way."))
    begun = _begin(shown, chosen)
    return shown.page(notice=steps.refused(begun) if isinstance(begun, Refusal) else "")


def _begin(shown: Shown, chosen: Way) -> Begun | Refusal | None:
    by, visitor = _by(shown.request, shown.visit), shown.visitor(chosen.method.key)
    return visiting.ask(shown.visit, chosen, shown.rules, by, visitor=visitor)


def _after(shown: Shown, begun: Begun | Refusal | None) -> HttpResponse:
    if isinstance(begun, Refusal):
        return shown.page(notice=steps.refused(begun))
    return redirect("prompt:show", shown.visit.public_id)


def _answer(request: HttpRequest, visit: Visit, rules: Effective) -> HttpResponse:
    txn = visit.transaction
    if txn is None or METHODS[txn.method].polls:  # the answer is given elsewhere, and did not come yet
        return redirect("prompt:show", visit.public_id)
    shown = Shown(request, visit, rules)
    response = steps.read(txn, request.POST)
    seen = shown_by.browser(request, knows_device=shown.is_known)
    judged = finishing.answer(
        visit, response, rules, _by(request, visit), visitor=shown.visitor(txn.method), shown=seen
    )
    if judged.verdict is Verdict.PASSED:
        return _passed(request, visit, rules)
    return _wrong(shown, judged)


def _wrong(shown: Shown, judged: Judged) -> HttpResponse:
    txn = shown.visit.transaction
    if txn is not None:
        txn.refresh_from_db(fields=["state", "tries", "expires_at"])
        said = steps.said(judged, METHODS[txn.method])
        return shown.page(error=said) if shown.is_asked else shown.page(notice=said)
    return shown.page()


def _passed(request: HttpRequest, visit: Visit, rules: Effective) -> HttpResponse:
    if visit.state == Visit.State.DENIED:
        return ended(request, visit)
    if visit.state != Visit.State.APPROVED:  # it was enough to enrol what the policy wants, or risk asks for more
        return redirect("prompt:show", visit.public_id)
    response = ended(request, visit)
    if request.POST.get("remember") and visit.user is not None:
        came_with = trusted.read(request, visit.user, visit.site)
        found = trusting.trust(visit.user, visit.site, rules, source_of(request), instead_of=came_with)
        _keep(response, visit, found)
    return response


def _keep(response: HttpResponse, visit: Visit, found: tuple[TrustedDevice, str] | None) -> None:
    if found is not None:
        trusted.keep(response, *found)
    elif visit.user is not None:
        trusted.drop(response, visit.user, visit.site)


def _rules(visit: Visit) -> Effective:
    return policies.effective(visit.customer, visit.site, visit.user)


def _by(request: HttpRequest, visit: Visit) -> Actor:
    source = source_of(request)
    return audit.end_user(visit.user, source) if visit.user is not None else audit.stranger(source)


def _sent_enough() -> str:
    return _("We have sent as many as one sign-in may have. Use the newest one, or another way.")
