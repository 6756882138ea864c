"""Checks the receipt of an erasure without the server that signed it: python verify_receipt.py RECEIPT KEYS

RECEIPT is the file that was kept, KEYS the server's public keys, fetched once from https://your.server/receipts/keys.json
and kept beside it. Needs the package `cryptography`. Ends with 0 and says what was done, or with 1 and says why not.
"""

import json
import sys
from base64 import b64decode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def canonical(said: object) -> str:
    """JSON that can be written in one way only, so that one changed byte is another text."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def verify(text: str, keys: dict[str, str]) -> dict[str, object]:
    """What the receipt says. Raises ValueError when it is not to the letter what the server and its sites signed."""
    whole = json.loads(text)
    if canonical(whole) != text.strip() or bytes.fromhex(whole["signature"]).hex() != whole["signature"]:
        raise ValueError("it is not in the form that receipts are signed in")
    said, key = whole["receipt"], bytes.fromhex(keys[whole["key"]])
    signed = [(key, bytes.fromhex(whole["signature"]), canonical(said))]
    for one in (one for one in said["sites"] if one["answer"]):
        signed.append((b64decode(one["public_key"]), b64decode(one["signature"]), one["answer"]))
        if any(json.loads(one["answer"])[part] != one[part] for part in ("site", "job", "removed", "kept")):
            raise ValueError(f"site {one['site']} signed another answer")
    for public, signature, words in signed:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, words.encode())
    return dict(said)


def main(receipt: str, keys: str) -> int:
    try:
        said = verify(Path(receipt).read_text(), json.loads(Path(keys).read_text())["keys"])
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        sys.stdout.write(f"This is no genuine receipt: {error or 'it was changed, or somebody else signed it'}\n")
        return 1
    sys.stdout.write(f"Genuine. Signed by {said['server']}; erased {said['erased']}, closed {said['closed']}.\n")
    for one in said["sites"]:
        sys.stdout.write(f"Site {one['site']}: {one['state']}, {'signed by it' if one['answer'] else 'not signed'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
