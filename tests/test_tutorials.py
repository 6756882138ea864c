"""Every command of the tutorials, run in order against a server of ours."""

import re
import subprocess

import pytest
from django.conf import settings

from accounts.audit import SYSTEM
from accounts.console.connect import DROP_IN, PLACEHOLDER
from accounts.models import Message
from accounts.scopes import Scope
from accounts.verbs.testing import test_customer as universe
from accounts.verbs.tokens import make_token
from tests.factories import ApiKeyFactory, CustomerFactory, UserFactory

TUTORIALS = settings.BASE_DIR / "docs" / "tutorials"
pytestmark = pytest.mark.django_db(transaction=True)


def commands(name):
    """The shell commands of a page, in order."""
    return re.findall(r"^```sh\n(.*?)^```$", (TUTORIALS / name).read_text(), re.MULTILINE | re.DOTALL)


def run(name, folder, **environment):
    """What each command printed, in one shell; one that fails ends the test."""
    mark = "=== next ==="
    script = "set -eu\n" + f"echo '{mark}'\n".join(f"{text}\necho\n" for text in commands(name))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [text.strip() for text in done.stdout.split(mark)]


@pytest.mark.product("docs-1")
def test_use_the_api(live_server, tmp_path):
    customer = universe(CustomerFactory(), SYSTEM)
    _token, text = make_token(customer, "tutorial", tuple(Scope), SYSTEM)

    said = run("use-the-api.md", tmp_path, KUMQUAT=live_server.url, TOKEN=text)

    nobody, nora, begun, wrong, passed, events, weighed, asked, disowned, problem = said
    assert '"data":[]' in nobody
    assert '"username":"nora@nordvik.example"' in nora
    assert '"sent_to":"n•••@nordvik.example"' in begun
    assert '"tries_left":4' in wrong
    assert '"verdict":"passed"' in passed
    assert "authentication.passed" in events
    assert '"decision":"allow"' in weighed and '"would":"step_up"' in weighed
    assert '"state":"pending"' in asked
    assert '"mine":false' in disowned and '"band":"new"' in disowned
    assert '"code":"not_found"' in problem
    assert {message.state for message in Message.objects.all()} == {"kept"}


@pytest.mark.product("docs-1")
def test_connect_wordpress(live_server, tmp_path):
    key = ApiKeyFactory()
    UserFactory(customer=key.customer, username="nora@nordvik.example")
    (tmp_path / "kumquat-connect.php").write_text(DROP_IN.read_text().replace(PLACEHOLDER, live_server.url))
    keys = {"CUSTOMER_KEY": str(key.customer.number), "API_KEY": key.secret}

    said = run("connect-wordpress.md", tmp_path, KUMQUAT=live_server.url, **keys)

    assert '"status": "SUCCESS"' in said[3]
    assert Message.objects.get().user.username == "nora@nordvik.example"
    assert not (tmp_path / "wp-content" / "mu-plugins" / "kumquat-connect.php").exists()


@pytest.mark.parametrize("name", ["use-the-api.md", "connect-wordpress.md"])
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#:]+)\)", (TUTORIALS / name).read_text()):
        assert (TUTORIALS / target).resolve().exists(), target
