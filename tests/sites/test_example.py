"""The example of docs/erasure-protocol.md, run as it stands against our running server."""

import os
import sqlite3
import subprocess
import sys

import pytest
from django.conf import settings

from privacy import site_signing
from privacy.verbs import siting
from tests.sites.calling import Program, erasure_of

EXAMPLE = settings.BASE_DIR / "docs" / "examples" / "erasure_site.py"


@pytest.mark.requirement("R-56")
@pytest.mark.django_db(transaction=True)
def test_the_example_fetches_removes_and_answers(live_server, tmp_path):
    program = Program()
    request, (job,) = erasure_of(program.site.customer, username="ingrid@nordvik.example")
    file = tmp_path / "site.sqlite3"
    with sqlite3.connect(file) as database:
        people = "SELECT 'ingrid@nordvik.example' AS username UNION ALL SELECT 'olav@nordvik.example'"
        for table in ("second_factor", "orders"):
            database.execute(f"CREATE TABLE {table} AS {people}")
    own = {"KUMQUAT": live_server.url, "CUSTOMER_KEY": str(program.site.customer.number)}
    command = [sys.executable, str(EXAMPLE), str(tmp_path / "site.key"), str(file)]
    env = os.environ | own | {"API_KEY": program.key.secret}

    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    assert (done.stdout, done.returncode) == (f"{job.public_id} done\n", 0), done.stderr
    (told,) = siting.answers(request)
    assert told["removed"] == [{"what": "shop.second_factor", "count": 1}]
    assert told["kept"] == [{"what": "shop.orders", "count": 1, "why": "law"}]
    assert site_signing.is_signed(told["answer"], told["signature"], told["public_key"])
    with sqlite3.connect(file) as database:
        assert database.execute("SELECT username FROM second_factor").fetchall() == [("olav@nordvik.example",)]

    again = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    assert (again.stdout, again.returncode) == ("", 0)
