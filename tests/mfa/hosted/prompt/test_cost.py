"""What each step of the prompt costs, as docs/performance.md states it: queries, and the weight of its page."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import HEALTH, Site, app_code, health, lead, returned
from tests.mfa.compat.test_cost import queries

pytestmark = pytest.mark.django_db
STATED = Path(__file__).parents[4] / "docs/performance.md"
LIMIT = 100_000  # bytes of a page and all that it loads, without images
ROW = re.compile(r"^\| prompt: ([^|]+?) \| (\d+) \|", re.MULTILINE)


@pytest.fixture
def site():
    pair = PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")
    AuthenticatorFactory(user=UserFactory(customer=pair.customer, username="nora", email="nora@nordvik.example"))
    made = Site(pair)
    return made


@pytest.mark.product("core-6")
def test_every_step_costs_what_the_page_states(client, site):
    health(client, site, site.assertion(HEALTH))  # once a minute a call notes the last use as well
    lead(client, site, "nora")  # a first visit begins the person's history, and this process reads what risk looks at
    kept = {}
    steps = {
        "health check": lambda: health(client, site, site.assertion(HEALTH)),
        "authorize": lambda: kept.update(path=lead(client, site, "nora")),
        "first look, an app": lambda: client.get(kept["path"]),
        "the page again": lambda: client.get(kept["path"]),
        "a mailed link in its place": lambda: client.post(f"{kept['path']}way/", {"method": "email_link"}),
        "a poll of the waiting page": lambda: client.get(f"{kept['path']}poll/"),
        "back to the app": lambda: client.post(f"{kept['path']}way/", {"method": "totp"}),
        "a wrong code": lambda: client.post(kept["path"], {"code": "000000"}),
        "a right code, and back": lambda: kept.update(back=client.post(kept["path"], {"code": app_code()})),
        "exchange": lambda: kept.update(answer=site.exchange(client, returned(kept["back"])["duo_code"])),
    }
    spent = {name: len(queries(step)) for name, step in steps.items()}

    assert kept["answer"].status_code == 200
    assert spent == {name: int(number) for name, number in ROW.findall(STATED.read_text())}


def weight_of(page):
    """The page and what it loads, as sent to a browser that asks for no compression; images are not counted."""
    named = re.findall(r'<(?:script|link)[^>]*(?:src|href)="/static/([^"]+)"', page.decode())
    loaded = {name: Path(str(finders.find(name))).read_bytes() for name in named if not name.endswith(".svg")}
    assert {"css/base.css", "css/components/prompt.css"} < set(loaded)
    return {"page": page} | loaded


@pytest.mark.product("core-7")
def test_the_page_with_all_that_it_loads_is_light(client, site):
    weight = weight_of(client.get(lead(client, site, "nora")).content)

    assert sum(len(content) for content in weight.values()) < LIMIT
    assert not any("htmx" in name for name in weight)


@pytest.mark.product("core-7")
def test_the_page_that_waits_for_a_link_is_light_as_it_is_sent(client, site):
    path = lead(client, site, "nora")
    client.post(f"{path}way/", {"method": "email_link"})
    weight = weight_of(client.get(path).content)
    packed = {name: content if name.endswith("woff2") else gzip.compress(content) for name, content in weight.items()}

    assert "vendor/htmx/htmx.min.js" in weight
    assert sum(len(content) for content in packed.values()) < LIMIT
