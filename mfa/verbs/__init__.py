"""What can be done to prove a person: begin, verify, decide, enrol, help; every face calls these."""

from mfa.verbs.asking import begin, begin_registration, begin_unnamed
from mfa.verbs.enrolling import adopt, confirm, enrol, log_in_with_secret, set_up
from mfa.verbs.helping import give_bypass, let_in_once, living_pass, reset
from mfa.verbs.judging import cancel, decide, open_kba, status, verify, verify_by_name, verify_direct
from mfa.verbs.offering import Way, has_factor, is_offered, ways
from mfa.verbs.offering import find as find_way
from mfa.verbs.owning import rename, resume, suspend

__all__ = (
    "Way",
    "adopt",
    "begin",
    "begin_registration",
    "begin_unnamed",
    "cancel",
    "confirm",
    "decide",
    "enrol",
    "find_way",
    "give_bypass",
    "has_factor",
    "is_offered",
    "let_in_once",
    "living_pass",
    "log_in_with_secret",
    "open_kba",
    "rename",
    "reset",
    "resume",
    "set_up",
    "status",
    "suspend",
    "verify",
    "verify_by_name",
    "verify_direct",
    "ways",
)
