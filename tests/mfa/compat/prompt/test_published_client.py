"""The published Python client, unmodified, over TLS with a certificate of the test's own; and the tutorial with it."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from duo_universal.client import Client, DuoException  # type: ignore[import-untyped]

from mfa.models import Authenticator
from tests.e2e.server import free_port
from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt import tls
from tests.mfa.compat.prompt.person import Person
from tests.mfa.compat.prompt.site import app_code

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning"),  # the client's own
]
TUTORIAL = Path(__file__).parents[4] / "docs/tutorials/protect-a-python-site.md"
CALLBACK = "https://nordvik.example/callback"


@pytest.fixture
def proxy(live_server, tmp_path) -> Iterator[tls.Proxy]:
    with tls.before(int(live_server.url.rpartition(":")[2]), tmp_path) as started:
        yield started


@pytest.fixture
def pair():
    made = PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")
    AuthenticatorFactory(user=UserFactory(customer=made.customer, username="nora", email=""))
    return made


def found(pattern: str, text: str, flags: int = 0) -> re.Match[str]:
    match = re.search(pattern, text, flags)
    assert match, pattern
    return match


def published(pair, proxy, **changed):
    given = {"client_id": pair.client_id, "client_secret": pair.secret, "duo_certs": str(proxy.ca)} | changed
    return Client(host=proxy.host, redirect_uri=CALLBACK, **given)


def come_back(person: Person, url: str) -> dict[str, str]:
    """Prove oneself at the prompt; what the browser is led back to the site with."""
    person.open(url)
    token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', person.here.text)[1]
    given = {"csrfmiddlewaretoken": token, "code": app_code()}
    response = person.browser.post(person.here.url, given, allow_redirects=False, timeout=30)
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


@pytest.mark.parametrize("use_duo_code", [True, False])
@pytest.mark.product("prompt-6", "core-3")
def test_the_published_client_signs_somebody_in_over_tls(pair, proxy, use_duo_code):
    client = published(pair, proxy, use_duo_code_attribute=use_duo_code)
    assert client.health_check()["stat"] == "OK"
    state, nonce = client.generate_state(), client.generate_state()

    told = come_back(Person(str(proxy.ca)), client.create_auth_url("nora", state, nonce=nonce))
    assert told["state"] == state
    code = told["duo_code" if use_duo_code else "code"]
    token = client.exchange_authorization_code_for_2fa_result(code, "nora", nonce=nonce)

    assert token["auth_result"]["result"] == "allow"
    with pytest.raises(DuoException, match="invalid_grant"):
        client.exchange_authorization_code_for_2fa_result(code, "nora", nonce=nonce)


@pytest.mark.product("prompt-9")
def test_the_published_client_refuses_who_is_not_whom_the_site_meant(pair, proxy):
    client = published(pair, proxy)
    for name, nonce in (("olav", None), ("nora", "another nonce than was sent")):
        Authenticator.objects.update(last_step=-1)  # the same code again, within its half minute
        code = come_back(Person(str(proxy.ca)), client.create_auth_url("nora", client.generate_state()))["duo_code"]
        with pytest.raises(DuoException, match="invalid"):
            client.exchange_authorization_code_for_2fa_result(code, name, nonce=nonce)


def test_the_published_client_says_what_is_wrong(pair, proxy):
    with pytest.raises(DuoException, match="invalid_client"):
        published(pair, proxy, client_secret="x" * 40).health_check()  # a wrong one
    with pytest.raises(DuoException, match="CERTIFICATE_VERIFY_FAILED"):
        published(pair, proxy, duo_certs=None).health_check()


# --- The tutorial


@pytest.fixture
def tutorial(pair, proxy, tmp_path) -> Iterator[str]:
    """The tutorial's own site, run with its own commands."""
    text = TUTORIAL.read_text()
    (tmp_path / "site.py").write_text(found(r"```python\n(.*?)```", text, re.DOTALL)[1])
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert "pip install duo_universal" in commands
    run = found(r"^export .*\npython site\.py$", commands, re.MULTILINE)[0]
    for name, value in {
        "second-factor.example": proxy.host,
        "CLIENT_ID=DI…": f"CLIENT_ID={pair.client_id}",
        "CLIENT_SECRET=…": f"CLIENT_SECRET={pair.secret}",
        "python site.py": f"exec '{sys.executable}' -W ignore site.py",
    }.items():
        assert name in run
        run = run.replace(name, value)
    port = free_port()
    pair.redirects = [{"uri": f"http://localhost:{port}/callback", "any_query": False}]
    pair.save()
    env = {"PORT": str(port), "CA_FILE": str(proxy.ca), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(["bash", "-c", run], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL) as process:
        try:
            yield answering(f"http://localhost:{port}/")
        finally:
            process.kill()


def answering(url: str) -> str:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            httpx.get(url, timeout=5)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return url
    raise AssertionError("the tutorial's site does not answer")


@pytest.mark.product("docs-1")
def test_the_tutorials_site_asks_for_the_second_factor_and_lets_in_with_it(tutorial, proxy):
    nora = Person(str(proxy.ca))
    assert "Wrong name" in nora.post_to(tutorial, name="nora", password="wrong")  # a wrong one
    prompt = nora.post_to(tutorial, name="nora", password="correct horse battery")  # the tutorial's
    assert "Type the code" in prompt

    assert "Signed in as nora, with a second factor." in nora.post(nora.here.url, code=app_code()).text


def test_the_tutorials_site_lets_nobody_in_without_it(tutorial, proxy):
    nora = Person(str(proxy.ca))
    nora.post_to(tutorial, name="nora", password="correct horse battery")  # the tutorial's
    page = nora.post(f"{nora.here.url}cancel/").text
    back = found(r'href="(http://localhost[^"]+)"', page)[1].replace("&amp;", "&")

    assert "Not signed in" in nora.open(back).text
    assert "did not begin here" in nora.open(f"{tutorial}callback?state=x&duo_code=y").text
