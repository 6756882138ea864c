"""Every message that is queued anywhere is of a kind that can be rendered."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.messages.kinds import KINDS, register

QUEUED = re.compile(r"\bqueue\(\s*\"([a-z]+\.[a-z_]+)\"")


def test_every_kind_that_our_code_queues_is_known():
    sources = [path for app in ("accounts", "mfa") for path in Path(settings.BASE_DIR, app).rglob("*.py")]
    queued = {kind for path in sources for kind in QUEUED.findall(path.read_text())}

    assert len(queued) > 5
    assert queued <= set(KINDS)


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match=r"accounts\.test"):
        register("accounts.test", KINDS["accounts.test"].render)


def test_codes_go_before_everything_else_and_nothing_else_does():
    assert {key for key, kind in KINDS.items() if kind.is_code and not key.startswith("tests.")} == {
        "mfa.code",
        "mfa.email_link",
    }
