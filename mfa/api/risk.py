"""Risk: weigh a sign-in by what a site saw of it, read what was weighed, pass on what the person says of it."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import agreeing
from accounts.assurance import Assurance
from accounts.models import Site, User
from accounts.scopes import Scope
from accounts.strict_json import MOST_BYTES
from accounts.verbs import find_user
from accounts.verbs.people import end_users
from mfa.api import paging
from mfa.api.base import ApiView
from mfa.api.problems import Problem, not_usable
from mfa.api.refusals import WHY, refused
from mfa.api.risk_shapes import (
    AssessIn,
    AssessmentOut,
    AssessmentsIn,
    AssessmentsOut,
    FeedbackIn,
    FeedbackOut,
)
from mfa.contract import Reason, Refusal
from mfa.verbs import reporting, risking, weighing
from rba import explain, reading
from rba import verbs as rba
from rba.contract import Outcome
from rba.models import RiskDecision
from rba.verbs import Assessment


class Assessments(ApiView):
    """All that was weighed of the customer's people."""

    scopes = {"get": Scope.RISK_READ, "post": Scope.RISK}
    longest = MOST_BYTES  # an absurd user agent is weighed, and is none the safer for it

    @extend_schema(operation_id="list_assessments", parameters=[AssessmentsIn], responses=AssessmentsOut)
    def get(self, request: Request) -> Response:
        """List what was weighed through any face, newest first: where people signed in from, and what was unusual."""
        query = paging.asked(request, AssessmentsIn)
        rows = _rows(self)
        if query.get("user"):
            rows = rows.filter(user=self.user(query["user"]))
        if query.get("band"):
            rows = rows.filter(band=query["band"])
        if query.get("decision"):
            rows = rows.filter(verdict=query["decision"])
        shown, cursor = paging.page(rows, query)
        asked = reporting.transactions_of(shown)
        return paging.answer(AssessmentOut, [_said(row, asked.get(row.pk)) for row in shown], cursor)

    @extend_schema(operation_id="assess", request=AssessIn, responses={201: AssessmentOut})
    def post(self, request: Request) -> Response:
        """Weigh a sign-in. Ask before you let somebody in, and do what `decision` says; a refusal is a 201 as well.

        On `step_up`, begin a transaction with this assessment: only methods that are worth enough serve, and a right
        answer teaches what is usual. Address, user agent and the rest are looked at and dropped; nothing raw is kept.
        """
        body = AssessIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        user, site = _user(self, given), self.site(given.get("site", ""))
        others = len(set(cast(dict[str, Any], request.data)["shown"]) - set(given["shown"]))
        found = weighing.weigh(user, site, reading.of_values(given["shown"], others), RiskDecision.Where.API)
        if found is None:
            raise Problem("refused", _("Your organisation has switched off all that risk looks at."), reason="off")
        if found.is_denied:
            risking.tell_denied(self.by, user, user, found)
        return Response(AssessmentOut(_new(found, user, site)).data, 201)


class OneAssessment(ApiView):
    """One sign-in as risk saw it."""

    scopes = {"get": Scope.RISK_READ}

    @extend_schema(operation_id="read_assessment", responses=AssessmentOut)
    def get(self, request: Request, assessment_id: str) -> Response:
        """Read one assessment."""
        row = _one(self, assessment_id)
        return Response(AssessmentOut(_said(row, reporting.transactions_of([row]).get(row.pk))).data)


class Feedback(ApiView):
    """What the person says of a sign-in."""

    scopes = {"post": Scope.RISK}
    repeatable = True

    @extend_schema(operation_id="give_feedback", request=FeedbackIn, responses=FeedbackOut)
    def post(self, request: Request, assessment_id: str) -> Response:
        """Pass on that the person says it was they, or somebody else. Said twice, it is done once.

        `true` teaches that it is usual: say it only of somebody who has proved to you just now who they are. `false`
        ends their sessions and trusted browsers, takes back what the sign-in taught, asks for strong proofs for two
        weeks, and tells your owners. It stands: a later `true` is 409.
        """
        body = FeedbackIn(data=request.data)
        body.is_valid(raise_exception=True)
        row, mine = _one(self, assessment_id), body.validated_data["mine"]
        user = self.user(row.user.public_id)
        if not user.is_active or user.restricted_at:
            raise Problem("refused", WHY[Reason.DISABLED], reason=str(Reason.DISABLED))
        if not mine:
            reporting.not_my_attempt(user, row, self.by)
        elif not reporting.was_my_attempt(user, row, self.by):
            raise Problem("conflict", _("The person said before that it was somebody else."), reason="disowned")
        return Response({"id": row.pk.hex, "mine": mine})


