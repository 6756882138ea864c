"""Who calls: the client of an assertion, authenticated; or the one that a request names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from mfa.compat.prompt import tokens
from mfa.compat.prompt.tokens import Refused
from mfa.models import PromptClient
from mfa.verbs import redeeming

LENGTH = 20
USED_EVERY = timedelta(minutes=1)  # so often at most a client's last use is written down


@dataclass(frozen=True)
class Caller:
    """A client that has proven itself, the secret that it signed with, and the endpoint that it meant to call."""

    client: PromptClient
    secret: str
    endpoint: str


def find(client_id: str) -> PromptClient | None:
    """The client of this id, whose site and customer are in business; None for any other."""
    if len(client_id) != LENGTH or not client_id.isascii() or not client_id.isalnum():
        return None
    rows = PromptClient.objects.select_related("site", "customer")
    stopped = {"site__archived_at": None, "customer__suspended_at": None, "customer__closed_at": None}
    return rows.filter(client_id=client_id, customer__keys_stopped_at=None, **stopped).first()


def authenticated(parameters: Mapping[str, str], path: str) -> Caller:
    """The client of this call's assertion, which is good for this endpoint and once. Raises Refused."""
    assertion = parameters.get("client_assertion", "")
    named = parameters.get("client_id") or tokens.claimed_client(assertion)  # Java sends none
    client = find(named)
    if client is None:
        raise Refused("unknown client")
    claims, secret = tokens.read(assertion, client)
    jti = tokens.check_assertion(claims, client, path)
    lasts = tokens.LONGEST_LIFE + 2 * tokens.LEEWAY
    if not redeeming.use_assertion(client, jti, lasts):
        raise Refused("jti was used before")
    _note_use(client)
    return Caller(client, secret, tokens.audience(claims))


def _note_use(client: PromptClient) -> None:
    now = timezone.now()
    if client.last_used_at is None or client.last_used_at < now - USED_EVERY:
        old = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        PromptClient.objects.filter(old, pk=client.pk).update(last_used_at=now)
