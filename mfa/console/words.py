"""What pages call the actions and the kinds of message that mfa knows."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "mfa.passed": _("Second factor passed"),
    "mfa.refused": _("Second factor refused"),
    "mfa.denied": _("Sign-in denied by the person"),
    "mfa.enrolled": _("Method added"),
    "mfa.reset": _("Method reset"),
    "mfa.let_in_once": _("Let in once"),
    "mfa.bypass_given": _("Bypass code given"),
    "mfa.renamed": _("Method renamed"),
    "mfa.suspended": _("Method suspended"),
    "mfa.resumed": _("Method taken up again"),
    "member.sign_in_refused": _("Member’s sign-in refused"),
}

KINDS = {
    "mfa.code": _("Code"),
    "mfa.email_link": _("Link to allow or deny"),
    "mfa.factor_changed": _("A method changed"),
    "mfa.other_address": _("A code went to another address"),
}
