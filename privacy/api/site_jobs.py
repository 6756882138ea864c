"""The pull queue of sites behind firewalls: they fetch their jobs and answer them (docs/erasure-protocol.md)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from accounts import audit, limits, outbound, problems, strict_json
from accounts.http import KumquatRequest
from accounts.limits import MINUTE, Limit
from accounts.models import ApiKey
from accounts.verbs import keys
from privacy import site_answers, site_signing
from privacy.models import SiteJob
from privacy.verbs import site_calls
from privacy.verbs.site_calls import Taken

STRANGERS, CALLS = 30, 120  # calls a minute: badly signed ones from one network, and those of a site
FETCH, ANSWER = "site_jobs.fetch", "site_jobs.answer"
_SIGN = "The signature fits no live key of this customer, or its timestamp is five minutes off."
_KEY = "public_key is an Ed25519 public key: 32 bytes in base64."
# How each outcome of an answer is told: the problem and its words
REFUSALS = {
    Taken.SIGNATURE: ("not_usable", "The answer is not signed with the key that this site fetches with."),
    Taken.OTHER_JOB: ("not_usable", "The answer names another job or site."),
    Taken.ENDED: ("conflict", "This job has ended already, by another answer, by hand or by time."),
}
Body = dict[str, Any]


class Call:
    """One signed call: the site's key that signed it, and what it says."""

    def __init__(self, request: KumquatRequest, key: ApiKey, body: Body) -> None:
        self.request, self.key, self.body = request, key, body
        self.site, self.by = key.site, audit.site(key.site, request.source)

    def text(self, name: str) -> str:
        """A text of the body; "" for what is none."""
        found = self.body.get(name, "")
        return found if isinstance(found, str) else ""


def signed(kind: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A POST whose body, which names its own kind, is signed by a live key of a site."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def called(request: KumquatRequest, **where: str) -> HttpResponse:
            if request.method != "POST":
                return _problem(request, "method_not_allowed")
            found = _who(request)
            if isinstance(found, HttpResponse):
                return found
            try:
                body = strict_json.parse(request.body, longest=site_answers.LONGEST)
            except strict_json.Malformed as error:
                return _problem(request, "malformed", str(error))
            if body.get("type") != kind:
                return _problem(request, "not_usable", f"This call is of the type {kind}.")
            return view(Call(request, found, body), **where)

        return called

    return decorate


def _who(request: KumquatRequest) -> ApiKey | HttpResponse:
    """The live key that signed, or the refusal: of who cannot sign, or calls too often."""
    live = keys.live_keys(request.headers.get("Kumquat-Customer", "")[:20].strip())
    key = site_signing.signer(live, request.headers, request.body)
    if key is None:
        over = limits.hit([Limit("site jobs stranger", request.source.network_prefix, STRANGERS, MINUTE)])
        return _problem(request, "limited" if over else "unauthenticated", "" if over else _SIGN)
    over = limits.hit([Limit("site jobs", str(key.site_id), CALLS, MINUTE)])
    return _problem(request, "limited") if over else key


def _problem(request: HttpRequest, code: str, detail: str = "") -> HttpResponse:
    said = problems.body(code, request, detail)
    return JsonResponse(said, status=problems.KINDS[code].status, content_type=problems.CONTENT_TYPE)


@signed(FETCH)
def fetch(call: Call) -> HttpResponse:
    """The jobs that wait for the site that calls. It says who signs its answers, and where jobs can be sent to."""
    try:
        site_calls.connect(call.site, call.text("public_key"), call.text("url"), call.text("program"), call.by)
    except outbound.Refused as error:
        return _problem(call.request, "not_usable", f"url: {error}.")
    except ValueError:
        return _problem(call.request, "not_usable", _KEY)
    jobs = site_calls.fetch(call.site, [call.key])
    told = {"site": call.site.public_id, "jobs": [{"body": job.body, "headers": job.headers} for job in jobs]}
    return JsonResponse(told)


@signed(ANSWER)
def answer(call: Call, public_id: str) -> HttpResponse:
    """What the site removed, kept and why. The same answer again is answered the same."""
    job = SiteJob.objects.filter(site=call.site, public_id=public_id).first()
    if job is None:
        return _problem(call.request, "not_found")
    try:
        taken = site_calls.take(job, call.text("answer"), call.text("signature"), call.by)
    except site_answers.Unusable as error:
        return _problem(call.request, "not_usable", str(error))
    if taken in REFUSALS:
        return _problem(call.request, *REFUSALS[taken])
    job.refresh_from_db(fields=["state"])
    return JsonResponse({"job": job.public_id, "state": str(job.state)})
