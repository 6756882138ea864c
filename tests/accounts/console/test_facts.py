"""Facts of the audit log read as pages speak, in the language of the page."""

import pytest
from django.utils import translation

from accounts.console import facts
from accounts.models import AuditRecord


def record(kind, **given):
    return AuditRecord(object_kind=kind, facts=given)


@pytest.mark.parametrize(
    ("kind", "given", "en", "nb"),
    [
        ("user", {"second_factor": False}, "with a second factor: no", "med totrinnsbekreftelse: nei"),
        ("membership", {"role": ["admin", "owner"]}, "role: admin → owner", "rolle: administrator → eier"),
        ("authenticator", {"method": "sms_code"}, "method: Text message", "metode: SMS"),
        ("transaction", {"purpose": "sign_in"}, "purpose: sign-in", "formål: pålogging"),
        ("user", {"fields": ["email", "phone"]}, "changed: e-mail, phone", "endret: e-post, telefon"),
        ("customer", {"document": "terms"}, "document: Terms of use", "dokument: Vilkår"),
        (
            "customer",
            {"language": ["en", "nb"]},
            "language: English → Norwegian Bokmål",
            "språk: Engelsk → Norsk bokmål",
        ),
        ("customer", {"website": ["", "https://a.example"]}, "website: – → https://a.example", None),
        ("customer", {"strict_addresses": [False, True]}, "send codes to known addresses only: no → yes", None),
        ("message", {"was": "dead"}, "was: given up", "var: gitt opp"),
        ("message", {"reason": "no_tls"}, "reason: The provider offers no encryption.", None),
        ("authenticator", {"reason": "no_tls was what I said"}, "reason: no_tls was what I said", None),
        ("authenticator", {"until": "2026-12-01T08:00:00+00:00"}, None, "til: 1. desember 2026 08:00"),
        ("", {"list": "audit", "filters": ["what", "who", "q"]}, "list: audit, filters: what, who, q", None),
    ],
)
def test_a_fact_is_named_and_said_as_pages_do(kind, given, en, nb):
    for language, words in (("en", en), ("nb", nb)):
        with translation.override(language):
            assert words is None or facts.line(record(kind, **given)) == words


def test_the_kind_of_a_row_has_its_name_and_an_unknown_one_its_own():
    with translation.override("nb"):
        assert facts.kind(record("site")) == "nettsted"
        assert facts.kind(record("gone_by_now")) == "gone_by_now"
