"""Lists by cursor: newest first along the index, never counted, never skipped through."""

import base64
import binascii
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from mfa.api.fields import Line
from mfa.api.problems import not_usable

Row = TypeVar("Row", bound=Model)
MOST = 200


class PageIn(serializers.Serializer[object]):
    """Which part of a list is asked for."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=50, help_text="How many at most.")
    cursor = Line(
        required=False,
        max_length=64,
        help_text="`next` of the part before. Without it the list begins with the newest.",
    )


def asked(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """What stands in a call's query, read by a serializer. Raises ValidationError."""
    query = shape(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def page(rows: QuerySet[Row], query: dict[str, Any]) -> tuple[list[Row], str | None]:
    """The rows of one part, and the cursor of the next one, None at the end."""
    if query.get("cursor"):
        rows = rows.filter(pk__lt=_id(query["cursor"]))
    found = list(rows.order_by("-pk")[: query["limit"] + 1])
    shown = found[: query["limit"]]
    return shown, _cursor(shown[-1].pk) if len(found) > len(shown) else None


def many(shape: Any, rows: Any) -> list[Any]:
    """Rows in the shape of a serializer."""
    return list(shape(rows, many=True).data)


def answer(shape: Any, rows: Any, cursor: str | None) -> Response:
    """One part of a list."""
    return Response({"data": many(shape, rows), "next": cursor})


def _cursor(pk: UUID) -> str:
    return base64.urlsafe_b64encode(pk.bytes).decode().rstrip("=")


def _id(cursor: str) -> UUID:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(cursor + "=="))
    except (ValueError, binascii.Error) as error:
        raise not_usable("cursor", _("This is no cursor of ours.")) from error
