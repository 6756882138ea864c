"""The last calls of each site, redacted, and when each key was last used: kept in Valkey, summed by beat.

A call is written at every sign-in, so it costs no database write, and no answer waits for it; what Valkey loses is
only this log.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import replay, valkey
from accounts.afterwards import Afterwards
from accounts.models import ApiKey, Customer, Site
from accounts.signing import Caller

log = structlog.get_logger()
KEPT = 50
LASTS = 14 * 86400
_CONNECTOR = re.compile(r"(?P<version>[\w.]{1,16})(?P<facts>(; ?[\w-]{1,20}=[\w.]{1,32}){0,8})", re.ASCII)

WORDS: dict[str, str | Promise] = {
    "": "",
    "clock": _("The site's clock differs from ours by more than five minutes. Set it by NTP."),
    "key": _("The signature does not match. Compare the API key's last four characters with those shown above."),
    "host": _("The call went to another host name than this server's. Point the plugin at the address shown above."),
    "customer": _("No customer has this number, or it has no live key."),
    "missing": _("The call was not signed. Sign the plugin in again."),
    "malformed": _("The body was not what this call takes."),
    "again": _("The same signed call was made twice; the second was refused."),
    "limit": _("A limit was reached. Sending limits shows which."),
    "mode": _("The plugin keeps its second factor on the site, so this call does nothing here."),
    "unknown_user": _("The site asked about a user that we do not know."),
    "refused": _("The person's answer was not right, or came too late."),
    "not_confirmed": _("Confirm your e-mail address first: until then codes go to that address only."),
    "not_ours": _("This call is not offered here."),
    "forbidden": _("A published client identifier was used for a call that needs your own key."),
    "failed": _("The call was answered with a refusal."),
}


@dataclass(frozen=True)
class Call:
    """One call as the dashboard shows it: no name, no address, no code."""

    at: datetime
    path: str
    auth_type: str
    ok: bool
    reason: str
    milliseconds: int
    plugin: str = ""
    connector: str = ""
    mode: str = ""

    @property
    def words(self) -> str | Promise:
        return WORDS.get(self.reason, WORDS["failed"])


@dataclass(frozen=True)
class _Noted:
    """A call as Valkey is told of it: its line, and in which list; the key that it used; what its site said."""

    place: str
    line: str
    use: replay.Use | None
    key: dict[str, int]
    said: dict[str, str]


def note(
    call: Call,
    caller: Caller | None,
    customer_id: UUID | None,
    users_on_site: str = "",
    use: replay.Use | None = None,
) -> None:
    """Append a call to its site's list, or to the customer's list of calls that no site's key matched."""
    if caller is None and customer_id is None:
        return
    place = f"calls:{caller.site.pk}" if caller is not None and caller.site else f"calls:customer:{customer_id}"
    line = json.dumps({**vars(call), "at": call.at.timestamp()})
    key, said = {}, {}
    if caller and caller.key and caller.site:
        key = {str(caller.key.pk): int(call.at.timestamp())}
        if call.connector:
            seen = {"connector": call.connector, "plugin": call.plugin, "mode": call.mode, "on_site": users_on_site}
            said = {str(caller.site.pk): json.dumps(seen)}
    _waiting.add(_Noted(place, line, use, key, said))


def finish_noting() -> None:
    """Let Valkey know of every call that this process has answered."""
    _waiting.finish()


def _list(batch: list[_Noted]) -> None:
    """Append many calls in one round trip."""
    lines: dict[str, list[str]] = defaultdict(list)
    used: dict[str, Any] = {}
    seen: dict[str, Any] = {}
    for noted in batch:
        lines[noted.place].append(noted.line)
        used |= noted.key
        seen |= noted.said

    def steps(pipe: Any) -> None:
        for use in filter(None, (noted.use for noted in batch)):
            replay.remember(pipe, use)
        for place, newest in lines.items():
            pipe.lpush(place, *newest[-KEPT:])
            pipe.ltrim(place, 0, KEPT - 1)
            pipe.expire(place, LASTS)
        for name, values in (("last_use", used), ("seen_sites", seen)):
            if values:
                pipe.hset(name, mapping=values)

    try:
        valkey.pipeline(steps)
    except valkey.Unreachable:
        log.info("calls were not listed", number=len(batch), reason="Valkey cannot be reached")


_waiting = Afterwards(_list)


def recent(site: Site) -> list[Call]:
    """The site's last calls, newest first; empty too while Valkey is away."""
    return _read(f"calls:{site.pk}")


def recent_unmatched(customer: Customer) -> list[Call]:
    """The last refused calls under the customer's number whose key matched none of its sites."""
    return _read(f"calls:customer:{customer.pk}")


def _read(place: str) -> list[Call]:
    finish_noting()
    try:
        entries: Iterable[Any] = valkey.ask(lambda client: client.lrange(place, 0, KEPT - 1))
    except valkey.Unreachable:
        return []
    return [Call(**{**entry, "at": datetime.fromtimestamp(entry["at"], UTC)}) for entry in map(json.loads, entries)]


def connector_facts(header: str) -> dict[str, str]:
    """What the drop-in says of itself: version, plugin, mode, users-on-site; empty for whatever is not that."""
    match = _CONNECTOR.fullmatch(header[:200].strip())
    if match is None:
        return {}
    facts = dict(part.strip().split("=", 1) for part in match["facts"].split(";") if part.strip())
    return {"version": match["version"], **facts}


def flush() -> None:
    """Write what was appended since the last time to the keys' and sites' rows: last use, versions, mode."""
    finish_noting()
    try:
        used, seen = valkey.ask(_take)
    except valkey.Unreachable:
        return
    for key in ApiKey.objects.filter(pk__in=list(used)).only("site_id", "last_used_at"):
        at = datetime.fromtimestamp(int(used[str(key.pk)]), UTC)
        if key.last_used_at is None or key.last_used_at < at:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
            Site.objects.filter(pk=key.site_id).update(last_call_at=at)
    for site_id, text in seen.items():
        _note_site(UUID(site_id), json.loads(text))


def _take(client: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Read and empty both lists at once, so that nothing appended meanwhile is lost."""
    pipe = client.pipeline(transaction=True)
    for name in ("last_use", "seen_sites"):
        pipe.hgetall(name)
        pipe.delete(name)
    used, _gone, seen, _gone_too = pipe.execute()
    return used, seen


def _note_site(site_id: UUID, seen: dict[str, str]) -> None:
    mode = seen["mode"] if seen["mode"] in Site.Mode.values else Site.Mode.UNKNOWN
    on_site = int(seen["on_site"][:9]) if seen["on_site"].isdigit() else None
    Site.objects.filter(pk=site_id).update(
        connector_version=seen["connector"][:32], plugin_version=seen["plugin"][:32], mode=mode, users_on_site=on_site
    )


def now() -> datetime:
    """The time that a call is listed under."""
    return timezone.now()
