"""A production server that was just set up has no demo, nobody who can sign in, and says what it lacks."""

import os
import subprocess
import sys

import pytest

from accounts.models import Customer, User
from config.run.folder import ROOT

pytestmark = pytest.mark.promise("S33")


def checked(**given):
    """What `manage.py check --deploy` says of a server with these settings, and how it ends."""
    env = {**os.environ, "TESTING": "0", "DEMO": "0", **given}
    argv = [sys.executable, "manage.py", "check", "--deploy"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr + done.stdout


@pytest.mark.product("start-7")
@pytest.mark.requirement("R-06")
def test_without_settings_of_its_own_it_does_not_pass():
    code, told = checked(EMAIL_URL="", PUBLIC_URL="http://localhost:8000")

    assert code == 1
    assert {name for name in ("E010", "E011", "E014") if f"kumquat.{name}" in told} == {"E010", "E011", "E014"}


def test_a_demo_or_its_mailbox_in_production_does_not_pass():
    code, told = checked(DEMO="1", PUBLIC_URL="https://mfa.example")
    assert (code, "kumquat.E013" in told) == (1, True)

    code, told = checked(EMAIL_URL="file:", PUBLIC_URL="https://mfa.example")
    assert (code, "kumquat.E012" in told) == (1, True)


@pytest.mark.django_db
def test_nobody_is_there_before_the_operator_makes_somebody(client):
    for name in ("admin", "admin@localhost", "root@localhost", "sigrid@fjordvakt.example", "ingrid@nordvik.example"):
        for password in ("admin", "password", "otter-harbour-fjord-heron", "birch-fjord-heron-harbour"):
            client.post("/sign-in/", {"email": name, "password": password})

    assert "_auth_user_id" not in client.session
    assert "half" not in client.session
    assert User.objects.count() == 0
    assert Customer.objects.filter(is_operator=False).count() == 0
