"""Terms as tests publish them."""

from accounts.audit import SYSTEM
from accounts.models import Customer
from privacy import verbs
from privacy.models import Version

TEXT = "# Who we are\n\nNordvik SA runs nordvik.example.\n\n- We ask for a code.\n- We keep little."


def publish(customer: Customer, body: str = TEXT, *, changes: str = "", significant: bool = True) -> Version:
    """One more version of a customer's terms, in English and in Bokmål."""
    bodies = {"en": body, "nb": f"{body}\n\nPå norsk."}
    said = {"en": changes, "nb": changes}
    verbs.save_draft(customer, SYSTEM, bodies=bodies, changes=said, is_significant=significant)
    return verbs.publish(customer, SYSTEM)


def sha_of(version: Version, language: str = "en") -> str:
    """The hash of a version's text."""
    return version.texts.get(language=language).sha256
