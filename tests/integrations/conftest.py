"""The WordPress drop-in as PHP runs it: what a scenario is made of, and the fixture that plays it."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accounts.console.connect import DROP_IN, PLACEHOLDER
from tests.integrations.scenario import SERVER

HARNESS = Path(__file__).parent / "wordpress" / "harness.php"


@pytest.fixture
def site(tmp_path):
    """Runs a scenario on a site that has the drop-in; every scenario ends without output and unexpected warnings."""
    if shutil.which("php") is None:
        pytest.skip("no PHP found: install Debian's php-cli")
    file = tmp_path / "kumquat-connect.php"
    plugin = tmp_path / "miniorange-2-factor-authentication" / "miniorange_2_factor_settings.php"
    plugin.parent.mkdir()
    plugin.write_text("<?php\n/**\n * Version: 6.2.4\n */\n")

    def run(*steps: Any, warnings: tuple[str, ...] = (), server: str = SERVER, **facts: Any) -> dict[str, Any]:
        file.write_text(DROP_IN.read_text().replace(PLACEHOLDER, server))
        scenario: dict[str, Any] = {
            "options": {},
            "users": {},
            "marks": {},
            "table": None,
            "unreadable": False,
            "named": "",
            "admin": False,
        }
        scenario |= {"file": str(file), "plugins": str(tmp_path), "rights": ["manage_options"], "steps": steps} | facts
        done = subprocess.run(
            ["php", "-n", str(HARNESS)], input=json.dumps(scenario), capture_output=True, text=True, timeout=30
        )
        assert done.returncode == 0, done.stdout + done.stderr
        happened: dict[str, Any] = json.loads(done.stdout)
        assert (happened["output"], tuple(happened["warnings"])) == ("", warnings)
        return happened

    return run
