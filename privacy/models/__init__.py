"""Every table of privacy, so that Django finds them in one place."""

from privacy.models.agreements import Agreement, Consent, Notice
from privacy.models.apart import SetAside
from privacy.models.measures import Measure
from privacy.models.objections import Announcement, NewsReader, Objection, PageUse
from privacy.models.packages import Package, PackagePart
from privacy.models.receipts import Receipt, Tombstone
from privacy.models.requests import Entry, Evidence, PrivacyRequest
from privacy.models.sites import SiteJob, SiteLink
from privacy.models.versions import Text, Version

__all__ = (
    "Agreement",
    "Announcement",
    "Consent",
    "Entry",
    "Evidence",
    "Measure",
    "NewsReader",
    "Notice",
    "Objection",
    "Package",
    "PackagePart",
    "PageUse",
    "PrivacyRequest",
    "Receipt",
    "SetAside",
    "SiteJob",
    "SiteLink",
    "Text",
    "Tombstone",
    "Version",
)
