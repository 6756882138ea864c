"""Providers, one file each, found by the scheme of their address; send() tries a channel's providers in order."""

import pkgutil
from functools import cache
from importlib import import_module
from urllib.parse import urlsplit

from django.conf import settings

from accounts.gateways.breaker import Breaker
from accounts.gateways.contract import Gateway, Letter, Outcome, Result, Unusable
from accounts.messages.reasons import Reason

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def addresses(channel: str) -> list[str]:
    """The addresses that the environment names for a channel, in the order in which they are tried."""
    by_channel = {
        "email": [settings.EMAIL_URL] if settings.EMAIL_URL else [],
        "sms": settings.SMS_URLS,
        "voice": settings.VOICE_URLS,
    }
    return list(by_channel[channel])


def offers(channel: str) -> bool:
    """Whether anything can be sent by a channel at all."""
    return bool(addresses(channel))


@cache
def gateway(url: str) -> tuple[Gateway, Breaker]:
    """The gateway for an address, kept with its breaker for the life of the process. Raises Unusable."""
    kind = Gateway.by_scheme.get(urlsplit(url).scheme)
    if kind is None:
        raise Unusable(f"no gateway knows the scheme {urlsplit(url).scheme!r}")
    return kind(url), Breaker()


def names(channel: str) -> list[str]:
    """The names of the providers that may be given what is sent by a channel, without their secrets."""
    found = []
    for url in addresses(channel):
        try:
            found.append(gateway(url)[0].name)
        except Unusable:  # `manage.py check` has said so, and nothing is handed to it
            continue
    return found


def problems() -> list[str]:
    """What is wrong with the addresses in the environment, a sentence each, without their secrets."""
    found = []
    for variable, channel in (("EMAIL_URL", "email"), ("SMS_URLS", "sms"), ("VOICE_URLS", "voice")):
        for url in addresses(channel):
            try:
                chosen, _breaker = gateway(url)
            except Unusable as error:
                found.append(f"{variable}: {error}.")
                continue
            if channel not in chosen.channels:
                found.append(f"{variable}: {chosen.name} cannot send by this channel.")
    return found


def send(letter: Letter) -> Result:
    """Hand a letter to the channel's providers in order, until one takes it or nobody knows whether it did.

    Never on to the next one after UNKNOWN: it may have arrived. If any of those that did not take it may later, so may
    we.
    """
    result = Result(Outcome.REFUSED, Reason.NO_PROVIDER)
    for url in addresses(letter.channel):
        latest = _send_by(url, letter)
        if latest.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            return latest
        if result.outcome is not Outcome.TRY_LATER or latest.outcome is Outcome.TRY_LATER:
            result = latest
    return result


def _send_by(url: str, letter: Letter) -> Result:
    try:
        chosen, breaker = gateway(url)
    except Unusable:  # `manage.py check` has said so, see problems()
        return Result(Outcome.REFUSED, Reason.NO_PROVIDER)
    if rest := breaker.wait():
        result = Result(Outcome.TRY_LATER, Reason.RESTING, retry_after=rest)
    else:
        result = chosen.send(letter)
        breaker.note(result)
    return Result(**{**result.__dict__, "provider": chosen.name})
