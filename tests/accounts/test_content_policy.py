"""The policy that is made once is django-csp's own, and gives way where another is wanted."""

import pytest
from csp.constants import HEADER
from csp.decorators import csp_exempt, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from accounts.content_policy import ContentPolicyMiddleware


def plain(request):
    return HttpResponse("")


@csp_update({"form-action": ["https://site.example"]})
def updated(request):
    return HttpResponse("")


@csp_exempt()
def exempt(request):
    return HttpResponse("")


def with_header(request):
    return HttpResponse("", headers={HEADER: "default-src https:"})


def with_nonce(request):
    return HttpResponse(str(request.csp_nonce))


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("view", [plain, updated, exempt, with_header], ids=lambda view: view.__name__)
def test_the_header_is_the_one_that_django_csp_gives(rf, settings, view, debug):
    settings.DEBUG = debug

    ours, theirs = (kind(view)(rf.get("/")).headers.get(HEADER) for kind in (ContentPolicyMiddleware, CSPMiddleware))

    assert parts(ours) == parts(theirs)


def parts(header):
    """Its directives, whose order says nothing."""
    return None if header is None else sorted(header.split("; "))


def test_a_view_may_widen_its_own_policy(rf):
    assert "form-action 'self' https://site.example" in ContentPolicyMiddleware(updated)(rf.get("/")).headers[HEADER]


def test_a_nonce_that_a_page_used_is_left_to_django_csp(rf, settings):
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'none'"]}}

    assert "default-src" in ContentPolicyMiddleware(plain)(rf.get("/")).headers[HEADER]
    assert ContentPolicyMiddleware(with_nonce)(rf.get("/")).content
