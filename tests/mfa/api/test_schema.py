"""Whatever is sent to the API, the answer is one that docs/openapi.yaml promises, and never an error of ours."""

import random
from collections.abc import Iterator
from typing import Any, cast

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.mfa.api.client import Program, program
from tests.routes.world import World

pytestmark = pytest.mark.django_db
FILE = settings.BASE_DIR / "docs" / "openapi.yaml"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.yaml", application)
OPERATIONS = [cast(Any, found).ok() for found in SCHEMA.get_all_operations()]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request through the whole server would close the connection in which the test's transaction is open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def world() -> World:
    return World.build()


@pytest.fixture
def one(world, settings) -> Program:
    settings.API_TOKEN_MINUTE = 1_000_000
    return program(customer=world.customer)


@pytest.mark.promise("S27")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
@pytest.mark.product("core-4")
def test_every_answer_is_one_that_the_schema_promises(operation, world, one):
    """Half of the calls are about things that are there, so that more than 404 is answered."""
    names = operation.path_parameters
    real = {parameter.name: str(world.arguments("api:")[parameter.name]) for parameter in names}
    chance = random.Random(operation.label)

    @examples(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def try_out(case: Any) -> None:
        if real and chance.random() < 0.5:
            case.path_parameters = dict(real)
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {one.text}"}
        response = case.call()
        case.validate_response(response, checks=CHECKS)

    try_out()


@pytest.mark.product("api-1")
def test_the_file_names_every_address_of_the_api():
    from mfa.api.urls import urlpatterns

    written = {path.removeprefix("/api/v1/") for path in yaml.safe_load(FILE.read_text())["paths"]}
    served = {str(one.pattern).replace("<public:", "{").replace(">", "}") for one in urlpatterns}
    assert served - written == {"docs/", "docs/<slug:part}/", "openapi.yaml"}
