"""Every table of accounts, so that Django finds them in one place."""

from accounts.messages.models import Message, WorkerHeartbeat
from accounts.models.audit import AuditRecord, PersonKey
from accounts.models.customers import Acceptance, ApiKey, Customer, Site
from accounts.models.disclosures import Disclosure
from accounts.models.grants import Grant
from accounts.models.groups import Group, GroupMember
from accounts.models.limits import RateCount, SignedCall
from accounts.models.links import Link
from accounts.models.people import ErasedName, ErasureRequest, Invitation, Membership, Role, Session, User
from accounts.models.tokens import ApiToken, IdempotencyKey
from accounts.support.models import Ticket, TicketEntry, TicketViewer
from accounts.webhooks.models import WebhookDelivery, WebhookEndpoint

__all__ = (
    "Acceptance",
    "ApiKey",
    "ApiToken",
    "AuditRecord",
    "Customer",
    "Disclosure",
    "ErasedName",
    "ErasureRequest",
    "Grant",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "Invitation",
    "Link",
    "Membership",
    "Message",
    "PersonKey",
    "RateCount",
    "Role",
    "Session",
    "SignedCall",
    "Site",
    "Ticket",
    "TicketEntry",
    "TicketViewer",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WorkerHeartbeat",
)
