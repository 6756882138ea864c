"""Transactions: ask a user for a proof, judge the answer, see how it stands, give it up."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import agreeing
from accounts.assurance import Assurance
from accounts.models import Link, Site, User
from accounts.scopes import Scope
from accounts.verbs import find_user
from mfa import policies, sent, verbs
from mfa.api import paging, risk
from mfa.api.base import ApiView
from mfa.api.problems import Problem, not_usable
from mfa.api.refusals import WHY, failed, refused
from mfa.api.transaction_shapes import (
    AnswerIn,
    BeginIn,
    BegunOut,
    PassedOut,
    TransactionOut,
    TransactionsIn,
    TransactionsOut,
    VerifyIn,
)
from mfa.contract import METHODS, Begun, Judged, Reason, Refusal, Verdict
from mfa.models import Authenticator, Transaction
from mfa.verbs import weighing


class Transactions(ApiView):
    """All of the customer's transactions."""

    scopes = {"get": Scope.TRANSACTIONS_READ, "post": Scope.TRANSACTIONS}

    @extend_schema(operation_id="list_transactions", parameters=[TransactionsIn], responses=TransactionsOut)
    def get(self, request: Request) -> Response:
        """List transactions, newest first."""
        query = paging.asked(request, TransactionsIn)
        rows = _rows(self).filter(customer=self.customer)
        if query.get("user"):
            rows = rows.filter(user=self.user(query["user"]))
        if query.get("state"):
            rows = rows.filter(state=query["state"])
        shown, cursor = paging.page(rows, query)
        return paging.answer(TransactionOut, shown, cursor)

    @extend_schema(operation_id="begin_transaction", request=BeginIn, responses={201: BegunOut})
    def post(self, request: Request) -> Response:
        """Ask a user for a proof: send a code or link, or say what an app or a key must answer.

        The policy for this user at this site decides which methods serve, and with an assessment so does risk. An older
        open one of that method ends.
        """
        body = BeginIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        user, site = self._asked(given), self.site(given.get("site", ""))
        rules = policies.effective(self.customer, site, user)
        weighed = risk.waiting(user, site, given["assessment"]) if given.get("assessment") else None
        if weighed is not None:
            rules = rules.at_least(Assurance(weighed.minimum))
        method, authenticator = _chosen(user, rules, given)
        begun = verbs.begin(
            self.customer,
            method=method,
            by=self.by,
            user=user,
            site=site,
            authenticator=authenticator,
            rules=rules,
            dialect_name="",
        )
        if isinstance(begun, Refusal) and begun.reason is Reason.CONSENT:
            where = agreeing.page(self.customer, user.username, site)
            raise Problem("consent_required", WHY[begun.reason], reason=str(begun.reason), agreement_url=where)
        if isinstance(begun, Refusal):
            raise refused(begun)
        weighing.attach(weighed, begun.transaction)
        return Response(_begun(begun, user, site), 201)

    def _asked(self, given: dict[str, Any]) -> User:
        if given.get("user"):
            return self.user(given["user"])
        if not given.get("username"):
            raise not_usable("user", _("Name the user by `user` or `username`."))
        found = find_user(self.customer, given["username"])
        if found is None:
            raise refused(Refusal(Reason.UNKNOWN_USER))
        found.customer = self.customer
        return found


class OneTransaction(ApiView):
    """One transaction."""

    scopes = {"get": Scope.TRANSACTIONS_READ}

    @extend_schema(operation_id="read_transaction", responses=TransactionOut)
    def get(self, request: Request, transaction_id: str) -> Response:
        """See how a transaction stands, while a person answers by a link say. Ask no more than twice a second."""
        return Response(TransactionOut(_one(self, transaction_id)).data)


