"""docs/protocol.md names every call of the dialect, every reason of a refusal and what the drop-in hooks into."""

import re

import pytest
from django.conf import settings
from django.utils import translation

from accounts.calls import WORDS
from accounts.console.connect import DROP_IN
from mfa.compat.miniorange.urls import urlpatterns

PAGE = (settings.BASE_DIR / "docs" / "protocol.md").read_text()
PATHS = [str(pattern.pattern) for pattern in urlpatterns if "<" not in str(pattern.pattern)]
HOOKS = [
    "pre_http_request",
    "http_request_args",
    "https_ssl_verify",
    "is_onprem",
    "mo2f_host_name",
    "kumquat_connect_refuses",
]


@pytest.mark.product("dialect-5")
@pytest.mark.parametrize("path", PATHS)
def test_every_call_is_described(path):
    assert f"`{path}`" in PAGE


@pytest.mark.product("dialect-5")
@pytest.mark.parametrize("reason", [reason for reason in WORDS if reason])
def test_every_reason_of_a_refusal_has_something_to_do_about_it(reason):
    with translation.override("en"):
        assert f"| {WORDS[reason]} |" in PAGE


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_of_the_drop_in_is_explained_and_there(hook):
    assert hook in PAGE
    assert hook in DROP_IN.read_text()


def test_its_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (settings.BASE_DIR / "docs" / target).exists(), target
