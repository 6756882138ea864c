"""What privacy does; faces and tasks call these."""

from privacy.verbs.agreeing import TextChanged, agree, agreements_of, take_word, text_of, withdraw
from privacy.verbs.agreeing import newest as newest_agreement
from privacy.verbs.announcing import announce, announce_due, publish_notice, see, unseen
from privacy.verbs.erasing import erase, erase_customer, erase_customers, erase_due
from privacy.verbs.publishing import (
    NotReady,
    draft_of,
    draft_texts,
    in_force,
    publish,
    save_draft,
    stop_asking,
    text_in,
    versions,
)

__all__ = (
    "NotReady",
    "TextChanged",
    "agree",
    "agreements_of",
    "announce",
    "announce_due",
    "draft_of",
    "draft_texts",
    "erase",
    "erase_customer",
    "erase_customers",
    "erase_due",
    "in_force",
    "newest_agreement",
    "publish",
    "publish_notice",
    "save_draft",
    "see",
    "stop_asking",
    "take_word",
    "text_in",
    "text_of",
    "unseen",
    "versions",
    "withdraw",
)
