"""Tests of what a deployment is told: the variables, the parts, the keys."""

import re

import pytest
import yaml

from config.run import parts
from config.run.folder import ROOT

EXAMPLE = (ROOT / ".env.example").read_text()
SETTINGS = (ROOT / "config" / "settings.py").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def named_in_example() -> set[str]:
    return set(re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE))


@pytest.mark.product("start-7")
def test_the_example_names_every_variable_that_the_settings_read():
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", SETTINGS))

    assert read - named_in_example() == set()
    assert len(read) > 20


def test_the_example_names_every_variable_that_the_containers_want():
    wanted = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "compose.yaml").read_text()))

    assert wanted - named_in_example() == set()


def test_the_example_holds_no_secret():
    filled = dict(re.findall(r"^([A-Z_]+)=(.+)$", EXAMPLE, re.MULTILINE))

    assert set(filled) == {"PUBLIC_URL", "DEFAULT_FROM_EMAIL"}


def test_containers_and_make_run_serve_the_same_queues(tmp_path):
    embedded = [part.argv for part in parts.workers(tmp_path, {})]
    containers = [service.get("command", []) for service in COMPOSE["services"].values()]

    assert queues(embedded) == queues(containers) == {"otp", "privacy", "webhooks", "default"}


@pytest.mark.product("start-13")
def test_codes_and_webhooks_share_no_worker_with_anything(tmp_path):
    embedded = [part.argv for part in parts.workers(tmp_path, {})]
    containers = [service.get("command", []) for service in COMPOSE["services"].values()]

    for commands in (embedded, containers):
        served = [command[list(command).index("-Q") + 1] for command in commands if "-Q" in command]
        assert {"otp", "webhooks"} <= set(served), served


def queues(commands) -> set[str]:
    listed = [command[list(command).index("-Q") + 1].split(",") for command in commands if "-Q" in command]
    return {queue for one in listed for queue in one}
