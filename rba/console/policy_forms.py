"""The form of a risk policy: a section for each rule, in order; and the document that it makes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console.fields import LineField
from accounts.models import Customer, Site
from rba.console import words
from rba.policy import CONTACT, DEFAULT, RiskRules
from rba.rules import RULES, Wrong
from rba.rules.addresses import LISTS
from rba.rules.networks import KINDS

OFF = ""
NOTICE = gettext_lazy("Send the person a notice")
WITH_OFF = [(OFF, gettext_lazy("No such rule")), *words.DOES.items()]
PROOFS = [(line, label) for line, label in words.DOES.items() if line.startswith("step_up")]
SOME_PROOF = [*PROOFS, ("deny", words.DOES["deny"])]
BAND_FIELDS = ("low", "medium", "high")
MORE: dict[str, tuple[str, ...]] = {
    "never_block": ("never_block",),
    "caution": (),
    "addresses": ("refuse", "prove", "trust", "addresses_does", "addresses_notice"),
    "networks": ("networks_does", "asns", "kinds", "networks_notice"),
    "countries": ("countries_does", "which", "countries", "countries_notice"),
    "devices": ("devices_does", "devices", "devices_notice"),
    "hours": ("hours_does", "when", "days", "start", "end", "whose", "zone", "hours_notice"),
    "no_answer": ("no_answer_does", "no_answer_notice"),
    "bands": (
        *("medium_from", "high_from"),
        *(f"{band}_{part}" for band in BAND_FIELDS for part in ("does", "notice")),
    ),
}
# Where a rule says what is wrong by a name that no field has
FIELD_OF = {**{key: f"{key}_does" for key in ("no_answer", *BAND_FIELDS)}}


class ListField(forms.CharField):
    """Several short entries, apart by commas, spaces or lines."""

    def __init__(self, *, lines: int = 1, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": lines, "spellcheck": "false"}) if lines > 1 else forms.TextInput()
        super().__init__(required=False, max_length=20_000, widget=widget, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return [one for one in re.split(r"[\s,;]+", super().clean(value)) if one]

    def prepare_value(self, value: Any) -> Any:
        return (
            ("\n" if isinstance(self.widget, forms.Textarea) else ", ").join(value)
            if isinstance(value, list)
            else value
        )


def _does(label: Any, choices: Any = None) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices or list(words.DOES.items()), required=choices is not WITH_OFF)


def _notice(label: Any = NOTICE) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class RiskPolicyForm(forms.Form):
    """`document` holds what was written once the form is valid."""

    report_only = forms.BooleanField(
        label=gettext_lazy("Only report what would be done"),
        required=False,
        help_text=gettext_lazy(
            "Nothing is asked of anybody, and nobody is refused. A page shows what the policy would have done."
        ),
    )
    contact = LineField(
        label=gettext_lazy("Whom to ask when refused"),
        required=False,
        max_length=CONTACT,
        help_text=gettext_lazy("Shown to whoever is refused: a name with a phone number or an address, say."),
    )
    never_block = ListField(label=gettext_lazy("Addresses and blocks"), lines=3)
    refuse = ListField(label=gettext_lazy("Refused"), lines=3)
    prove = ListField(label=gettext_lazy("Asked for more proof"), lines=3)
    trust = ListField(label=gettext_lazy("Trusted"), lines=3)
    addresses_does = _does(gettext_lazy("More proof means"), PROOFS)
    addresses_notice = _notice(gettext_lazy("Send the person a notice, when refused or asked"))
    networks_does = _does(gettext_lazy("For these networks"), WITH_OFF)
    asns = ListField(label=gettext_lazy("Numbers of networks"), help_text=gettext_lazy("Such as AS15169, 24940."))
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of network"),
        choices=list(KINDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    networks_notice = _notice()
    countries_does = _does(gettext_lazy("For these countries"), WITH_OFF)
    which = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[("named", gettext_lazy("The countries named")), ("others", gettext_lazy("All but those named"))],
    )
    countries = ListField(label=gettext_lazy("Countries"), help_text=gettext_lazy("Two letters each: NO, SE, DK."))
    countries_notice = _notice()
    devices_does = _does(gettext_lazy("For a new device beyond that number"), WITH_OFF)
    devices = forms.IntegerField(label=gettext_lazy("Devices of one person"), required=False, initial=5)
    devices_notice = _notice()
    hours_does = _does(gettext_lazy("For these hours"), WITH_OFF)
    when = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[("outside", gettext_lazy("Outside these hours")), ("inside", gettext_lazy("Within these hours"))],
    )
    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        initial=[0, 1, 2, 3, 4],
    )
    start = LineField(label=gettext_lazy("From"), required=False, initial="07:00", max_length=8)
    end = LineField(
        label=gettext_lazy("To"),
        required=False,
        initial="18:00",
        max_length=8,
        help_text=gettext_lazy("An end before the start is on the day after. The same twice is the whole day."),
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("By whose clock"),
        required=False,
        choices=[
            ("site", gettext_lazy("The site’s, in the zone below")),
            ("user", gettext_lazy("The person’s, in the zone that is usual for them")),
        ],
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of the site"), required=False, initial="Europe/Oslo")
    hours_notice = _notice()
    no_answer_does = _does(gettext_lazy("Without an answer"), SOME_PROOF)
    no_answer_notice = _notice()
    medium_from = forms.FloatField(label=gettext_lazy("Medium risk from a score of"))
    high_from = forms.FloatField(label=gettext_lazy("High risk from a score of"))
    low_does = _does(gettext_lazy("Low risk"))
    low_notice = _notice(gettext_lazy("Low risk: send the person a notice"))
    medium_does = _does(gettext_lazy("Medium risk"))
    medium_notice = _notice(gettext_lazy("Medium risk: send the person a notice"))
    high_does = _does(gettext_lazy("High risk"))
    high_notice = _notice(gettext_lazy("High risk: send the person a notice"))

    document: dict[str, Any]

    def __init__(self, data: QueryDict | None, document: Mapping[str, Any]) -> None:
        super().__init__(data, initial=_initial(document))
        zones: Any = self.fields["zone"]
        zones.choices = [(name, name) for name in sorted(available_timezones())]

    def sections(self) -> Iterator[tuple[dict[str, Any], list[forms.BoundField]]]:
        """Each rule with its fields, in the order of precedence."""
        for key, names in MORE.items():
            rule = RULES[key]  # a class, which a template would call
            yield {"key": key, "label": rule.label, "about": rule.about}, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors:
            return given
        document = _document(given)
        for wrong in _wrongs(document):
            name = FIELD_OF.get(wrong.field, wrong.field)
            self.add_error(name if name in self.fields else None, str(wrong.words) or _("This cannot be."))
        if not self.errors and _refuses(document) and not given["contact"]:
            self.add_error(
                "contact",
                _("Some are refused by this policy. Write whom they can ask: nobody is shut out by a machine alone."),
            )
        self.document = document
        return given


def _wrongs(document: Mapping[str, Any]) -> list[Wrong]:
    """What is wrong with each rule, and then with the whole."""
    found: list[Wrong] = []
    for rule in RULES.values():
        try:
            if document.get(rule.key) is not None:
                rule(document[rule.key])
        except Wrong as wrong:
            found.append(wrong)
    if not found:
        try:
            RiskRules.of(document)
        except Wrong as wrong:
            found.append(wrong)
    return found


def _refuses(document: Mapping[str, Any]) -> bool:
    actions = [document["bands"][band] for band in BAND_FIELDS]
    actions += [document[key]["action"] for key in RULES if key != "addresses" and "action" in document.get(key, {})]
    return any(one["outcome"] == "deny" for one in actions) or bool(document.get("addresses", {}).get("refuse"))


def _document(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields say. A rule whose action is "No such rule" is left out."""

    def action(key: str) -> dict[str, Any]:
        return words.chosen(given[f"{key}_does"], notice=given[f"{key}_notice"])

    document: dict[str, Any] = {
        "report_only": given["report_only"],
        "contact": given["contact"],
        "no_answer": {"action": action("no_answer")},
        "bands": {name: given[name] for name in ("medium_from", "high_from")}
        | {band: action(band) for band in BAND_FIELDS},
    }
    if given["never_block"]:
        document["never_block"] = {"networks": given["never_block"]}
    if any(given[name] for name in LISTS):
        document["addresses"] = {name: given[name] for name in LISTS} | {"action": action("addresses")}
    parts = {
        "networks": {"asns": given["asns"], "kinds": given["kinds"]},
        "countries": {"named": given["countries"], "which": given["which"] or "named"},
        "devices": {"most": given["devices"]},
        "hours": {name: given[name] for name in ("days", "start", "end", "zone")}
        | {"whose": given["whose"] or "site", "when": given["when"] or "outside"},
    }
    used = {key: {**said, "action": action(key)} for key, said in parts.items() if given[f"{key}_does"] != OFF}
    return document | used


