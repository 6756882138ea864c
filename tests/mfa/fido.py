"""A FIDO2 authenticator in software: makes credentials and signs challenges as a browser would hand them in."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ORIGIN = "http://localhost:8000"  # the tests' PUBLIC_URL
FLAG = AuthenticatorData.FLAG
UNLOCKED = FLAG.UP | FLAG.UV  # touched, and its holder made sure of
TOUCHED = FLAG.UP


@dataclass
class Device:
    """One credential. `count` is its next sign count; 0 throughout for one that does not count, as synced ones do."""

    origin: str = ORIGIN
    relying_party: str = "localhost"
    flags: FLAG = UNLOCKED
    count: int = 1
    cross_origin: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def make(self, options: dict[str, Any], **changes: Any) -> str:
        """What `navigator.credentials.create` gives for these options, as a page's script posts it."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        public = AttestedCredentialData.create(
            bytes(16), self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        told = self._data(self.flags | FLAG.AT, bytes(public))
        client = self._client("webauthn.create", asked["challenge"], changes)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
            "transports": ["internal"],
        }
        return self._credential(response)

    def sign(self, options: dict[str, Any], **changes: Any) -> str:
        """What `navigator.credentials.get` gives; `changes` replace parts of what is signed, as an attacker would."""
        asked = options["publicKey"]
        told = self._data(changes.pop("flags", self.flags))
        client = self._client("webauthn.get", asked["challenge"], changes)
        signature = self.key.sign(bytes(told) + client.hash, ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(told),
            "signature": websafe_encode(changes.pop("signature", signature)),
            "userHandle": websafe_encode(changes.pop("handle", self.handle)),
        }
        return self._credential(response)

    def _client(self, kind: str, challenge: str, changes: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(
            changes.pop("type", kind), changes.pop("challenge", challenge), self.origin, self.cross_origin
        )

    def _data(self, flags: FLAG, credential: bytes = b"") -> AuthenticatorData:
        told: AuthenticatorData = AuthenticatorData.create(
            sha256(self.relying_party.encode()).digest(), flags, self.count, credential
        )
        self.count += 1 if self.count else 0
        return told

    def _credential(self, response: dict[str, Any]) -> str:
        named = websafe_encode(self.credential_id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
