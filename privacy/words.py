"""What people read of the data map: a label for each datum, and every word that the map uses, in their language."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts import datamap
from accounts.datamap import Personal, Plain

Words = str | Promise

CATEGORIES: dict[str, Words] = {
    "identity": _("Who you are"),
    "contact": _("How you can be reached"),
    "authenticator": _("Your methods"),
    "credential": _("Secrets and their proofs"),
    "agreement": _("What you agreed to"),
    "request": _("What you asked about your data"),
    "preference": _("What you prefer"),
    "status": _("State of your account"),
    "activity": _("What you did here"),
    "device": _("Browsers you use"),
    "location": _("Where you sign in from"),
    "content": _("What was written"),
    "history": _("Earlier values"),
    "address": _("Postal address"),
    "other": _("Other"),
}
# Why each is needed: what could not be done without it
PURPOSES: dict[str, tuple[Words, Words]] = {
    "prove who signs in": (
        _("Proving who signs in"),
        _("Without it nobody could tell whether a second factor is yours."),
    ),
    "deliver codes and notices": (
        _("Sending codes and notices"),
        _("Without it no code and no warning would reach you."),
    ),
    "show what was done, by whom": (
        _("Showing what was done, and by whom"),
        _("Without it nobody could find out who changed something, or undo it."),
    ),
    "limit abuse": (
        _("Stopping guesses and floods"),
        _("Without it a stranger could try codes without end."),
    ),
    "run the customer's account": (
        _("Running the account of an organisation"),
        _("Without it nobody could manage the sites that use this service."),
    ),
    "answer questions": (
        _("Answering questions"),
        _("Without it we could not answer you."),
    ),
    "keep the person's rights": (
        _("Keeping your rights"),
        _("Without it we could not show what you agreed to, or keep to what you asked for."),
    ),
    "put first what is used": (
        _("Showing first what you use"),
        _("Without it your start page has the order that everybody has. It is off unless you switch it on."),
    ),
    "tell what is new": (
        _("Telling you what is new"),
        _("Without it you get no news. It is off unless you switch it on."),
    ),
}
BASES: dict[str, Words] = {
    "legitimate interest: security": _("legitimate interest: safe sign-ins"),
    "contract": _("contract"),
    "legal obligation": _("legal obligation"),
    "consent": _("consent"),
}
SOURCES: dict[str, Words] = {
    "a member": _("somebody who manages the account"),
    "a member or staff": _("somebody who manages the account, or the operator"),
    "the browser": _("your browser"),
    "the customer": _("the site's owner"),
    "the network address": _("the network you came from"),
    "the person": _("you"),
    "the site": _("the site you signed in to"),
    "the site or the customer": _("the site you signed in to, or its owner"),
    "this server": _("this service"),
}
RETENTIONS: dict[str, Words] = {
    "1 year": _("1 year"),
    "1 year after it was closed": _("1 year after it was closed"),
    "3 years": _("3 years"),
    "3 years after its end": _("3 years after it ended"),
    "1 day": _("1 day"),
    "30 days": _("30 days"),
    "30 days after it ended": _("30 days after it ended"),
    "30 days after it expired": _("30 days after it expired"),
    "60 days; members and staff only": _("60 days, for those who manage accounts"),
    "7 days": _("7 days"),
    "90 days": _("90 days"),
    "a day": _("a day"),
    "as long as the token is listed": _("as long as the token is listed"),
    "as long as in the group": _("as long as you are in the group"),
    "as long as the authenticator": _("until the method is removed"),
    "as long as the customer's account": _("as long as the organisation has an account"),
    "as long as the membership": _("as long as you manage the account"),
    "as long as the row": _("until it is erased"),
    "as long as the user": format_lazy(
        _(
            "as long as your account exists; after {months} months without a sign-in, or as many as the site’s owner "
            "chose, it is set aside, and {days} days later erased"
        ),
        months=settings.INACTIVE_MONTHS,
        days=settings.SET_ASIDE_DAYS,
    ),
    datamap.EVENTS_KEPT: format_lazy(_("{days} days"), days=settings.SIGN_IN_DAYS),
    "until erased or given back": _("until it is erased, or your account is used again"),
    "as long as the user, and 3 years": _("as long as your account exists, and 3 years"),
    "until a member allows the name again": _("until the site's owner allows the name again"),
    "until the consent is taken back": _("until you take your consent back"),
    "until the person asks for news again": _("until you ask for news again"),
    "until confirmed or replaced": _("until it is confirmed or replaced"),
    "until erased": _("until it is erased"),
    "until sent or expired": _("until it was sent"),
    "until the site answered, 30 days at most": _("until the site has answered, 30 days at most"),
    "until the session ends": _("until you sign out"),
}
RECIPIENTS: dict[str, Words] = {
    "the e-mail or SMS provider": _("the provider that delivers the e-mail, text message or call"),
    "the site you signed in to": _("the site you signed in to"),
    "the customer, in a file": _("the site’s owner, in a file"),
    "an authority": _("an authority that the law entitles"),
    "whoever is harmed": _("whoever is harmed by a breach of terms"),
    "the e-mail provider": _("the provider that delivers the e-mail"),
}
EXPORTED: dict[str, Words] = {
    "as it is": _("as it is"),
    "masked": _("partly hidden"),
    "as your account’s own data": _("as the name and addresses of your account"),
    "not: only a hash": _("not: it is a fingerprint that cannot be read back"),
    "not: said to the site already": _("not: the site was told already"),
    "that it exists": _("that it exists, not what it is"),
    "what it is, not what proves it": _("what it is, not the secret in it"),
}
CORRECTED: dict[str, Words] = {
    "by the customer or the person": _("by you or the site's owner"),
    "by the person alone": _("by you alone"),
    "by agreeing or withdrawing": _("by agreeing, or taking that back"),
    "not: it is a record": _("not: it records what happened"),
}
ERASED: dict[str, Words] = {
    "with the row": _("deleted"),
    "emptied": _("emptied"),
    "emptied, of their own acts": _("emptied where it tells where you were"),
    "stays: a hash that names nobody": _("a fingerprint stays that names nobody"),
    "stays: an id without a person": _("a number stays that names nobody"),
    "the link to the person is cut": _("the link to you is cut"),
    "the person's key is destroyed": _("the key that opens it is destroyed"),
}
# A datum's label: of one field, else of all fields of one category in a table
LABELS: dict[str, Words] = {
    "accounts.User.username": _("Username"),
    "accounts.User.canonical_username": _("Username"),
    "accounts.User.first_name": _("Name"),
    "accounts.User.last_name": _("Name"),
    "accounts.User.email": _("E-mail address"),
    "accounts.User.canonical_email": _("E-mail address"),
    "accounts.User.email_confirmed_at": _("E-mail address"),
    "accounts.User.phone": _("Phone number"),
    "accounts.User.language": _("Language"),
    "accounts.User.password": _("Password, as a fingerprint that cannot be read back"),
    "accounts.User.dialect_method": _("Usual method"),
    "accounts.User.phrase": _("Phrase of our notices"),
    "accounts.User.last_sign_in_at": _("Last sign-in"),
    "accounts.User.factors_changed_at": _("Last change of methods"),
    "accounts.User.agreed_terms": _("Version of the terms you agreed to"),
    "accounts.User.terms_withdrawn_at": _("Version of the terms you agreed to"),
    "accounts.User.consented": _("What you said yes to, of what is optional"),
    "accounts.User:status": _("Whether the account is disabled, restricted or erased"),
    "accounts.ApiToken:identity": _("Keys for programs: who made them"),
    "accounts.IdempotencyKey:content": _("Answers that a site's program may read again"),
    "accounts.Message:identity": _("Messages to you"),
    "accounts.Message:contact": _("Messages to you: where to"),
    "accounts.Message:activity": _("Messages to you: which sign-in they belong to"),
    "accounts.Message:content": _("Messages to you: what they say"),
    "accounts.AuditRecord:identity": _("Record of changes: who, and about whom"),
    "accounts.AuditRecord:history": _("Record of changes: values before and after"),
    "accounts.AuditRecord:location": _("Record of changes: country and network"),
    "accounts.Acceptance:identity": _("Agreement for an organisation: who gave it"),
    "accounts.GroupMember:identity": _("Groups you are in"),
    "accounts.Link:identity": _("Links we mailed you"),
    "accounts.Link:contact": _("Links we mailed you: the address they are about"),
    "accounts.Membership:identity": _("Accounts you manage"),
    "accounts.Membership:status": _("Accounts you manage: your role"),
    "accounts.Invitation:contact": _("Invitations: the address"),
    "accounts.Invitation:status": _("Invitations: the role"),
    "accounts.Invitation:identity": _("Invitations: who invited"),
    "accounts.Session:identity": _("Browsers you are signed in with"),
    "accounts.Session:activity": _("Browsers you are signed in with: last use"),
    "accounts.Session:device": _("Browsers you are signed in with: which"),
    "accounts.Session:location": _("Browsers you are signed in with: country"),
    "accounts.Disclosure:identity": _("Who was given your data"),
    "accounts.Disclosure:activity": _("Who was given your data: whom, what, when"),
    "accounts.ErasureRequest:identity": _("Request to erase you"),
    "accounts.ErasureRequest:request": _("Request to erase you: how its asker finds it"),
    "accounts.ErasedName:identity": _("Erased usernames, as fingerprints that cannot be read back"),
    "accounts.Ticket:contact": _("Questions to support: who asked"),
    "accounts.TicketEntry:contact": _("Questions to support: who wrote"),
    "accounts.TicketEntry:content": _("Questions to support: what was written"),
    "mfa.Grace:identity": _("Setting up a method that was put off"),
    "mfa.Grace:activity": _("Setting up a method that was put off: since when, how often"),
    "mfa.Authenticator:authenticator": _("Methods you have added"),
    "mfa.Authenticator:credential": _("Methods you have added: their secrets, encrypted"),
    "mfa.Authenticator:contact": _("Methods you have added: the address codes go to"),
    "mfa.Authenticator:activity": _("Methods you have added: last use, wrong codes in a row"),
    "mfa.Authenticator:content": _("Methods others gave you: the reason"),
    "mfa.Lane:location": _("Wrong codes: from which network, as a fingerprint"),
    "mfa.Lane:activity": _("Wrong codes: how many, and until when to wait"),
    "mfa.AddressGuard:contact": _("Addresses codes were sent to, as fingerprints"),
    "mfa.AddressGuard:activity": _("Wrong codes: how many, and until when to wait"),
    "mfa.RetiredSecret:identity": _("Secrets no longer good, as fingerprints"),
    "mfa.RetiredSecret:credential": _("Secrets no longer good, as fingerprints"),
    "mfa.Transaction:identity": _("Sign-ins"),
    "mfa.Transaction:activity": _("Sign-ins: when, by which method, how they ended"),
    "mfa.Transaction:contact": _("Sign-ins: where a code went, partly hidden"),
    "mfa.Transaction:location": _("Sign-ins: country"),
    "mfa.Visit:identity": _("Visits to the sign-in page"),
    "mfa.Visit:device": _("Visits to the sign-in page: browser, as a fingerprint"),
    "mfa.Visit:activity": _("Visits to the sign-in page: when, and how they ended"),
    "mfa.TrustedDevice:identity": _("Browsers you trust"),
    "mfa.TrustedDevice:device": _("Browsers you trust: which, and until when"),
    "mfa.TrustedDevice:location": _("Browsers you trust: country"),
    "mfa.Recovery:identity": _("Requests for a new beginning"),
    "mfa.Recovery:activity": _("Requests for a new beginning: when, and how they ended"),
    "mfa.Recovery:content": _("Requests for a new beginning: the reason"),
    "mfa.RiskSession:identity": _("Sign-ins that a site told us of"),
    "mfa.RiskSession:device": _("Sign-ins that a site told us of: the browser, as a fingerprint that cannot be read"),
    "mfa.RiskSession:activity": _("Sign-ins that a site told us of: when, and what followed"),
    "rba.RiskProfile:identity": _("What is usual for you when you sign in"),
    "rba.RiskProfile:device": _("What is usual for you when you sign in, as fingerprints that cannot be read back"),
    "rba.RiskProfile:activity": _("What is usual for you when you sign in: last change"),
    "rba.RiskProfile:status": _("What is usual for you when you sign in: when it is erased, if you asked"),
    "rba.RiskDecision:identity": _("How risky a sign-in looked"),
    "rba.RiskDecision:device": _("How risky a sign-in looked: what was shown, as fingerprints that cannot be read"),
    "rba.RiskDecision:location": _("How risky a sign-in looked: from which country"),
    "rba.RiskDecision:activity": _("How risky a sign-in looked: when, the score and its parts, and what followed"),
    "privacy.Agreement:identity": _("Agreements to terms"),
    "privacy.Agreement:agreement": _("Agreements to terms: version, text, time and way"),
    "privacy.Consent:identity": _("Consents"),
    "privacy.Consent:agreement": _("Consents: to what, in which words, time and way"),
    "privacy.Objection:contact": _("Objections to news, as fingerprints that cannot be read back"),
    "privacy.NewsReader:preference": _("News by mail, if you asked for it"),
    "privacy.PageUse:activity": _("Lists you open from the start page, if you wish it in that order"),
    "privacy.PrivacyRequest:identity": _("Requests about your data"),
    "privacy.PrivacyRequest:request": _("Requests about your data: what, when, what came of it"),
    "privacy.Evidence:request": _("Requests about your data: how you proved who you are, and when"),
    "privacy.Evidence:identity": _("Requests about your data: who vouched for you"),
    "privacy.Entry:request": _("Requests about your data: what was written"),
    "privacy.Package:identity": _("Copies of your data that you asked for"),
    "privacy.PackagePart:identity": _("Copies of your data that you asked for"),
    "privacy.PackagePart:content": _("Copies of your data that you asked for: what they hold, encrypted"),
    "privacy.SiteJob:identity": _("Sites that are told to erase you"),
    "privacy.SiteJob:activity": _("Sites that were told to erase somebody: who confirmed it, and how"),
    "accounts.Grant:identity": _("Leave for support to see you in full"),
    "accounts.Grant:status": _("Leave for support to see you in full: from when until when"),
    "accounts.TicketViewer:identity": _("Who may see a ticket"),
    "privacy.Measure:identity": _("Measures that two of the staff took"),
    "privacy.Measure:history": _("Measures that two of the staff took: of which data, when"),
    "privacy.SetAside:identity": _("Kept apart: your name and addresses, encrypted under a key of their own"),
    "privacy.SetAside:status": _("Kept apart: why, since when and until when"),
    "privacy.Tombstone:identity": _("That you were erased, as fingerprints that cannot be read back"),
    "privacy.Receipt:identity": _("The receipt of your erasure: whose it is, as a fingerprint"),
    "privacy.Notice:identity": _("Notices of new versions"),
    "privacy.Notice:activity": _("Notices of new versions: when you saw them"),
}


def label(table: str, name: str, entry: Personal) -> Words | None:
    """What a datum is called, or None when nobody has said; `table` as in "accounts.User"."""
    return LABELS.get(f"{table}.{name}") or LABELS.get(f"{table}:{entry.category}")


def unknown(entry: Personal | Plain) -> list[str]:
    """The words of a declaration that have no translation here; "other" also wants its necessity in words."""
    if isinstance(entry, Plain):
        return []
    pairs: list[tuple[str, object]] = [
        (entry.category, CATEGORIES),
        (entry.purpose, PURPOSES),
        (entry.basis, BASES),
        (entry.source, SOURCES),
        (entry.retention, RETENTIONS),
        (entry.exported, EXPORTED),
        (entry.corrected, CORRECTED),
        (entry.erased, ERASED),
        *((one, RECIPIENTS) for one in entry.recipients),
    ]
    missing = [word for word, known in pairs if word not in known]  # type: ignore[operator]
    return [*missing, "necessity"] if entry.category == "other" and not entry.necessity else missing
