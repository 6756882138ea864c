"""Canonical names and addresses: one person, one spelling; and their masked forms for pages and logs."""

import unicodedata

MAX_LENGTH = 255


class UnusableName(ValueError):
    """The name is empty, too long, or holds characters that could disguise it."""


def canonical(name: str) -> str:
    """The form names are compared in: NFKC, trimmed, case-folded (security.md S4). Raises UnusableName.

    Never folded across scripts: a Cyrillic look-alike is another person. Cut before NFKC, which can grow text 18 times.
    """
    if len(name) > MAX_LENGTH:
        raise UnusableName("too long")
    if name.isascii() and name.isprintable() and (plain := name.strip()):  # most names, which NFKC leaves alone
        return plain.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).strip().casefold())
    if not folded or len(folded) > MAX_LENGTH:
        raise UnusableName("empty or too long")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in folded):
        raise UnusableName("control characters")
    return folded


def counted(name: str) -> str:
    """The form that limits count a typed name by, whatever was typed: all spellings of one person are one (S4)."""
    try:
        return canonical(name)
    except UnusableName:
        return name[:MAX_LENGTH]


def mixed_scripts(name: str) -> bool:
    """Whether a name mixes alphabets, as look-alikes do; pages mark it."""
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in name if char.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1


def mask_email(address: str) -> str:
    """i•••@nordvik.example"""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


def mask_phone(number: str) -> str:
    """+47 ••• •• 123, from a number in E.164."""
    return f"{number[:3]} ••• •• {number[-3:]}"


def mask(address: str) -> str:
    """The masked form of an e-mail address or a phone number."""
    return mask_email(address) if "@" in address else mask_phone(address)
