"""From a right answer at the door to the person's pages: risk looks first, and may ask for more or refuse."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import audit, languages
from accounts.assurance import Assurance
from accounts.models import User
from mfa import policies
from mfa.contract import METHODS, Method
from mfa.hosted.me import access, linking, proving
from mfa.hosted.me.access import OwnRequest, address, next_own, of_customer
from mfa.verbs import knocking, risking
from rba import reading
from rba import verbs as rba
from rba.verbs import Assessment, Wish


def let_in(request: OwnRequest, person: User, method: Method, name: str) -> HttpResponse:
    """In, or on to one more proof, or a refusal that names a way on. `name` is the visit's or the transaction's id."""
    person.customer = request.customer
    if person.restricted_at is not None:  # their rights alone, whatever they proved, and risk looks at nothing
        access.enter_half(request, person, method, None)
        return redirect(next_own(request))
    opens = knocking.opens(method, policies.effective(request.customer, user=person))
    wish = Wish(person, name, reading.of_request(request.source), risking.Where.DOOR, before_told=True)
    worth = risking.worth_of(method)
    found = risking.weigh_proof(wish, worth) if opens else risking.assess(wish)
    if found is not None and found.is_denied:
        return _refuse(request, person, found)
    if not opens or (found is not None and not found.is_satisfied(worth)):
        access.enter_half(request, person, method, found)
        return redirect(address(request, "more"))
    access.enter(request, person, method)
    response = redirect(next_own(request))
    languages.suggest(request, response, person.language)
    return response


def _refuse(request: OwnRequest, person: User, found: Assessment) -> HttpResponse:
    request.session.flush()
    risking.tell_denied(audit.stranger(request.source), person, person, found)
    context = {"customer": request.customer, "reasons": found.reasons, "way_on": found.ruling.contact}
    return render(request, "hosted/me/refused.html", context, status=403)


@require_http_methods(["GET", "HEAD", "POST"])
@of_customer
def more(request: OwnRequest) -> HttpResponse:
    """What else can be proven, for whom one proof is not enough. It shows nothing of what is held."""
    half = access.half_in(request)
    if half is None or half.person.restricted_at is not None:
        return redirect(address(request, "home"))
    person, proven, weighed = half.person, METHODS[half.method], half.weighed
    rules = policies.effective(request.customer, user=person)
    ways = proving.strong_ways(person, rules.at_least(Assurance(half.minimum)), but=proven.key)
    is_for_risk = bool(half.minimum) and knocking.opens(proven, rules)
    reasons = rba.reasons_of(request.customer.pk, weighed) if is_for_risk else []
    context = {"proven": proven, "reasons": reasons, "next": next_own(request), "links": linking.LINKS}
    found = proving.prove(request, person, ways, "hosted/me/more.html", context)
    if isinstance(found, HttpResponse):
        return found
    if weighed:
        rba.prove(request.customer, weighed)
    access.enter(request, person, proven)
    return redirect(next_own(request))
