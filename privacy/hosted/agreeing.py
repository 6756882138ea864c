"""The page that asks for agreement to a customer's terms, and the receipt, by which a yes is taken back as easily."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from accounts import agreeing as gate
from accounts import audit, names
from accounts.http import source_of
from accounts.verbs import people
from mfa.models import Visit
from privacy import mapping, texts, verbs
from privacy.hosted import asking
from privacy.hosted.asking import Asked
from privacy.models import Agreement, Text
from privacy.models.agreements import Way


def agree(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked, or take the answer. A no touches nothing: no row, no session, no message, no log line."""
    asked = asking.read(token)
    if asked is None:
        return render(request, "hosted/privacy/agree_over.html", status=410)
    text = _text(asked)
    if text is None or not _is_missing(asked):
        return _onward(asked, None) or render(request, "hosted/privacy/agree_not_needed.html", _context(asked))
    answer = request.POST.get("answer") if request.method == "POST" else None
    if answer == "deny":
        _forget_visit(asked)
        return render(request, "hosted/privacy/agree_declined.html", _context(asked))
    changed = False
    if answer == "agree":
        try:
            agreement = verbs.agree(
                asked.customer,
                asked.username,
                request.POST.get("shown", ""),
                text.language,
                audit.stranger(source_of(request)),
                way=Way.PAGE,
                site=asked.site,
            )
        except verbs.TextChanged:
            changed = True
        except (people.ErasedBefore, names.UnusableName):
            people.note_return(asked.customer, asked.username, audit.stranger(source_of(request)))
            return render(request, "hosted/privacy/agree_erased.html", _context(asked), status=409)
        else:
            return _onward(asked, agreement) or redirect("privacy:agreement", agreement.public_id)
    return render(request, "hosted/privacy/agree.html", {**_context(asked), **_shown(asked, text), "changed": changed})


def _forget_visit(asked: Asked) -> None:
    """Where the prompt led here: the visit goes, with the name that the site sent along. It has asked for nothing."""
    try:
        found = resolve(asked.next_path or "/")
    except Resolver404:
        return
    if found.view_name == "prompt:show":
        mine = Visit.objects.filter(customer=asked.customer, user__username=asked.username, transaction=None)
        mine.filter(public_id=found.kwargs["public_id"]).delete()


def _text(asked: Asked) -> Text | None:
    version = verbs.in_force(asked.customer) if asked.customer.terms_needed else None
    return verbs.text_in(version, get_language() or "") if version else None


def _is_missing(asked: Asked) -> bool:
    user = people.find_user(asked.customer, asked.username)
    return user is None or gate.is_missing(user, asked.customer)


def _onward(asked: Asked, agreement: Agreement | None) -> HttpResponse | None:
    return redirect(asked.next_path) if asked.next_path else None


def _context(asked: Asked) -> dict[str, Any]:
    site = asked.site
    where = site.name if site else asked.customer.name
    return {"customer": asked.customer, "where": where, "back": (site.url if site else "") or asked.customer.website}


def _shown(asked: Asked, text: Text) -> dict[str, Any]:
    """The text, what it replaces for who agreed to an earlier one, and what is held, in short."""
    user = people.find_user(asked.customer, asked.username)
    earlier = verbs.newest_agreement(user) if user else None
    before = verbs.text_of(earlier) if earlier and earlier.number != text.version.number else None
    given = [line for group in mapping.groups(end_users=True) for line in group.lines if line.label in _given()]
    return {
        "text": text,
        "html": texts.shown(text.body),
        "pairs": texts.compare(before.body, text.body) if before else [],
        "given": [line.label for line in given],
        "recipients": mapping.recipients(end_users=True),
    }


def _given() -> set[str]:
    """The labels of what a site sends about a person."""
    from accounts.models import User
    from privacy import words

    sent = ("username", "first_name", "email", "phone")
    return {str(words.LABELS[f"{User._meta.label}.{name}"]) for name in sent}


def agreement(request: HttpRequest, public_id: str) -> HttpResponse:
    """The receipt. Its address is known to who agreed; the one button takes the yes back."""
    found = _found(public_id)
    if request.method == "POST" and request.POST.get("answer") == "withdraw":
        by = audit.stranger(source_of(request))
        verbs.withdraw(found, by, way=Way.PAGE)
        return redirect("privacy:agreement", public_id)
    return render(request, "hosted/privacy/agreement.html", _receipt(found))


@require_GET
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same as a text file to keep, with the whole text that was agreed to."""
    found = _found(public_id)
    text = render_to_string("hosted/privacy/receipt.txt", _receipt(found), request)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="agreement-{found.number}.txt"'
    return response


def _found(public_id: str) -> Agreement:
    found = Agreement.objects.select_related("customer", "version", "site").filter(public_id=public_id[:22]).first()
    if found is None or found.user_id is None:
        raise Http404
    return found


def _receipt(found: Agreement) -> dict[str, Any]:
    text = verbs.text_of(found)
    html = texts.shown(text.body) if text else ""
    return {"customer": found.customer, "agreement": found, "text": text, "html": html}