def _initial(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a document."""
    found = {**DEFAULT, **document}
    shown: dict[str, Any] = {"report_only": found["report_only"], "contact": found["contact"]}
    shown["never_block"] = found.get("never_block", {}).get("networks", [])
    addresses = found.get("addresses", {"action": DEFAULT["no_answer"]["action"]})
    shown |= {name: addresses.get(name, []) for name in LISTS}
    shown |= {"addresses_does": f"step_up-{addresses['action']['minimum']}"}
    shown |= {"addresses_notice": addresses["action"]["notice"]}
    for key in ("networks", "countries", "devices", "hours", "no_answer"):
        said = found.get(key)
        shown[f"{key}_does"] = words.choice(said["action"]) if said else OFF
        shown[f"{key}_notice"] = said["action"]["notice"] if said else False
    for band in BAND_FIELDS:
        shown |= {f"{band}_does": words.choice(found["bands"][band]), f"{band}_notice": found["bands"][band]["notice"]}
    shown |= {name: found["bands"][name] for name in ("medium_from", "high_from")}
    networks, countries, hours = (found.get(key) or {} for key in ("networks", "countries", "hours"))
    shown |= {"asns": [str(number) for number in networks.get("asns", [])], "kinds": networks.get("kinds", [])}
    shown |= {"countries": countries.get("named", []), "which": countries.get("which", "named")}
    shown |= {name: hours[name] for name in ("days", "start", "end", "zone", "whose", "when") if name in hours}
    return shown | ({"devices": found["devices"]["most"]} if found.get("devices") else {})


class SiteForm(forms.Form):
    """For which site a policy of its own is to be written."""

    site = forms.ModelChoiceField(Site.objects.none(), label=gettext_lazy("Site"), to_field_name="public_id")

    def __init__(self, data: QueryDict | None, customer: Customer) -> None:
        super().__init__(data, auto_id="scope-%s")
        field: Any = self.fields["site"]
        field.queryset = Site.objects.filter(customer=customer, archived_at=None).order_by("name")
        field.empty_label = None
