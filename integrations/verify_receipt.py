"""Checks the receipt of an erasure without the server that signed it: python verify_receipt.py RECEIPT KEYS

RECEIPT is the file that was kept, KEYS the server's public keys, fetched once from https://your.server/receipts/keys.json
and kept beside it. Needs the package `cryptography`. Ends with 0 and says what was done, or with 1 and says why not.
"""

import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def canonical(said: object) -> str:
    """JSON that can be written in one way only, so that one changed byte is another text."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def verify(text: str, keys: dict[str, str]) -> dict[str, object]:
    """What the receipt says. Raises ValueError when it is not to the letter what one of the keys signed."""
    whole = json.loads(text)
    if not isinstance(whole, dict) or canonical(whole) != text.strip():
        raise ValueError("it is not in the form that receipts are signed in")
    key, signature = keys.get(str(whole["key"])), bytes.fromhex(whole["signature"])
    if key is None or signature.hex() != whole["signature"]:
        raise ValueError("no key of this server signed it")
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, canonical(whole["receipt"]).encode())
    except InvalidSignature:
        raise ValueError("it was changed since it was signed, or another server signed it") from None
    return dict(whole["receipt"])


def main(receipt: str, keys: str) -> int:
    try:
        said = verify(Path(receipt).read_text(), json.loads(Path(keys).read_text())["keys"])
    except (ValueError, KeyError, TypeError) as error:
        sys.stdout.write(f"This is no genuine receipt: {error}\n")
        return 1
    sys.stdout.write(f"Genuine. Signed by {said['server']}; erased {said['erased']}, closed {said['closed']}.\n")
    sys.stdout.write(f"Sites that never answered: {said['gaps'] or 'none'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
