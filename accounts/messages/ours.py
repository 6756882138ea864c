"""The kinds of message that accounts itself sends, and what each template is given.

confirm_email, reset_password, change_email     a link
already_registered, password_changed            nothing
email_change_asked, email_changed               to, from: masked addresses
invitation                                      a link; by, role
role_changed, left_team                         role
ticket_answered                                 subject; the answer as the message's body
notice                                          subject; a site's own text as the message's body
user_let_in                                     until (ISO 8601), reason, username; owner when an owner is told
closing_asked                                   by; until (ISO 8601), keys_stop
closing_taken_back                              by
closed                                          name of the customer
webhook_stopped                                 name of the endpoint, why
test                                            nothing
"""

import re
from datetime import datetime
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.timesince import timesince

from accounts import links
from accounts.messages import rendering
from accounts.messages.kinds import Rendered, Renderer, Withdrawn, from_templates, register
from accounts.models import Message, Role

_LINE_ENDS = re.compile(r"<(br|/p|/div|/tr|/li|/h\d)\b[^>]*>", re.IGNORECASE)
HOUR = 3600
DAY = 24 * HOUR


def register_all() -> None:
    """Make them known to the outbox."""
    register("accounts.confirm_email", with_link("accounts/confirm_email"), lasts=3 * DAY)
    register("accounts.reset_password", with_link("accounts/reset_password"), lasts=HOUR)
    register("accounts.change_email", with_link("accounts/change_email"), lasts=HOUR)
    register("accounts.invitation", with_link("accounts/invitation"), lasts=7 * DAY)
    register("accounts.role_changed", with_role("accounts/role_changed"))
    register("accounts.left_team", with_role("accounts/left_team"))
    register("accounts.ticket_answered", from_templates("accounts/ticket_answered"), lasts=3 * DAY, has_body=True)
    register("accounts.notice", notice, lasts=3 * DAY, has_body=True)
    register("accounts.user_let_in", let_in)
    register("accounts.closing_asked", closing_asked, lasts=3 * DAY)
    register("accounts.closing_taken_back", from_templates("accounts/closing_taken_back"), lasts=3 * DAY)
    register("accounts.closed", from_templates("accounts/closed"), lasts=3 * DAY)
    register("accounts.webhook_stopped", from_templates("accounts/webhook_stopped"), lasts=3 * DAY)
    register("accounts.test", from_templates("accounts/test"), lasts=HOUR)
    for name in ("already_registered", "password_changed", "email_change_asked", "email_changed"):
        register(f"accounts.{name}", from_templates(f"accounts/{name}"))


def with_link(template: str) -> Renderer:
    """A renderer for a mail with a link: withdrawn once the link is over, or when it was made for nobody.

    A password is asked for with the same rows whether or not the address is known (security.md S21); it is here that
    the unknown one's message ends.
    """

    def render(message: Message) -> Rendered:
        link = message.link
        if link is None or (link.user_id is None and not link.about) or not links.is_open(link):
            raise Withdrawn
        return rendering.render(template, message, lasts=timesince(link.created_at, link.expires_at), **_role(message))

    return render


def with_role(template: str) -> Renderer:
    """A renderer for notices about a member's role."""
    return lambda message: rendering.render(template, message, **_role(message))


def let_in(message: Message) -> Rendered:
    """That someone may come in once without their second factor, told to them and to the owners."""
    return rendering.render("accounts/user_let_in", message, until=_until(message))


def closing_asked(message: Message) -> Rendered:
    """That the account closes at a date unless an owner takes it back."""
    return rendering.render("accounts/closing_asked", message, until=_until(message))


def notice(message: Message) -> Rendered:
    """What a site asked us to carry to one of its own people. Plugins write HTML; of that only the words are kept."""
    text = unescape(strip_tags(_LINE_ENDS.sub("\n", message.body or "")))
    return rendering.render("accounts/notice", message, body=text.strip())


def _until(message: Message) -> datetime:
    return datetime.fromisoformat(message.context["until"])


def _role(message: Message) -> dict[str, Any]:
    role = message.context.get("role")
    return {"role_name": Role(role).label} if role else {}
