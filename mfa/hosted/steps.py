"""One method's challenge as a page shows it: its template, what it needs, the answer in a form, and what went wrong."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mfa.contract import METHODS, Judged, Method, Prompt, Reason, Refusal, Verdict
from mfa.models import Transaction

LONGEST_CODE = 10  # digits that the drawn cells have room for

VERDICTS = {
    Verdict.PASSED: "",
    Verdict.WRONG: "",  # the method's own words
    Verdict.REPLAYED: gettext_lazy("That code was used already. Wait for the next one, or ask for a new one."),
    Verdict.THROTTLED: gettext_lazy("Too many answers were not right."),
    Verdict.EXPIRED: gettext_lazy("This took too long, or was answered elsewhere. Ask anew."),
}
REASONS = {
    Reason.NOT_CONFIRMED: gettext_lazy("Messages cannot be sent yet: the organisation has not confirmed its address."),
    Reason.SUSPENDED: gettext_lazy("The organisation’s account is paused, so nobody can sign in through this page."),
    Reason.UNKNOWN_USER: gettext_lazy("We do not know this person. Ask the help desk of the site."),
    Reason.DISABLED: gettext_lazy("Your account is closed here. Ask the help desk of the site."),
    Reason.NOT_ENROLLED: gettext_lazy("You have not set this up. Use another way."),
    Reason.NO_ADDRESS: gettext_lazy("We have no address to send to. Use another way."),
    Reason.BAD_ADDRESS: gettext_lazy("The address we have is not one we can send to. Use another way."),
    Reason.NOT_OFFERED: gettext_lazy("This cannot be sent from here just now. Use another way."),
    Reason.COUNTRY: gettext_lazy("Messages to that country are not allowed here. Use another way."),
    Reason.LIMITED: gettext_lazy("So much was sent that we pause for a while."),
    Reason.WAITING: gettext_lazy("Too many answers were not right."),
    Reason.ERASED: gettext_lazy("We do not know this person. Ask the help desk of the site."),
    Reason.CONSENT: gettext_lazy("The organisation’s terms come first. Begin anew, and we show them to you."),
    Reason.POLICY: gettext_lazy("The organisation does not let this serve here. Use another way."),
}


class AnswerForm(forms.Form):
    """A typed code. What it is worth is judged by the verbs alone, so nothing is refused here."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


def shown(form: AnswerForm) -> forms.BoundField:
    """The field as pages show it: an answer is asked for, though none is refused before it is judged."""
    form.is_valid()  # judged by the rule above, before the label says otherwise
    form.fields["code"].required = True
    return form["code"]


@dataclass(frozen=True)
class Step:
    """What a page needs to ask for one proof: `{% include step.template %}` inside its form.

    `where` is the name of whom the person signs in to, `error` the sentence about the last answer. A page may put
    `submit` (the button's words), `before_submit` (a template), `poll_url` and `again_url` (for what is answered
    elsewhere: where to ask whether it was, and where to look again without a script) into the context.
    """

    txn: Transaction
    where: str
    error: str = ""

    @property
    def method(self) -> Method:
        return METHODS[self.txn.method]

    @property
    def template(self) -> str:
        return f"methods/{self.txn.method}_ask.html"

    @property
    def digits(self) -> int:
        """How many a code that was sent has."""
        return min(self.txn.code_length, LONGEST_CODE)

    @property
    def places(self) -> list[str]:
        """Where a code went, masked."""
        return _split(self.txn.sent_to)

    @cached_property
    def prompt(self) -> Prompt:
        return self.method.again(self.txn, self.txn.authenticator)

    @cached_property
    def field(self) -> forms.BoundField:
        form = AnswerForm({})
        if self.error:
            form.add_error("code", self.error)
        return shown(form)


def read(txn: Transaction, form: QueryDict) -> Any:
    """The answer in what the page's form sent, for `verbs.verify`."""
    return METHODS[txn.method].read(form)


def said(judged: Judged, method: Method) -> str:
    """Why an answer did not pass and what to do, in one or two sentences; empty for one that did."""
    if judged.verdict is Verdict.WRONG:
        return f"{method.wrong} {_tries(judged)}"
    text = str(VERDICTS[judged.verdict])
    if judged.verdict is Verdict.THROTTLED:
        next_step = wait(judged.wait) if judged.wait else _("This way is switched off; use another one.")
        return f"{text} {next_step}"
    return text


def refused(refusal: Refusal) -> str:
    """Why nothing could be asked, and what to do."""
    text = str(REASONS[refusal.reason])
    if refusal.wait:
        return f"{text} {wait(refusal.wait)}"
    if refusal.reason is Reason.WAITING:
        return text + " " + _("This way is switched off; use another one.")
    return text


def wait(seconds: int) -> str:
    """How long until the next try, in words."""
    if seconds < 60:
        text = ngettext("Wait %(n)d second, then try again.", "Wait %(n)d seconds, then try again.", seconds)
        return text % {"n": seconds}
    minutes = -(-seconds // 60)
    return ngettext("Wait %(n)d minute, then try again.", "Wait %(n)d minutes, then try again.", minutes) % {
        "n": minutes
    }


def _tries(judged: Judged) -> str:
    if judged.tries_left is None:
        return wait(judged.wait) if judged.wait else _("Try again.")
    if not judged.tries_left:
        return _("That was the last try. Start this way anew, or use another one.")
    left = ngettext("%(n)d try left.", "%(n)d tries left.", judged.tries_left) % {"n": judged.tries_left}
    return f"{left} {wait(judged.wait)}" if judged.wait else left


def _split(sent_to: str) -> list[str]:
    """Masked addresses apart again: those of phones hold spaces themselves (see names.mask_phone)."""
    words = sent_to.split()
    phone = " ".join(word for word in words if "@" not in word)
    return [*([phone] if phone else []), *(word for word in words if "@" in word)]
