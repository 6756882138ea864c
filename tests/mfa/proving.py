"""For each method a person who has it: how they enrol, what they answer, what nobody may read in the database."""

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django_otp.oath import hotp

from accounts import audit, links
from accounts.models import Link, User
from mfa import codes, verbs
from mfa.base32 import decode
from mfa.contract import METHODS, Begun, Judged
from mfa.models import Authenticator, Transaction
from tests.mfa.fido import Device

BY = audit.SYSTEM
QUESTIONS = ("First pet", "First school", "Mother's town")


class Prover:
    """Somebody with one method. `kept` is what the person or their device keeps of it."""

    def __init__(self, user: User, method: str) -> None:
        self.user, self.key, self.method = user, method, METHODS[method]
        self.kept: Any = None

    def enrol(self) -> None:
        """Add the method, where that takes anything."""

    def begin(self) -> Begun:
        begun = verbs.begin(self.user.customer, method=self.key, user=self.user, by=BY)
        assert isinstance(begun, Begun), begun
        return begun

    def right(self, begun: Begun) -> Any:
        """The right response."""
        return codes.derive(begun.transaction)

    def foil(self, begun: Begun) -> Any:
        """A well-formed response that is wrong."""
        return str(int(self.right(begun)[::-1]) ^ 1).zfill(6)

    def prove(self, begun: Begun, response: Any = None) -> Judged:
        """Answer, rightly unless a response is given."""
        txn = begun.transaction
        return verbs.verify(txn.customer, txn.public_id, self.right(begun) if response is None else response, BY)

    def secrets(self, begun: Begun) -> list[str]:
        """Texts that open a door and that no table may hold."""
        return [self.right(begun)]

    @property
    def authenticator(self) -> Authenticator:
        found: Authenticator = Authenticator.objects.get(user=self.user, method=self.key)
        return found

    def tries(self, begun: Begun) -> int:
        return Transaction.objects.get(pk=begun.transaction.pk).tries


class ByApp(Prover):
    """An app that makes codes from the time. It is confirmed by the code before, since each step serves once."""

    def enrol(self) -> None:
        self.kept = verbs.enrol(self.user, self.key, BY).pending_secret
        assert verbs.confirm(self.user, self.key, self._at(-1), BY).verdict == "passed"

    def right(self, begun: Begun) -> str:
        return self._at(0)

    def foil(self, begun: Begun) -> str:
        return self._at(50)

    def secrets(self, begun: Begun) -> list[str]:
        return [self.kept, decode(self.kept).hex()]

    def _at(self, ahead: int) -> str:
        return str(hotp(decode(self.kept), int(time.time()) // 30 + ahead, 6)).zfill(6)


class ByCounter(Prover):
    """A token that counts; each right answer is its next code."""

    counter = 0

    def enrol(self) -> None:
        self.kept = verbs.enrol(self.user, self.key, BY).pending_secret
        assert verbs.confirm(self.user, self.key, self.code(0), BY).verdict == "passed"
        self.counter = 1

    def code(self, counter: int) -> str:
        return str(hotp(decode(self.kept), counter, 6)).zfill(6)

    def right(self, begun: Begun) -> str:
        return self.code(self.counter)

    def foil(self, begun: Begun) -> str:
        return self.code(5000)

    def secrets(self, begun: Begun) -> list[str]:
        return [self.kept, decode(self.kept).hex()]


class ByBackupCode(Prover):
    """Someone with a printed list, who uses the next one each time."""

    def enrol(self) -> None:
        self.kept = verbs.set_up(self.user, self.key, BY).authenticator.shown_once  # type: ignore[union-attr]

    def right(self, begun: Begun) -> str:
        return str(self.kept[0])

    def foil(self, begun: Begun) -> str:
        return str(self.kept[0][:-1] + ("a" if self.kept[0][-1] != "a" else "b"))

    def secrets(self, begun: Begun) -> list[str]:
        return [*self.kept, *(code.replace("-", "") for code in self.kept)]


class ByBypass(Prover):
    """Someone whom the help desk gave a code."""

    def enrol(self) -> None:
        until = timezone.now() + timedelta(hours=1)
        self.kept = verbs.give_bypass(self.user, self.key, until, 1, "phone lost", BY).shown_once

    def right(self, begun: Begun) -> str:
        return str(self.kept[0])

    def foil(self, begun: Begun) -> str:
        return str(self.kept[0][:-1] + str((int(self.kept[0][-1]) + 1) % 10))

    def secrets(self, begun: Begun) -> list[str]:
        return [self.kept[0], self.kept[0].replace(" ", "")]


class ByQuestions(Prover):
    """Someone with three questions, two of which are asked."""

    def enrol(self) -> None:
        self.kept = {question: f"{question} of {self.user.username}" for question in QUESTIONS}
        verbs.set_up(self.user, self.key, BY, list(self.kept.items()))

    def right(self, begun: Begun) -> Any:
        return [{"question": q, "answer": self.kept[q]} for q in begun.prompt.questions]

    def foil(self, begun: Begun) -> Any:
        return [{"question": q, "answer": "Fido"} for q in begun.prompt.questions]

    def secrets(self, begun: Begun) -> list[str]:
        return [text for answer in self.kept.values() for text in (answer, answer.casefold())]


class ByLink(Prover):
    """Someone who presses Allow on the page that a mailed link opens; nothing that is typed is right."""

    def right(self, begun: Begun) -> Any:
        return "allow"

    def foil(self, begun: Begun) -> Any:
        return "000000"

    def prove(self, begun: Begun, response: Any = None) -> Judged:
        if response not in (None, "allow"):
            return super().prove(begun, response)
        return verbs.decide(Link.objects.get(about=begun.transaction.public_id), True, BY)

    def secrets(self, begun: Begun) -> list[str]:
        return [links.token(Link.objects.get(about=begun.transaction.public_id))]


class ByPasskey(Prover):
    """Someone with a passkey; its private key never leaves the device, so nothing that is stored opens anything."""

    def enrol(self) -> None:
        self.kept = Device()
        pending = verbs.enrol(self.user, self.key, BY)
        options = self.method.creation_options(pending, self.user)
        assert options is not None
        judged = verbs.confirm(self.user, self.key, self.kept.make(options), BY)
        assert judged.verdict == "passed"

    def right(self, begun: Begun) -> str:
        assert begun.prompt.options is not None
        return str(self.kept.sign(begun.prompt.options))

    def foil(self, begun: Begun) -> str:
        assert begun.prompt.options is not None
        return str(self.kept.sign(begun.prompt.options, challenge=b"another challenge than ours"))

    def secrets(self, begun: Begun) -> list[str]:
        assert begun.prompt.options is not None
        return [begun.prompt.options["publicKey"]["challenge"]]


OTHERS: dict[str, type[Prover]] = {
    "totp": ByApp,
    "hotp": ByCounter,
    "backup_code": ByBackupCode,
    "bypass_code": ByBypass,
    "kba": ByQuestions,
    "email_link": ByLink,
    "webauthn": ByPasskey,
}


def prover(method: str, user: User) -> Prover:
    """Somebody who has this method and nothing else; codes that are sent need an address alone."""
    made = OTHERS.get(method, Prover)(user, method)
    made.enrol()
    return made
