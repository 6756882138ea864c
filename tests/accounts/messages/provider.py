"""A provider that does what a test tells it, and remembers every letter it was handed."""

from collections.abc import Callable

from accounts.gateways.contract import Gateway, Letter, Outcome, Result

ACCEPTED = Result(Outcome.ACCEPTED)


class Scripted(Gateway):
    """Answers with the next of `answers` (a result, an exception, or a function of the letter), then accepts all."""

    schemes = ("scripted",)
    channels = ("email", "sms", "voice")
    letters: list[Letter] = []
    answers: list[Result | Exception | Callable[[Letter], Result]] = []

    def send(self, letter: Letter) -> Result:
        self.letters.append(letter)
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        return answer(letter) if callable(answer) else answer
