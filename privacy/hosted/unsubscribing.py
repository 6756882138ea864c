"""No more news: the page with one button, and the POST that a mail program sends by itself (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.http import source_of
from privacy.verbs import objecting, suppressing


@csrf_exempt  # a mail program has no page of ours; the token says what is meant, and it can do no harm
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and at the POST end the news to the address that the token stands for. It needs no sign-in."""
    hashed = suppressing.read(token)
    if hashed is None:
        return render(request, "hosted/privacy/news_unknown.html", status=404)
    if request.method != "POST":
        return render(request, "hosted/privacy/news_stop.html")
    objecting.object_to_news(hashed, audit.stranger(source_of(request)))
    return render(request, "hosted/privacy/news_stopped.html")
