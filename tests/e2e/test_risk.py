"""A risk policy in a real browser: drafted, tried on the sign-ins that were, published, and brought back."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rba.policy import DEFAULT
from tests.e2e.browsing import enter_as_member
from tests.e2e.server import Server, running
from tests.e2e.test_accessible import follow, violations

pytestmark = [pytest.mark.e2e, pytest.mark.requirement("N7")]
POLICY = """
INSERT INTO rba_riskpolicy (id, public_id, customer_id, version, document, changed_at)
SELECT gen_random_uuid(), 'risk-policy-of-a-test0', id, 1, %s::jsonb, now()
FROM accounts_customer WHERE name = 'Nordvik'
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of its own: what its policy asks for would surprise the other tests."""
    with running(tmp_path_factory.mktemp("risk")) as started:
        started.sql(POLICY, json.dumps(DEFAULT))
        yield started


@pytest.mark.product("risk-policy-8", "risk-policy-9", "risk-policy-10")
def test_a_policy_is_drafted_tried_published_and_brought_back(open_page: Callable[..., Page], server: Server) -> None:
    page = open_page()
    enter_as_member(page, server)
    page.goto("/dashboard/risk/policies/scope/")
    page.get_by_label("Only report what would be done").check()
    page.get_by_label("Whom to ask when refused").fill("the desk, 55 00 00 00")
    page.get_by_label("For these countries").select_option(label="Refuse")
    page.locator("input[name=countries]").fill("BR")
    follow(page, page.get_by_role("button", name="Keep as a draft"))
    expect(page.get_by_role("heading", name="What it would have done")).to_be_visible()
    expect(page.get_by_text("It only reports", exact=True).last).to_be_visible()
    assert violations(page) == []
    follow(page, page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("The policy is in force")).to_be_visible()
    assert versions(server) == [(1, False), (2, True)]

    page.go_back()  # to a page about a draft that is published already
    expect(page.get_by_text("No draft waits here")).to_be_visible()
    assert len(versions(server)) == 2

    page.goto("/dashboard/risk/policies/scope/")
    follow(page, page.get_by_role("link", name="Look, or go back"))
    assert violations(page) == []
    follow(page, page.get_by_role("button", name="Bring it back"))
    expect(page.get_by_text("brought back version 1")).to_be_visible()
    assert versions(server) == [(1, False), (2, True), (3, False)]


def versions(server: Server) -> list[tuple[Any, ...]]:
    return server.sql(
        "SELECT version, (document->>'report_only')::bool FROM rba_riskpolicy WHERE version > 0 ORDER BY version"
    )
