"""The words that methods, verbs and faces share: what a method is, what it asks, and how an answer went."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance

if TYPE_CHECKING:
    from accounts.models import User
    from mfa.models import Authenticator, Transaction

Words = str | Promise


class Verdict(StrEnum):
    """How one response to a transaction went. Verdicts are returned, never raised."""

    PASSED = "passed"
    WRONG = "wrong"
    REPLAYED = "replayed"  # a right code that was seen before
    THROTTLED = "throttled"
    EXPIRED = "expired"


class Match(Enum):
    """What a method says of a response, before counters and states are considered."""

    RIGHT = "right"
    WRONG = "wrong"
    SEEN = "seen"


class Reason(StrEnum):
    """Why nothing was begun."""

    NOT_CONFIRMED = "not_confirmed"  # the customer has not confirmed its e-mail address
    SUSPENDED = "suspended"
    UNKNOWN_USER = "unknown_user"
    DISABLED = "disabled"
    NOT_ENROLLED = "not_enrolled"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    NOT_OFFERED = "not_offered"  # no provider for the channel, or a kind of number that is never texted
    COUNTRY = "country"
    LIMITED = "limited"
    WAITING = "waiting"  # too many wrong answers just now
    ERASED = "erased"
    CONSENT = "consent_required"  # the person has not agreed to the terms of the customer in force
    POLICY = "policy"  # the customer's policy does not let this method serve here


@dataclass(frozen=True)
class Refusal:
    """Nothing was begun, written or sent. `wait` is in seconds, 0 when waiting does not help."""

    reason: Reason
    wait: int = 0


@dataclass(frozen=True)
class Delivery:
    """One message on its way: by which channel, to which address (in full, for the caller who gave it)."""

    channel: str
    address: str


@dataclass(frozen=True)
class Prompt:
    """What a challenge shows: where a code went, for KBA the questions, and what a page's script hands the browser."""

    deliveries: tuple[Delivery, ...] = ()
    questions: tuple[str, ...] = ()
    options: dict[str, Any] | None = None


@dataclass(frozen=True)
class Begun:
    """An open transaction and its prompt."""

    transaction: "Transaction"
    prompt: Prompt


@dataclass(frozen=True)
class Judged:
    """A verdict with what a face may need to say about it. `wait` is in seconds; `tries_left` of this transaction.

    `tries_left` is None where nothing counts them: while something is set up. `authenticator` is the one that passed or
    was enrolled, None otherwise.
    """

    verdict: Verdict
    wait: int = 0
    tries_left: int | None = 0
    authenticator: "Authenticator | None" = None


@dataclass(frozen=True)
class Addresses:
    """Where a user can be reached, as far as is known."""

    email: str = ""
    phone: str = ""


METHODS: dict[str, "Method"] = {}


class Method(ABC):
    """A way to authenticate: one subclass, one file in mfa/methods/, one instance in METHODS.

    A method judges; it never counts, closes or writes audit records: verbs do, under the row lock that they hold.
    """

    key: ClassVar[str]
    label: ClassVar[Words]
    hint: ClassVar[Words]  # a short line below the label where ways are listed
    about_data: ClassVar[Words]  # which data it needs and who receives it: shown before it is added
    icon: ClassVar[str] = "key-round"  # of static/img/icons.svg
    assurance: ClassVar[Assurance]
    compat_names: ClassVar[tuple[str, ...]] = ()
    channels: ClassVar[tuple[str, ...]] = ()  # by which its challenge is sent
    needs_enrolment: ClassVar[bool] = True  # False when an address is enough
    is_proved: ClassVar[bool] = True  # False when enrolment ends without a proof, since nothing is left to prove
    is_own: ClassVar[bool] = True  # False for what others give a person, who cannot add it themselves
    is_standby: ClassVar[bool] = False  # a way back in: never counts as having a second factor
    has_several: ClassVar[bool] = False  # a person may have more than one; the response says which answers
    asks_questions: ClassVar[bool] = False  # its response is a list of answers
    polls: ClassVar[bool] = False  # the answer comes by a link, the site asks how it went
    identifies: ClassVar[bool] = False  # its response also says who answers, so that no name need be typed
    rank: ClassVar[int] = 50  # where it stands among equals in what may be added; the lowest first
    suggestions: ClassVar[tuple[Words, ...]] = ()  # questions that a page proposes, where it asks some
    notes: ClassVar[tuple[str, ...]] = ()  # what a judgement may change on the authenticator besides its counters
    wrong: ClassVar[Words] = _("That code is not right.")  # what a page says of a wrong response
    unusable: ClassVar[Words] = _("That cannot be used.")  # what it says of what was given to enrol and is no good
    prompt_factor: ClassVar[str] = "passcode"  # what the prompt's clients are told of it (prompt-protocol §8)
    prompt_reason: ClassVar[str] = "valid_passcode"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not hasattr(cls, "key"):
            return
        if cls.key in METHODS:
            raise ValueError(f"method {cls.key!r} is registered twice")
        METHODS[cls.key] = cls()

    def challenge(self, txn: "Transaction", authenticator: "Authenticator | None", to: Addresses) -> Prompt:
        """Ask: queue what must be sent and say what the person sees. Nothing to do for a code that an app shows.

        The transaction has its ids but is not saved yet, so a method may note on it what it asked.
        """
        return Prompt()

    def again(self, txn: "Transaction", authenticator: "Authenticator | None") -> Prompt:
        """What the challenge of an open transaction showed, for a page that is loaded again. Sends nothing."""
        return Prompt()

    @abstractmethod
    def judge(self, txn: "Transaction", authenticator: "Authenticator | None", response: Any, at: datetime) -> Match:
        """Whether a response is right. May note on the authenticator (unsaved) what must not be used twice."""

    def address_of(self, to: Addresses) -> str:
        """The address that an authenticator of this method stands for; empty when one is lacking or none is needed."""
        return ""

    def propose(self, authenticator: "Authenticator", given: Any = None) -> None:
        """Put what is to be enrolled on the (unsaved) authenticator as pending; the active secret stays as it is.

        `given` is what the caller brought: a secret of the site's own, or questions and answers. Raises ValueError
        when it cannot be used.
        """
        raise ValueError(f"{self.key} is not enrolled by itself")

    def accept(self, authenticator: "Authenticator", response: Any, at: datetime) -> Match:
        """Judge the proof of what is pending, and make it the active one (unsaved) when it is RIGHT."""
        return Match.WRONG

    def advice(self, authenticator: "Authenticator", response: Any, at: datetime) -> str:
        """What may have gone wrong with a proof of what is pending, and what to do; nothing where we cannot tell."""
        return ""

    def provisioning(self, authenticator: "Authenticator", issuer: str, account: str) -> str:
        """What an app scans to take up the pending secret, or an empty text."""
        return ""

    def creation_options(self, authenticator: "Authenticator", user: "User") -> dict[str, Any] | None:
        """What a page's script hands the browser so that it makes the pending credential, or None."""
        return None

    def names_authenticator(self, response: Any) -> str:
        """Where a person may have several: the `address_hash` of the one that answers, empty when it is none."""
        return ""

    def names_user(self, response: Any) -> str:
        """The public id of whom a response says it is from, where it `identifies`; proves nothing by itself."""
        return ""

    def read(self, form: QueryDict) -> Any:
        """The response in what a page's form sent. Never raises: what is no response is judged wrong."""
        return form.get("code", "")

    def given(self, form: QueryDict) -> Any:
        """What a page's form brings for `propose`."""
        return None

    def left(self, authenticator: "Authenticator") -> int | None:
        """How many more times it can be used; None without a limit."""
        return authenticator.uses_left
