"""Assurance levels, the word that rba, mfa and privacy share (NIST SP 800-63B-4 §2)."""

from enum import IntEnum


class Assurance(IntEnum):
    """How much a proof is worth. WEAK is for what exists for old clients and is no authenticator by NIST's count."""

    NONE = 0
    WEAK = 1
    AAL1 = 2
    AAL2 = 3
    AAL3 = 4
