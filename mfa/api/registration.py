"""Open to all: the operator's documents, and registration."""

from typing import Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import legal, limits
from accounts.http import KumquatRequest
from mfa.api.problems import Problem
from mfa.api.serializers import DocumentOut, RegistrationIn, RegistrationOut
from mfa.api.wire import Json
from mfa.doors import gate, registering
from mfa.doors.forms import RegisterForm
from mfa.hosted import steps

FIELDS = {"__all__": "", "agree": "agreed"}  # what the form calls otherwise
PAGES = {legal.TERMS: "terms", legal.PROCESSING: "data_processing"}


class DocumentsView(APIView):
    """What a company agrees to by registering."""

    @extend_schema(operation_id="list_documents", responses=DocumentOut(many=True), auth=[])
    def get(self, request: Request) -> Response:
        """The operator's documents in the language of the request (Accept-Language)."""
        documents = legal.to_agree(translation.get_language() or "en")
        listed = [
            {
                "name": document.name,
                "version": document.version,
                "sha256": document.sha256,
                "url": settings.PUBLIC_URL + reverse(PAGES[document.name]),
            }
            for document in documents
        ]
        return Response(DocumentOut(listed, many=True).data)


class CustomersView(APIView):
    """Registration: the same record as the page makes, under the same rules."""

    parser_classes = [Json]

    @extend_schema(
        operation_id="register_customer",
        request=RegistrationIn,
        responses={202: RegistrationOut},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Register a customer. A link that confirms the address is mailed; keys are on the dashboard."""
        body = RegistrationIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        with translation.override(given.get("language") or translation.get_language() or "en"):
            return _register(cast(KumquatRequest, request._request), given)


def _register(request: KumquatRequest, given: dict[str, Any]) -> Response:
    language = translation.get_language() or "en"
    documents = legal.to_agree(language)
    agrees = {document.sha256 for document in documents} <= set(given["agreed"])
    shown = RegisterForm(documents=documents).stamp
    form = RegisterForm({**given, "agree": agrees, "shown": shown}, documents=documents)
    if not form.is_valid():
        errors = [
            {"field": FIELDS.get(name, name), "message": str(one)}
            for name, found in form.errors.items()
            for one in found
        ]
        raise Problem("not_usable", _("Nothing was registered. Look at the fields named below."), errors=errors)
    over = limits.hit(gate.registration(request, form.cleaned_data["email"]))
    if over is not None:
        raise Problem("limited", steps.wait(over.wait), wait=over.wait)
    registering.make(request, form, language)
    return Response({"message": _("Open the link that we mailed, then sign in.")}, status=202)
