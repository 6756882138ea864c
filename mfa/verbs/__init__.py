"""What can be done to prove a person: begin, verify, decide, enrol, help; every face calls these."""

from mfa.verbs.adding import addable, begin_address, confirm_address, drop_switched_off, open_proof
from mfa.verbs.asking import begin, begin_registration, begin_unnamed
from mfa.verbs.enrolling import adopt, confirm, enrol, log_in_with_secret, set_up
from mfa.verbs.helping import give_bypass, let_in_once, living_pass, reset, send_enrolment_link
from mfa.verbs.judging import cancel, decide, open_kba, status, verify, verify_by_name, verify_direct
from mfa.verbs.offering import Way, has_factor, is_offered, ways
from mfa.verbs.offering import find as find_way
from mfa.verbs.owning import (
    Owned,
    Removal,
    drop_phone,
    find_owned,
    has_own_proof,
    owned,
    phone_is_idle,
    remove,
    rename,
    resume,
    suspend,
    suspend_own,
)

__all__ = (
    "Owned",
    "Removal",
    "Way",
    "addable",
    "adopt",
    "begin",
    "begin_address",
    "begin_registration",
    "begin_unnamed",
    "cancel",
    "confirm",
    "confirm_address",
    "decide",
    "drop_phone",
    "drop_switched_off",
    "enrol",
    "find_owned",
    "find_way",
    "give_bypass",
    "has_factor",
    "has_own_proof",
    "is_offered",
    "let_in_once",
    "living_pass",
    "log_in_with_secret",
    "open_kba",
    "open_proof",
    "owned",
    "phone_is_idle",
    "remove",
    "rename",
    "reset",
    "resume",
    "send_enrolment_link",
    "set_up",
    "status",
    "suspend",
    "suspend_own",
    "verify",
    "verify_by_name",
    "verify_direct",
    "ways",
)
