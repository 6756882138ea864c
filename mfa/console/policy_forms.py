"""The form of one scope's policy: each rule is decided here, or left to the wider scopes whose value it shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.console.limits import CountriesForm
from accounts.models import Customer, Group, Site
from mfa.console import policy_words
from mfa.contract import METHODS
from mfa.policies import BOUNDS, DEFAULTS, Effective, Rule

HELP = {
    Rule.ASSURANCE: _("A method that is worth less does not serve, even if it is allowed."),
    Rule.ENFORCEMENT: _("For people who have not added anything that may serve."),
    Rule.GRACE_UNTIL: _("Until then a person may sign in without, and is reminded. Without a date, there is none."),
    Rule.ADD_UNKNOWN: _("The site’s signature vouches for them. Your terms are asked first, if you have some."),
    Rule.LINK_DAYS: _("Whoever reads that mail can set up a way to sign in. After a lost phone it is always one day."),
    Rule.GRACE_SKIPS: _("So often a person may say “later”. Signing in again does not begin it anew."),
    Rule.REMEMBER_DAYS: _("0 for never. A changed method ends the trust at once."),
    Rule.RESENDS: _("Each costs a message. More of them tempt somebody who guesses."),
    Rule.SMS_COUNTRIES: _("Calling codes, such as +47, +46. The list under “Sending limits” holds as well."),
    Rule.PASSKEY_ALONE: _("On the person’s own pages. A site that asks us has asked for a password itself."),
}
SECTIONS = (
    (_("What serves"), (Rule.METHODS, Rule.ASSURANCE, Rule.VERIFY_USER, Rule.PASSKEY_ALONE)),
    (_("Getting started"), (Rule.ENFORCEMENT, Rule.GRACE_UNTIL, Rule.GRACE_SKIPS, Rule.ADD_UNKNOWN, Rule.LINK_DAYS)),
    (_("Trusted browsers"), (Rule.REMEMBER_DAYS, Rule.REMEMBER_DEVICES)),
    (_("Limits"), (Rule.TRIES, Rule.RESENDS, Rule.SMS_COUNTRIES)),
)


class CountriesField(forms.CharField):
    """Calling codes as people write them; none for the customer's own list."""

    def clean(self, value: Any) -> list[str] | None:
        form = CountriesForm({"countries": super().clean(value)})
        if not form.is_valid():
            raise forms.ValidationError(form.errors["countries"].as_data())
        return form.cleaned_data["countries"] or None


@dataclass(frozen=True)
class Line:
    """One rule on the page: its control, the tick that decides it here, and what holds without that."""

    field: forms.BoundField
    own: forms.BoundField
    without: str
    whose: str


class PolicyForm(forms.Form):
    """`rules()` are those that are decided here: ticked, or changed from what they would be otherwise."""

    def __init__(self, data: QueryDict | None, own: Mapping[str, Any], inherited: Effective) -> None:
        self.own, self.inherited = dict(own), inherited
        initial: dict[str, Any] = {}
        for rule in Rule:
            value = own.get(rule, inherited.value(rule))
            initial |= {rule: _shown(rule, value), f"own_{rule}": rule in own}
        super().__init__(data, initial=initial)
        for rule in Rule:
            self.fields[rule] = _field(rule)
            self.fields[f"own_{rule}"] = forms.BooleanField(label=_("Decide this here"), required=False)

    def sections(self) -> Iterator[tuple[Any, list[Line]]]:
        for title, named in SECTIONS:
            yield title, [self._line(rule) for rule in named]

    def _line(self, rule: Rule) -> Line:
        decided = self.inherited.rules[rule]
        words = policy_words.value(rule, decided.value)
        return Line(self[rule], self[f"own_{rule}"], words, policy_words.scope(decided.by))

    def rules(self) -> dict[str, Any]:
        """What this scope decides. A tick that was taken off leaves the rule to the others, whatever stands beside."""
        return {rule: self._given(rule) for rule in Rule if self._is_own(rule)}

    def _is_own(self, rule: Rule) -> bool:
        ticked = bool(self.cleaned_data.get(f"own_{rule}"))
        return ticked or (rule not in self.own and self._given(rule) != self._otherwise(rule))

    def _given(self, rule: Rule) -> Any:
        value = self.cleaned_data.get(rule)
        if rule is Rule.METHODS:
            return [key for key in METHODS if key in value] if value else []
        if rule is Rule.GRACE_UNTIL:
            return value.isoformat() if value else None
        return value

    def _otherwise(self, rule: Rule) -> Any:
        value = self.inherited.value(rule)
        return _all_methods() if rule is Rule.METHODS and value is None else value


class ScopeForm(forms.Form):
    """For whom a policy is to be written: a site, a group, or a group at a site."""

    site = forms.ModelChoiceField(Site.objects.none(), label=_("Site"), required=False, to_field_name="public_id")
    group = forms.ModelChoiceField(Group.objects.none(), label=_("Group"), required=False, to_field_name="public_id")

    def __init__(self, data: QueryDict | None, customer: Customer) -> None:
        super().__init__(data, auto_id="scope-%s")
        site, group = (cast("forms.ModelChoiceField[Any]", self.fields[name]) for name in ("site", "group"))
        site.queryset = Site.objects.filter(customer=customer, archived_at=None).order_by("name")
        group.queryset = Group.objects.filter(customer=customer).order_by("position")
        site.empty_label, group.empty_label = _("All sites"), _("All users")


def _all_methods() -> list[str]:
    return [key for key, method in METHODS.items() if method.is_own]


def _shown(rule: Rule, value: Any) -> Any:
    if rule is Rule.METHODS:
        return _all_methods() if value is None else value
    if rule is Rule.SMS_COUNTRIES:
        return ", ".join(value or ())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _field(rule: Rule) -> forms.Field:
    """The control of one rule."""
    said: dict[str, Any] = {"label": policy_words.LABELS[rule], "help_text": HELP.get(rule, "")}
    if rule is Rule.METHODS:
        none = {"required": _("Tick at least one: without any, nobody could sign in.")}
        several = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=_methods(), widget=several, error_messages=none, **said)
    if rule is Rule.ASSURANCE:
        levels = [(str(int(level)), words) for level, words in policy_words.LEAST.items()]
        return forms.TypedChoiceField(choices=levels, coerce=int, **said)
    if rule is Rule.ENFORCEMENT:
        return forms.ChoiceField(choices=[(str(key), words) for key, words in policy_words.ENFORCEMENT.items()], **said)
    if rule is Rule.GRACE_UNTIL:
        picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(widget=picker, required=False, **said)
    if rule is Rule.SMS_COUNTRIES:
        return CountriesField(
            max_length=400, required=False, widget=forms.TextInput(attrs={"placeholder": "+47, +46"}), **said
        )
    if isinstance(DEFAULTS[rule], bool):
        answers = [("no", _("No")), ("yes", _("Yes"))]
        return forms.TypedChoiceField(choices=answers, coerce=lambda text: text == "yes", **said)
    least, most = BOUNDS[rule]
    return forms.IntegerField(min_value=least, max_value=most, **said)


def _methods() -> list[tuple[str, Any]]:
    """The methods that a person can add, each with its strength, the strongest first."""
    own = sorted((method for method in METHODS.values() if method.is_own), key=lambda method: -method.assurance)
    strength = policy_words.STRENGTHS
    return [(method.key, format_lazy("{}, {}", method.label, strength[method.assurance])) for method in own]
