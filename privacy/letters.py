"""The kinds of message that privacy sends, and what each template is given.

new_version     document (terms or privacy), number, changes (in the message's language), path
request_news    to the person: what happened, kind and state in words, page
request_waits   to whoever decides: the same, due
erasure_asked   to the person on every channel: ready (a moment), url of the link that calls it off,
                receipt (where what was done can be read afterwards)
mail_received   to whoever wrote to the published address: url of the page that shows what came of it
announcement    to a member who asked for news: title, paragraphs, stop_url
inactive        to somebody who has not signed in for long: months, until (a moment)
measure_review  to staff: reference of the measure, path of its page
site_pending    to whoever decides: site (its name), path of the page where a member confirms
address_changed to an address that is no longer the person's: address (the new one, masked)
"""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.messages import kinds, rendering
from accounts.messages.kinds import Rendered, Withdrawn, from_templates, register
from accounts.models import Message
from privacy import texts
from privacy.models import Announcement, PrivacyRequest
from privacy.moves import Kind, State
from privacy.verbs import idling, measuring, news, receiving, siting, suppressing, telling

DAY = 86400


def register_all() -> None:
    """Make them known to the outbox."""
    register("privacy.new_version", from_templates("privacy/new_version"), lasts=7 * DAY)
    register(telling.NEWS, about_request("privacy/request_news"), lasts=3 * DAY)
    register(telling.WAITS, about_request("privacy/request_waits"), lasts=3 * DAY)
    register(telling.COOLING, about_request("privacy/erasure_asked"), lasts=DAY)
    register(receiving.KIND, from_templates("privacy/mail_received"), lasts=3 * DAY)
    register(news.KIND, announcement, lasts=3 * DAY)
    register(idling.INACTIVE, _inactive, lasts=7 * DAY)
    register(measuring.REVIEW, from_templates("privacy/measure_review"), lasts=7 * DAY)
    register(siting.KIND, from_templates("privacy/site_pending"), lasts=3 * DAY)
    register(telling.CHANGED, by_channel("privacy/address_changed"), lasts=DAY)


def by_channel(template: str) -> kinds.Renderer:
    """A renderer of what a text message carries as well, in fewer words."""
    return lambda message: rendering.render(_named(template, message), message)


def announcement(message: Message) -> Rendered:
    """News as its reader reads it. Withdrawn for who objected, took the consent back or never gave it."""
    row = Announcement.objects.filter(public_id=message.context["announcement"]).first()
    if row is None or not news.may_go(message):
        raise Withdrawn
    text, stop_url = row.text(message.language), suppressing.url(message.to)
    body = {"title": text["title"], "plain": text["body"], "blocks": texts.shown(text["body"])}
    made = rendering.render("privacy/announcement", message, stop_url=stop_url, **body)
    return replace(made, stop_url=stop_url)


def about_request(template: str) -> kinds.Renderer:
    """A renderer whose template gets the request's kind and state in words; Withdrawn with the erasure."""

    def render(message: Message) -> Rendered:
        said = message.context
        if message.kind == telling.COOLING and not _is_cooling(said["request"]):
            raise Withdrawn
        facts = {
            "kind": Kind(said["kind"]).label,
            "state": State(said["state"]).label,
            "due": _moment(said.get("due", "")),
            "ready": _moment(said.get("ready", "")),
            "page": _page(message),
            "receipt": settings.PUBLIC_URL + reverse("privacy:erasure", args=[said["request"]]),
        }
        return rendering.render(_named(template, message), message, **facts)

    return render


def _inactive(message: Message) -> Rendered:
    facts = {"until": _moment(message.context["until"])}
    return rendering.render(_named("privacy/inactive", message), message, **facts)


def _page(message: Message) -> str:
    """Where the request can be seen: on the person's own pages, their account's page, or in the queue."""
    if message.kind == telling.WAITS:
        return reverse("privacy_console:request", args=[message.context["request"]])
    if message.user is not None and rendering.own_pages(message):
        return reverse("rights:request", args=[message.customer.slug, message.context["request"]])
    return reverse("privacy_console:mine")


def _is_cooling(public_id: str) -> bool:
    return PrivacyRequest.objects.filter(public_id=public_id, state=State.COOLING).exists()


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _named(template: str, message: Message) -> str:
    return template if message.channel == Message.Channel.EMAIL else f"{template}_sms"
