"""What a provider is to us: it takes one letter and says how that went."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar
from urllib.parse import SplitResult, urlsplit

from accounts.messages.reasons import Reason


class Outcome(Enum):
    """How handing over one letter went. Only TRY_LATER may be repeated without a person's wish."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    TRY_LATER = "try later"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Result:
    """An outcome, why (with the provider's status in `detail`), and how many seconds it wants to be left alone.

    `ails` says that the provider itself is in trouble, and not this one letter: the breaker counts that.
    """

    outcome: Outcome
    reason: Reason | None = None
    detail: str = ""
    retry_after: float = 0
    ails: bool = False
    provider: str = ""

    @property
    def words(self) -> str:
        """What the message's row keeps."""
        return f"{self.reason or ''} {self.detail}".strip()[:255]


LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Letter:
    """One rendered message. `id` is the same each time a message is sent, so that a provider can tell a repetition."""

    id: str
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    html: str = ""
    stop_url: str = ""
    customer: str = ""
    transaction: str = ""


class Unusable(ValueError):
    """An address from the environment that no gateway can use; the text says why, without the address's secrets."""


class Gateway:
    """A provider behind one address from EMAIL_URL, SMS_URLS or VOICE_URLS. Subclasses name schemes and channels."""

    schemes: ClassVar[tuple[str, ...]] = ()
    channels: ClassVar[tuple[str, ...]] = ()
    by_scheme: ClassVar[dict[str, type["Gateway"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for scheme in cls.schemes:
            if scheme in Gateway.by_scheme:
                raise ValueError(f"two gateways claim the scheme {scheme!r}")
            Gateway.by_scheme[scheme] = cls

    def __init__(self, url: str) -> None:
        """Read the address, and raise Unusable for one that cannot be right."""
        self.url = url
        self.parts: SplitResult = urlsplit(url)

    @property
    def name(self) -> str:
        """Names the provider on pages and in logs; nothing of the address but what is known to be no secret."""
        return self.parts.scheme

    def send(self, letter: Letter) -> Result:
        """Hand one letter over. Takes ten seconds at most, and raises nothing that it can foresee."""
        raise NotImplementedError
