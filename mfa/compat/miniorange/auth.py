"""auth/challenge, auth/validate, auth/auth-status: ask for a proof, judge it, say how it went."""

from functools import partial
from typing import Any

from accounts import limits, names
from accounts.limits import HOUR, Limit
from accounts.models import Customer, User
from accounts.names import UnusableName
from accounts.verbs import find_user, note_return, was_erased
from accounts.verbs.customers import operator
from mfa import verbs
from mfa.compat.miniorange import risk, words
from mfa.compat.miniorange.calling import KEYLESS, PUBLIC, SIGNED, UNSIGNED, Call, Reply, Stop, atomic, endpoint
from mfa.contract import METHODS, Refusal, Verdict
from mfa.methods import by_compat_name, spelled
from mfa.models import Transaction
from mfa.verbs import weighing

# Methods of the dialect that come later; until then they are refused in its own words
NOT_YET = ("MOBILE AUTHENTICATION", "PUSH NOTIFICATIONS", "HARDWARE TOKEN", "WHATSAPP", "TELEGRAM", "RSA SECURID")
NOT_OFFERED = "This server does not offer this method."
DIRECT = [key for key, method in METHODS.items() if method.needs_enrolment and not method.asks_questions]


def method_of(name: str) -> str:
    """The key of the method that an authType names. Stops the call for one that is not served."""
    key = by_compat_name(name)
    if key is None:
        raise Stop("FAILED", NOT_OFFERED, "not_ours" if spelled(name) in NOT_YET else "malformed")
    return key


@endpoint(SIGNED, PUBLIC)
def challenge(call: Call) -> Reply:
    """Open a transaction and ask. With a published pair: a code to an address that is being registered."""
    email, phone = call.body.text("email", most=254), call.body.text("phone", most=40)
    if call.is_public:
        return _registration_code(call, email, phone)
    return _challenge(call, email, phone)


@atomic
def _challenge(call: Call, email: str = "", phone: str = "") -> Reply:
    call.once(shared=True)
    username, name = call.body.text("username"), call.body.text("authType", most=64)
    user = find_user(call.customer, username or email) if username or email else None
    name = name or (words.auth_type(user) if user else words.DEFAULT)
    if spelled(name) == "NONE":
        return {"status": "SUCCESS", "txId": "", "authType": "NONE", "message": "Nothing is asked of this user."}
    if user is None and (username or email) and _erased(call.customer, username or email):
        call.afterwards = partial(note_return, call.customer, username or email, call.by)
        raise Stop("ERROR", words.ERASED)
    method = method_of(name)
    weighed = risk.weigh(call, user, METHODS[method]) if user is not None else None
    begun = verbs.begin(
        call.customer,
        method=method,
        user=user,
        email=email,
        phone=phone,
        site=call.site,
        by=call.by,
        dialect_name=name,
    )
    if isinstance(begun, Refusal):
        raise words.stop_refused(begun, call, username or email)
    weighing.attach(weighed.row if weighed is not None else None, begun.transaction)
    return words.challenge(begun, name, email, phone)


def _erased(customer: Customer, username: str) -> bool:
    """Whether this unknown name belonged to someone who was erased."""
    try:
        return was_erased(customer, username)
    except UnusableName:
        return False


def _registration_code(call: Call, email: str, phone: str) -> Reply:
    key = method_of(call.body.text("authType", most=64) or words.DEFAULT)
    if METHODS[key].channels not in {("email",), ("sms",)} or METHODS[key].polls:
        raise Stop("ERROR", "This call needs your own key.", "forbidden", 401)
    call.limited(
        Limit("registration address", names.counted(email or phone), 5, HOUR),
        Limit("registration source", call.source.network_prefix, 20, HOUR),
        Limit("registration", "", 500, HOUR),
    )
    begun = verbs.begin_registration(key, email, phone)
    if isinstance(begun, Refusal):
        raise words.stop_refused(begun)
    return words.challenge(begun, call.body.text("authType", most=64) or words.DEFAULT, email, phone)


@endpoint(SIGNED, PUBLIC, KEYLESS)
def validate(call: Call) -> Reply:
    """Judge a response: by txId and token, by username and token, or by answers."""
    txn_id = call.body.text("txId", most=64)
    if call.is_public:
        return _validate_registration(call, txn_id)
    if call.body.raw("answers"):
        return _validate_answers(call, txn_id)
    token = call.body.raw("token")
    if txn_id:
        return words.judged(call, verbs.verify(call.customer, txn_id, token, call.by))
    username, name = call.body.needed("username"), call.body.text("authType", most=64)
    methods = [method_of(name)] if name else DIRECT
    weighed = risk.weigh_named(call, username, METHODS[methods[0]])
    judged = verbs.verify_by_name(call.customer, username, methods, token, call.by, call.site)
    if judged.verdict is Verdict.PASSED:
        weighing.learn(weighed, call.customer)
    return words.judged(call, judged)


def _validate_registration(call: Call, txn_id: str) -> Reply:
    """A published pair may validate what a published pair began, and nothing else."""
    call.limited(Limit("registration answers", call.source.network_prefix, 60, HOUR))
    home = operator()
    began = Transaction.objects.filter(
        customer=home, public_id=txn_id[:22], purpose=Transaction.Purpose.REGISTER
    ).exists()
    if not began:
        return {"status": "FAILED", "message": words.WRONG_CODE}
    return words.judged(call, verbs.verify(home, txn_id, call.body.raw("token"), call.by))


def _validate_answers(call: Call, txn_id: str) -> Reply:
    """Answers name their transaction badly: the newest open one of this user counts when the named one does not."""
    answers: Any = call.body.raw("answers")
    username = call.body.text("username")
    user: User | None = find_user(call.customer, username) if username else None
    newest = verbs.open_kba(user) if user is not None else None
    chosen = newest.public_id if newest is not None else txn_id
    judged = verbs.verify(call.customer, chosen, answers, call.by)
    return words.judged(call, judged, wrong=words.WRONG_ANSWERS)


STATUS: dict[str, tuple[str, str]] = {
    Transaction.State.PENDING: ("IN_PROGRESS", "Waiting for the answer."),
    Transaction.State.APPROVED: ("SUCCESS", "Approved."),
    Transaction.State.DENIED: ("DENIED", "The person denied this sign-in."),
    Transaction.State.EXPIRED: ("ERROR", words.TIMED_OUT),
    Transaction.State.FAILED: ("FAILED", "Too many wrong answers."),
    "unknown": ("FAILED", "This request has ended."),
}


@endpoint(UNSIGNED, cors=True)
def auth_status(call: Call) -> Reply:
    """How a transaction stands, for a visitor's browser: one indexed read, no personal data."""
    txn_id = call.body.needed("txId", most=64)
    # More than two a second: what was said a moment ago still holds. No limit by network, for many may share one
    over = limits.hit([Limit("status", txn_id, 6, 2)])
    status, message = STATUS[Transaction.State.PENDING if over else verbs.status(txn_id)]
    return {"status": status, "message": message, "txId": txn_id}