def waiting(user: User, site: Site | None, named: str) -> RiskDecision:
    """The assessment that a transaction is to be begun with. Raises Problem for one that is over or was refused."""
    found = weighing.waiting(user, site, pk) if (pk := _pk(named)) is not None else None
    if found is None:
        raise not_usable("assessment", _("There is no such assessment of this user here that waits for a proof."))
    if found.verdict == Outcome.DENY:
        raise Problem("refused", _("Risk refused this sign-in. A person has to let them in."), reason="risk")
    return found


def _user(view: ApiView, given: dict[str, Any]) -> User:
    """Whose sign-in it is. Raises Problem for who is kept out, restricted, or has not agreed to terms."""
    if given.get("user"):
        user = view.user(given["user"])
    elif not given.get("username"):
        raise not_usable("user", _("Name the user by `user` or `username`."))
    else:
        found = find_user(view.customer, given["username"])
        if found is None:
            raise refused(Refusal(Reason.UNKNOWN_USER))
        user = found
    user.customer = view.customer
    if not user.is_active or user.restricted_at:
        raise refused(Refusal(Reason.DISABLED))
    if agreeing.is_missing(user, view.customer):
        where = agreeing.page(view.customer, user.username)
        why = WHY[Reason.CONSENT]
        raise Problem("consent_required", why, reason=str(Reason.CONSENT), agreement_url=where)
    return user


def _rows(view: ApiView) -> QuerySet[RiskDecision]:
    rows = RiskDecision.objects.filter(customer=view.customer, failed=False).select_related("user", "site")
    rows = rows.defer("attempt", "lessons", "expected")
    if view.customer.is_operator:  # its members are not found by any program
        rows = rows.filter(user__in=end_users(view.customer))
    return rows.filter(site=view.token.site) if view.token.site else rows


def _one(view: ApiView, named: str) -> RiskDecision:
    pk = _pk(named)
    found = _rows(view).filter(pk=pk).first() if pk is not None else None
    if found is None:
        raise exceptions.NotFound
    found.customer = view.customer
    return found


def _pk(named: str) -> UUID | None:
    try:
        return UUID(hex=named)
    except ValueError:
        return None


def _new(found: Assessment, user: User, site: Site | None) -> dict[str, Any]:
    """What was weighed just now; what could not be kept is said without an id."""
    row, ruling = found.row, found.ruling
    if row is None:
        row = RiskDecision(
            customer=user.customer,
            user=user,
            site=site,
            at=int(timezone.now().timestamp()),
            where=RiskDecision.Where.API,
            total=0,
        )
        row.verdict, row.would, row.minimum = str(ruling.verdict), str(ruling.would.outcome), int(ruling.minimum)
        row.band, row.rule, row.report_only = str(ruling.band), ruling.rule, ruling.report_only
    row.user, row.site = user, site
    said = _said(row, None)
    return said if found.row is not None else said | {"id": None, "reasons": [str(words) for words in found.reasons]}


def _said(row: RiskDecision, transaction: str | None) -> dict[str, Any]:
    return {
        "id": row.pk.hex,
        "user": row.user.public_id,
        "site": row.site.public_id if row.site is not None else None,
        "transaction": transaction,
        "at": row.made_at,
        "where": row.where,
        "decision": row.verdict or row.outcome,
        "minimum": Assurance(row.minimum).name.lower(),
        "would": row.would or row.outcome,
        "report_only": row.report_only,
        "band": row.band,
        "score": row.score,
        "rule": row.rule,
        "country": row.country,
        "reasons": [str(words) for words in explain.reasons_of(row)],
        "contact": rba.contact_of(row.customer_id, row.site_id) if row.verdict == Outcome.DENY else "",
        "dropped": row.dropped,
        "learned": row.taught_at is not None,
    }
