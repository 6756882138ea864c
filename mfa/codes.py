"""Short codes: derived from the transaction, stored nowhere."""

from typing import Any

from accounts import crypto
from mfa.contract import Match
from mfa.models import Transaction

DIGITS = frozenset("0123456789")
TEST_CODE = "1234567890"  # as many of its digits as the customer's codes have


def derive(txn: Transaction) -> str:
    """The code of a transaction: an HMAC over customer, person, authenticator, transaction, method, purpose and nonce.

    Whatever of these differs, the code does too, so that no code can be moved elsewhere (security.md S6). Truncated
    to decimal digits by remainder: of 64 bits, so that the bias is below 1 in 10^9 for ten digits. In test mode it is
    always the same one, for nothing is sent that one could read it in.
    """
    if txn.customer.is_test:
        return TEST_CODE[: txn.code_length]
    digest = crypto.mac(
        "code",
        str(txn.customer_id),
        str(txn.user_id),
        str(txn.authenticator_id),
        str(txn.guard_id),
        str(txn.pk),
        txn.method,
        txn.purpose,
        txn.nonce,
        key_id=txn.key_id,
    )
    return str(int.from_bytes(digest[:8], "big") % 10**txn.code_length).zfill(txn.code_length)


def typed(response: Any) -> str:
    """The digits that a person typed, spaces left out; empty for whatever is no code (security.md S7).

    A code is a string of ASCII digits: no number, no full-width digits, no underscores, all of which `int()` would
    take.
    """
    if not isinstance(response, str) or len(response) > 64:
        return ""
    digits = response.replace(" ", "").replace("\u00a0", "").replace("-", "")
    return digits if digits and set(digits) <= DIGITS else ""


def judge(txn: Transaction, response: Any) -> Match:
    """Whether the response is this transaction's code, compared in constant time."""
    given = typed(response)
    return Match.RIGHT if crypto.same(derive(txn), given) and given else Match.WRONG
