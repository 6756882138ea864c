"""Every table of privacy, so that Django finds them in one place."""

from privacy.models.agreements import Agreement, Consent, Notice
from privacy.models.versions import Text, Version

__all__ = ("Agreement", "Consent", "Notice", "Text", "Version")
