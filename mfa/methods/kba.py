"""Security questions. They exist for old clients, and are worth little."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.http import QueryDict
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.assurance import Assurance
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction

QUESTIONS = 3
ASKED = 2
LONGEST = 255
SUGGESTED = (
    _("What was the name of the first teacher you liked?"),
    _("Which dish do you cook that nobody else does?"),
    _("Where did you spend the best summer before you were twelve?"),
    _("What did you call the first animal you cared for?"),
    _("What was the first concert you went to?"),
    _("Which book did you read more than twice?"),
)  # not what a register, a profile page or a colleague knows


class Kba(Method):
    """Two of three questions. Weak, and never for staff, owners or a recovery (NIST SP 800-63B-4 gives it no place)."""

    key = "kba"
    label = _("Security questions")
    hint = _("Weak: answers can be guessed or found out")
    about_data = _("Keeps your questions, and of your answers only what can check them. Nobody else receives them.")
    icon = "circle-question-mark"
    assurance = Assurance.WEAK
    compat_names = ("KBA",)
    asks_questions = True
    is_proved = False
    wrong = _("The answers are not right.")
    unusable = _("Choose three different questions, and give each an answer.")
    suggestions = SUGGESTED

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        if authenticator is None:
            return Prompt()
        first = int(get_random_string(1, "012"))
        txn.asked = sorted({first, (first + 1) % QUESTIONS})
        return self.again(txn, authenticator)

    def again(self, txn: Transaction, authenticator: Authenticator | None) -> Prompt:
        """The questions that were drawn, not new ones: whoever loads the page again must not choose among them."""
        if authenticator is None:
            return Prompt()
        questions = [entry["question"] for entry in authenticator.data["questions"]]
        return Prompt(questions=tuple(questions[index] for index in txn.asked))

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        """Both answers are always hashed, and nothing says which one was wrong."""
        if authenticator is None or len(txn.asked) != ASKED:
            return Match.WRONG
        answers = _given(response)
        right = True
        for index in txn.asked:
            entry = authenticator.data["questions"][index]
            answer = answers.get(normal(entry["question"]), "")
            right &= check_password(answer or "\0", entry["answer"]) and bool(answer)
        return Match.RIGHT if right else Match.WRONG

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """Three questions with their answers, as (question, answer) pairs."""
        authenticator.data = enrolled(given)

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        """Nothing is left to prove: whoever chose the answers knows them."""
        return Match.RIGHT if authenticator.data.get("questions") else Match.WRONG

    def read(self, form: QueryDict) -> Any:
        questions, answers = form.getlist("question"), form.getlist("answer")
        return [{"question": q, "answer": a} for q, a in zip(questions, answers, strict=False)]

    def given(self, form: QueryDict) -> Any:
        return list(zip(form.getlist("question"), form.getlist("answer"), strict=False))


def normal(text: str) -> str:
    """A question or an answer without what people vary: case, spaces, Unicode forms."""
    return " ".join(unicodedata.normalize("NFKC", text[:LONGEST]).casefold().split())


def enrolled(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What an authenticator keeps of three questions and answers.

    Raises ValueError when they are not three good ones.
    """
    questions = [normal(question) for question, _answer in pairs]
    if len(pairs) != QUESTIONS or len(set(questions)) != QUESTIONS:
        raise ValueError("three different questions are needed")
    if not all(questions) or not all(normal(answer) for _question, answer in pairs):
        raise ValueError("a question or an answer is empty")
    if any(len(text) > LONGEST for pair in pairs for text in pair):
        raise ValueError("a question or an answer is too long")
    return {"questions": [{"question": q, "answer": make_password(normal(a))} for q, a in pairs]}


def _given(response: Any) -> dict[str, str]:
    """Answers by normalised question, from a list of question and answer; empty for whatever is none."""
    if not isinstance(response, list) or len(response) > QUESTIONS:
        return {}
    pairs = [(entry.get("question"), entry.get("answer")) for entry in response if isinstance(entry, dict)]
    return {normal(q): normal(a) for q, a in pairs if isinstance(q, str) and isinstance(a, str)}
