"""The view, and the only address."""

import json

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone

from bench.bare.tables import Note, Row


@transaction.atomic
def touch(request: HttpRequest) -> JsonResponse:
    row = Row._default_manager.select_for_update().get(pk=json.loads(request.body)["id"])
    row.count, row.changed_at = row.count + 1, timezone.now()
    row.save(update_fields=["count", "changed_at"])
    Note._default_manager.create(row=row.pk, count=row.count)
    response = JsonResponse({"status": "SUCCESS"})
    response.headers["Content-Length"] = str(len(response.content))  # a middleware's work elsewhere
    return response


urlpatterns = [path("touch", touch)]
