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
    "mfa.added": _("Method added"),
    "mfa.replaced": _("Method set up anew"),
    "mfa.link_sent": _("Enrolment link sent"),
    "mfa.device_trusted": _("Browser trusted"),
    "mfa.device_revoked": _("Browser no longer trusted"),
    "mfa.devices_revoked": _("No browser trusted any more"),
    "mfa.device_stolen": _("Copy of a trusted browser’s cookie used"),
    "member.sign_in_refused": _("Member’s sign-in refused"),
}

KINDS = {
    "mfa.code": _("Code"),
    "mfa.email_link": _("Link to allow or deny"),
    "mfa.factor_changed": _("A method changed"),
    "mfa.device_stolen": _("A trusted browser may have been copied"),
    "mfa.enrol": _("Link to add a method"),
    "mfa.other_address": _("A code went to another address"),
}