class Verify(ApiView):
    """The answer to a transaction."""

    scopes = {"post": Scope.TRANSACTIONS}
    repeatable = True

    @extend_schema(operation_id="verify_transaction", request=VerifyIn, responses=PassedOut)
    def post(self, request: Request, transaction_id: str) -> Response:
        """Judge an answer. 200 means passed, and nothing else does.

        Wrong answers are 422 with `tries_left`; 409 one that was used already; 410 a transaction that has ended, or
        never was; 429 one that must wait.
        """
        body = VerifyIn(data=request.data)
        body.is_valid(raise_exception=True)
        if self.token.site and not _rows(self).filter(public_id=transaction_id[:22]).exists():
            raise failed(Judged(Verdict.EXPIRED))  # another site's
        judged = verbs.verify(self.customer, transaction_id, body.validated_data["response"], self.by)
        if judged.verdict is not Verdict.PASSED:
            raise failed(judged)
        worth = METHODS[judged.authenticator.method].assurance if judged.authenticator else Assurance.NONE
        return Response({"verdict": "passed", "transaction": transaction_id, "assurance": worth.name.lower()})


class Cancel(ApiView):
    """The end of a transaction that nobody will answer."""

    scopes = {"post": Scope.TRANSACTIONS}
    repeatable = True

    @extend_schema(operation_id="cancel_transaction", request=None, responses=TransactionOut)
    def post(self, request: Request, transaction_id: str) -> Response:
        """Give a transaction up. One that has ended stays as it is."""
        found = _one(self, transaction_id)
        if verbs.cancel(self.customer, found.public_id, self.by):
            found = _one(self, transaction_id)
        return Response(TransactionOut(found).data)


class AnswerLink(ApiView):
    """In test mode: the decision on a mailed link, which nobody gets."""

    scopes = {"post": Scope.TRANSACTIONS}
    repeatable = True

    @extend_schema(operation_id="answer_transaction", request=AnswerIn, responses=TransactionOut)
    def post(self, request: Request, transaction_id: str) -> Response:
        """In test mode alone: allow or deny as the person would by the mailed link, for there nothing is sent."""
        if not self.customer.is_test:
            raise Problem("forbidden", _("Only the person decides, by the link in the mail. This is for test mode."))
        body = AnswerIn(data=request.data)
        body.is_valid(raise_exception=True)
        found = _one(self, transaction_id)
        link = Link.objects.filter(customer=self.customer, purpose=sent.LINK, about=found.public_id).first()
        if link is None:
            raise Problem("ended")
        link.customer = self.customer
        if verbs.decide(link, body.validated_data["allow"], self.by).verdict is not Verdict.PASSED:
            raise Problem("ended")
        return Response(TransactionOut(_one(self, transaction_id)).data)


def _chosen(user: User, rules: policies.Effective, given: dict[str, Any]) -> tuple[str, Authenticator | None]:
    """The method and, where one was named, the authenticator; what the user used last when none was asked for."""
    named = given.get("authenticator")
    if named:
        one = Authenticator.objects.filter(user=user, public_id=named[:22]).first()
        if one is None:
            raise refused(Refusal(Reason.NOT_ENROLLED))
        return one.method, one
    method = given.get("method")
    if method:
        if method not in METHODS:
            raise not_usable("method", _("There is no such method."))
        return method, None
    ways = verbs.ways(user, rules)
    if not ways:
        raise refused(Refusal(Reason.NOT_ENROLLED))
    return ways[0].method.key, ways[0].authenticator


def _begun(begun: Begun, user: User, site: Site | None) -> Any:
    begun.transaction.user, begun.transaction.site = user, site
    return BegunOut(begun.transaction, context={"prompt": begun.prompt}).data


def _rows(view: ApiView) -> QuerySet[Transaction]:
    rows = Transaction.objects.filter(customer=view.customer).select_related("user", "site")
    return rows.filter(site=view.token.site) if view.token.site else rows


def _one(view: ApiView, public_id: str) -> Transaction:
    found = _rows(view).filter(public_id=public_id[:22]).first()
    if found is None:
        raise exceptions.NotFound
    return found
