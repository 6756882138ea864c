"""How long privacy keeps each sort of row, as the data map says, and forget()."""

from datetime import datetime, timedelta

from accounts import retention
from accounts.models import ErasureRequest
from accounts.retention import Rule
from privacy import deadlines
from privacy.models import Agreement, Consent, Measure, Package, PrivacyRequest, Receipt, SiteJob, Tombstone

RULES = (
    Rule(Agreement, timedelta(), lambda before: Agreement.objects.filter(kept_until__lt=before)),
    Rule(Consent, timedelta(), lambda before: Consent.objects.filter(kept_until__lt=before)),
    Rule(PrivacyRequest, deadlines.KEPT, lambda before: PrivacyRequest.objects.filter(closed_at__lt=before)),
    Rule(SiteJob, deadlines.KEPT, lambda before: SiteJob.objects.filter(ended_at__lt=before)),
    Rule(Receipt, deadlines.KEPT, lambda before: Receipt.objects.filter(signed_at__lt=before)),
    Rule(
        ErasureRequest,
        deadlines.KEPT,
        lambda before: ErasureRequest.objects.filter(done_at__lt=before, receipt=None, site_jobs=None),
    ),
    Rule(Tombstone, deadlines.KEPT, lambda before: Tombstone.objects.filter(erased_at__lt=before)),
    Rule(
        Measure,
        deadlines.KEPT,
        lambda before: Measure.objects.exclude(state=Measure.State.APPROVED).filter(asked_at__lt=before),
    ),
    Rule(Package, timedelta(), lambda before: Package.objects.filter(expires_at__lt=before)),
)


def forget(at: datetime | None = None) -> dict[str, int]:
    """Delete what is too old at `at` (now), and return how many rows of each sort went."""
    return retention.apply(RULES, at)
