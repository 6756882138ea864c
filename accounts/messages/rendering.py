"""render(): a message's templates, filled in with what every message may say."""

import re
from copy import copy
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template import Context, Engine
from django.urls import reverse

from accounts import links
from accounts.messages.kinds import Rendered
from accounts.models import Customer, Message

_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


def render(template: str, message: Message, **extra: Any) -> Rendered:
    """Render templates/messages/<template>: .txt, and for e-mail .subject.txt and .html too.

    The language is the caller's (`delivery.compose` has activated the message's). What templates may use, beside the
    message's own context and `extra`: customer, site, user, operator, public_url, host (where a code is typed in, for
    phones that fill it in), own_pages (where end users see what is theirs), phrase, and url when the message has a
    link. In text nothing is escaped; in HTML everything is.
    """
    context = {
        **message.context,
        "customer": named(message.customer),
        "site": message.site,
        "user": message.user,
        "language": message.language,
        "operator": {"name": settings.OPERATOR_NAME, "contact": settings.OPERATOR_CONTACT},
        "public_url": settings.PUBLIC_URL,
        "host": host_of(message),
        "own_pages": own_pages(message),
        "phrase": phrase_of(message),
        **({"url": links.url(message.link)} if message.link else {}),
        **({"body": message.body} if message.body is not None else {}),
        **extra,
    }
    if message.customer.confirmed_at is None:
        context["site"] = None  # its name is the customer's to choose, see `named`
    text = _BLANK_LINES.sub("\n\n", _fill(f"{template}.txt", context)).strip()
    if message.channel != Message.Channel.EMAIL:
        return Rendered("", text)  # the code for phones that fill it in must be the last line
    subject = _SPACES.sub(" ", _fill(f"{template}.subject.txt", context)).strip()
    return Rendered(subject, text + "\n", _fill(f"{template}.html", {**context, "subject": subject}))


def named(customer: Customer) -> Customer:
    """The customer as messages name it: as the operator until it has confirmed its address.

    Until then whoever registered chose both the name and where the messages go: it would be a stranger's text in
    anybody's mailbox (security.md S23).
    """
    if customer.confirmed_at is not None or not settings.OPERATOR_NAME:
        return customer
    shown = copy(customer)
    shown.name = settings.OPERATOR_NAME
    return shown


def own_pages(message: Message) -> str:
    """The address of the end user's own pages, or nothing for members, staff and who is no user yet."""
    user, customer = message.user, message.customer
    if user is None or user.customer_id != customer.pk or user.is_staff:
        return ""
    if customer.is_operator and user.memberships.exists():
        return ""
    return settings.PUBLIC_URL + reverse("me:home", args=[customer.slug])


def phrase_of(message: Message) -> str:
    """The person's own phrase, for notices to the address that is theirs; codes and other addresses go without."""
    user = message.user
    is_theirs = user is not None and own_pages(message) and message.to == user.email and not message.is_code
    return (user.phrase or "") if user is not None and is_theirs else ""


def host_of(message: Message) -> str:
    """The host name of the page that asks for a code: the site's, or ours when the site has no address."""
    return urlsplit(message.site.url if message.site else "").hostname or urlsplit(settings.PUBLIC_URL).hostname or ""


def _fill(name: str, context: dict[str, Any]) -> str:
    template = Engine.get_default().get_template(f"messages/{name}")
    return template.render(Context(context, autoescape=name.endswith(".html")))
