"""Passkeys and security keys (Web Authentication, Level 3)."""

import base64
import json
import secrets
import struct
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from fido2.cose import UnsupportedKey
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts import crypto
from accounts.assurance import Assurance
from accounts.models import User
from mfa.contract import Addresses, Match, Method, Prompt
from mfa.models import Authenticator, Transaction

LONGEST = 16_384  # characters of a browser's answer
# What the library raises for bytes that are no credential, besides its own ValueErrors
UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError, struct.error),
    *(NotImplementedError, RecursionError, OverflowError, UnsupportedAlgorithm),
)


class Webauthn(Method):
    """A key pair that a device keeps for this server's name alone, so that no other site can ask for it.

    `data` holds the public key and what the device said of itself; `last_step` the sign count (§6.1.1). The challenge
    of a sign-in is derived from its transaction, which one right answer closes (security.md S32).
    """

    key = "webauthn"
    label = _("Passkey or security key")
    hint = _("Your fingerprint, face, PIN or a key that you touch")
    about_data = _(
        "Keeps a public key and the kind of device it came from. Your fingerprint or face stays on your device."
    )
    icon = "fingerprint-pattern"
    rank = 10
    assurance = Assurance.AAL2
    prompt_factor = "hardware_token"
    prompt_reason = "user_approved"
    has_several = True
    identifies = True
    notes = ("last_step", "data")
    wrong = _("That passkey was not accepted.")

    def challenge(self, txn: Transaction, authenticator: Authenticator | None, to: Addresses) -> Prompt:
        """The options for the browser's `get`. Without a user any passkey for this server may answer."""
        return self.again(txn, authenticator)

    def again(self, txn: Transaction, authenticator: Authenticator | None) -> Prompt:
        """The same options, since the challenge is derived from the transaction."""
        known = []
        if txn.user_id is not None:
            mine = Authenticator.objects.active().filter(user=txn.user_id, method=self.key)
            known = [_descriptor(one) for one in mine[:20]]
        options, _state = server().authenticate_begin(known or None, _verification(txn), _challenge(txn))
        return Prompt(options=dict(options))

    def judge(self, txn: Transaction, authenticator: Authenticator | None, response: Any, at: datetime) -> Match:
        """The signature over our challenge by the credential that was named, from our own origin.

        A sign count that went back means a copy of the key, and is refused.
        """
        answer = _parsed(response)
        if authenticator is None or answer is None or not authenticator.data.get("credential"):
            return Match.WRONG
        state = {"challenge": websafe_encode(_challenge(txn)), "user_verification": _verification(txn)}
        try:
            server().authenticate_complete(state, [_credential(authenticator)], answer)
            read = AuthenticationResponse.from_dict(answer).response
        except UNREADABLE:
            return Match.WRONG
        told = read.authenticator_data
        if read.client_data.cross_origin or not _keeps_its_kind(told, authenticator):
            return Match.WRONG
        if (told.counter or authenticator.last_step > 0) and told.counter <= authenticator.last_step:
            return Match.WRONG
        authenticator.last_step = told.counter
        authenticator.data = {**authenticator.data, **_flags(told)}
        return Match.RIGHT

    def propose(self, authenticator: Authenticator, given: Any = None) -> None:
        """A fresh challenge for the browser's `create`."""
        authenticator.pending_secret = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()

    def creation_options(self, authenticator: Authenticator, user: User) -> dict[str, Any] | None:
        """A discoverable credential where the device can, none that this person has already."""
        if not authenticator.pending_secret:
            return None
        mine = Authenticator.objects.filter(user=user, method=self.key, confirmed=True)
        options, _state = server().register_begin(
            PublicKeyCredentialUserEntity(
                id=user.public_id.encode(), name=user.username, display_name=user.get_full_name() or user.username
            ),
            credentials=[_descriptor(one) for one in mine[:20]],
            resident_key_requirement=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
            challenge=base64.urlsafe_b64decode(authenticator.pending_secret),
        )
        return dict(options)

    def accept(self, authenticator: Authenticator, response: Any, at: datetime) -> Match:
        answer = _parsed(response)
        if not authenticator.pending_secret or answer is None:
            return Match.WRONG
        challenge = base64.urlsafe_b64decode(authenticator.pending_secret)
        state = {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.PREFERRED}
        try:
            told = server().register_complete(state, answer)
            is_framed = RegistrationResponse.from_dict(answer).response.client_data.cross_origin
        except UNREADABLE:
            return Match.WRONG
        made = told.credential_data
        if made is None or is_framed or isinstance(made.public_key, UnsupportedKey):
            return Match.WRONG
        if not 16 <= len(made.credential_id) <= 1023:
            return Match.WRONG
        authenticator.pending_secret = None
        authenticator.address_hash = _hash(made.credential_id)
        authenticator.last_step = told.counter
        transports = answer.get("response", {}).get("transports")
        authenticator.data = {
            "credential": base64.b64encode(bytes(made)).decode(),
            "transports": [str(one)[:16] for one in transports[:6]] if isinstance(transports, list) else [],
            **_flags(told),
        }
        return Match.RIGHT

    def names_authenticator(self, response: Any) -> str:
        answer = _parsed(response)
        try:
            return _hash(AuthenticationResponse.from_dict(answer).raw_id) if answer is not None else ""
        except UNREADABLE:
            return ""

    def names_user(self, response: Any) -> str:
        answer = _parsed(response)
        try:
            handle = AuthenticationResponse.from_dict(answer).response.user_handle if answer is not None else None
            return bytes(handle or b"").decode("ascii")[:22]
        except UNREADABLE:
            return ""

    def read(self, form: QueryDict) -> Any:
        return form.get("credential", "")


