"""Every table of mfa, so that Django finds them in one place."""

from mfa.models.policies import Grace, Policy
from mfa.models.prompt import PromptClient, UsedAssertion, Visit
from mfa.models.proofs import AddressGuard, Authenticator, Guard, Lane, RetiredSecret
from mfa.models.risk import RiskSession
from mfa.models.transactions import Transaction
from mfa.models.trust import Recovery, TrustedDevice

__all__ = (
    "AddressGuard",
    "Authenticator",
    "Grace",
    "Guard",
    "Lane",
    "Policy",
    "PromptClient",
    "Recovery",
    "RetiredSecret",
    "RiskSession",
    "Transaction",
    "TrustedDevice",
    "UsedAssertion",
    "Visit",
)
