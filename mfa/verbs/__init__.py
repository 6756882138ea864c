"""What can be done to prove a person: begin, verify, decide, enrol, help; every face calls these."""

from mfa.verbs.asking import begin, begin_registration
from mfa.verbs.enrolling import adopt, confirm, enrol, log_in_with_secret, set_questions
from mfa.verbs.helping import let_in_once, living_pass, reset
from mfa.verbs.judging import cancel, decide, open_kba, status, verify, verify_by_name, verify_direct

__all__ = (
    "adopt",
    "begin",
    "begin_registration",
    "cancel",
    "confirm",
    "decide",
    "enrol",
    "let_in_once",
    "living_pass",
    "log_in_with_secret",
    "open_kba",
    "reset",
    "set_questions",
    "status",
    "verify",
    "verify_by_name",
    "verify_direct",
)