def server() -> Fido2Server:
    """The relying party: the name of PUBLIC_URL, and no other origin than that."""
    name = urlsplit(settings.PUBLIC_URL).hostname or ""
    entity = PublicKeyCredentialRpEntity(id=name, name=settings.OPERATOR_NAME or "Kumquat")
    return Fido2Server(entity, verify_origin=lambda origin: origin == settings.PUBLIC_URL)


def _challenge(txn: Transaction) -> bytes:
    """Bound to transaction, person, purpose and nonce (S6, S32)."""
    return crypto.mac("passkey", str(txn.pk), str(txn.customer_id), txn.purpose, txn.nonce, key_id=txn.key_id)


def _verification(txn: Transaction) -> UserVerificationRequirement:
    wanted = UserVerificationRequirement.REQUIRED if txn.verifies_user else UserVerificationRequirement.PREFERRED
    return wanted


def _parsed(response: Any) -> Mapping[str, Any] | None:
    if isinstance(response, Mapping):
        return response
    if not isinstance(response, str) or not 0 < len(response) <= LONGEST:
        return None
    try:
        parsed = json.loads(response)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _credential(authenticator: Authenticator) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(authenticator.data["credential"]))


def _descriptor(authenticator: Authenticator) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        type=PublicKeyCredentialType.PUBLIC_KEY,
        id=_credential(authenticator).credential_id,
        transports=authenticator.data.get("transports") or None,
    )


def _keeps_its_kind(told: AuthenticatorData, authenticator: Authenticator) -> bool:
    """Whether it may be copied is settled when a credential is made (§7.2, steps 17 and 18 of Level 3)."""
    if told.is_backed_up() and not told.is_backup_eligible():
        return False
    return bool(told.is_backup_eligible() == authenticator.data.get("backup_eligible", False))


def _flags(told: AuthenticatorData) -> dict[str, bool]:
    """What the device said: whether it may be copied, was copied, and made sure who holds it (§6.1)."""
    return {
        "backup_eligible": told.is_backup_eligible(),
        "backed_up": told.is_backed_up(),
        "user_verified": told.is_user_verified(),
    }


def _hash(credential_id: bytes) -> str:
    return crypto.keyed_hash("credential", credential_id)
