"""What drf-spectacular cannot read off the views: tokens, problems, Idempotency-Key, and how ids look in addresses."""

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_basic_type
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from accounts import problems
from mfa.api import idempotency
from mfa.api.serializers import ProblemOut

TAGS = {
    "documents": "Registration",
    "customers": "Registration",
    "transactions": "Transactions",
    "users": "Users",
    "authenticators": "Authenticators",
    "bypass-codes": "Help",
    "enrolment-links": "Help",
    "groups": "Groups",
    "policies": "Policies",
    "risk": "Risk",
    "messages": "Messages",
    "events": "Events",
}
ALWAYS = (400, 401, 403, 404, 405, 429)
WRITING = (409, 413, 415, 422)


class BearerScheme(OpenApiAuthenticationExtension):
    """How a token is shown."""

    target_class = "mfa.api.base.Bearer"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token that the dashboard makes under “API tokens”: kq_live_… or kq_test_…",
        }


class Schema(AutoSchema):
    """Each operation with its tag, the scope that it needs, and the problems that it may be answered."""

    def get_tags(self) -> list[str]:
        parts = [part for part in self.path.split("/") if part and not part.startswith("{")]
        return [next(TAGS[part] for part in reversed(parts) if part in TAGS)]

    def get_description(self) -> str:  # type: ignore[override]  # as AutoSchema has it
        text = str(super().get_description())
        view = self.view
        scope = getattr(view, "scopes", {}).get(self.method.lower())
        return f"{text}\n\nNeeds the scope `{scope}`." if scope else text

    def get_override_parameters(self) -> list[Any]:
        given = list(super().get_override_parameters())
        if self._is_kept():
            words = "1 to 255 characters of your choice. The same call with the same key is made once; for a day it "
            words += "is answered as the first time."
            given.append(OpenApiParameter(idempotency.HEADER, str, OpenApiParameter.HEADER, description=words))
        return given

    def _is_kept(self) -> bool:
        from mfa.api.base import ApiView  # the framework's views ask for this very class while they are made

        return isinstance(self.view, ApiView) and self.method == "POST" and not self.view.repeatable

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        found = super()._get_response_bodies(direction)
        for status in (*ALWAYS, *(WRITING if self.method in {"POST", "PATCH"} else ()), *self._more()):
            found.setdefault(str(status), self._problem(status))
        return found

    def _more(self) -> tuple[int, ...]:
        return (410,) if self.get_operation_id() in {"verify_transaction", "answer_transaction"} else ()

    def _problem(self, status: int) -> dict[str, Any]:
        self.resolve_serializer(ProblemOut(), "response")  # so that it is among the components
        return {"$ref": f"#/components/responses/Problem{status}"}


def completed(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the problems that all calls share, and say in every address what an id may look like."""
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    statuses = sorted({kind.status for kind in problems.KINDS.values() if kind.status < 500})
    names = {
        status: [f"`{kind.code}`" for kind in problems.KINDS.values() if kind.status == status] for status in statuses
    }
    result["components"]["responses"] = {
        f"Problem{status}": {"description": f"A problem: {', '.join(codes)}.", "content": content}
        for status, codes in names.items()
    }
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    text: dict[str, Any] = dict(build_basic_type(OpenApiTypes.STR) or {})
                    parameter["schema"] = text | {"pattern": "^[A-Za-z0-9_-]{1,32}$"}
    return result
