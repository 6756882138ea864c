"""The operator's privacy notice: the version in force, and earlier ones at addresses of their own."""

from html import unescape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts import legal
from accounts.verbs.customers import operator
from privacy import policy, texts, verbs
from privacy.models import Version


@require_safe
def notice(request: HttpRequest, label: str = "") -> HttpResponse:
    """One version in the reader's language, with the hash that proves what it said."""
    newest = legal.VERSIONS[legal.PRIVACY]
    label = label or newest
    if label not in policy.labels():
        raise Http404
    language = get_language() if get_language() in dict(settings.LANGUAGES) else "en"
    text = policy.text(label, language or "en")
    context = {
        "text": mark_safe(text),  # noqa: S308  # a template's own output
        "sha256": texts.digest(text),
        "label": label,
        "newest": newest,
        "labels": policy.labels(),
        "language": language,
    }
    return render(request, "hosted/privacy/notice.html", context)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The notice in force beside the one before it."""
    language = get_language() or "en"
    found = [verbs.text_in(version, language) for version in verbs.versions(operator(), Version.Document.PRIVACY)[:2]]
    text, before = (*found, None, None)[:2]
    pairs = texts.compare(_plain(before.body), _plain(text.body)) if text and before else []
    context = {"text": text, "pairs": [pair for pair in pairs if pair.state != "same"]}
    return render(request, "hosted/privacy/notice_changes.html", context)


def _plain(html: str) -> str:
    """The words of a notice, a line for each block."""
    return unescape(strip_tags(html))
