"""Every table of privacy, so that Django finds them in one place."""

from privacy.models.agreements import Agreement, Consent, Notice
from privacy.models.packages import Package, PackagePart
from privacy.models.requests import Entry, Evidence, PrivacyRequest
from privacy.models.sites import SiteJob, SiteLink
from privacy.models.versions import Text, Version

__all__ = (
    "Agreement",
    "Consent",
    "Entry",
    "Evidence",
    "Notice",
    "Package",
    "PackagePart",
    "PrivacyRequest",
    "SiteJob",
    "SiteLink",
    "Text",
    "Version",
)
