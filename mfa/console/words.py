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
    "mfa.not_me": _("“This was not me”"),
    "mfa.recovery_asked": _("New beginning asked for"),
    "mfa.recovery_cancelled": _("New beginning called off"),
    "mfa.recovery_approved": _("New beginning approved"),
    "mfa.recovery_refused": _("New beginning refused"),
    "mfa.recovery_sent": _("Link for a new beginning sent"),
    "mfa.recovered": _("New beginning made"),
    "own.entered": _("Own pages opened"),
    "own.left": _("Own pages left"),
    "policy.edited": _("Policy drafted"),
    "policy.discarded": _("Policy draft dropped"),
    "policy.published": _("Policy published"),
    "member.sign_in_refused": _("Member’s sign-in refused"),
}

KINDS = {
    "mfa.code": _("Code"),
    "mfa.email_link": _("Link to allow or deny"),
    "mfa.factor_changed": _("A method changed"),
    "mfa.device_stolen": _("A trusted browser may have been copied"),
    "mfa.enrol": _("Link to add a method"),
    "mfa.few_left": _("Few backup codes are left"),
    "mfa.not_me": _("A sign-in that was somebody else"),
    "mfa.recovery_asked": _("Somebody asks for a new beginning"),
    "mfa.recovery_ended": _("How a new beginning goes on"),
    "mfa.other_address": _("A code went to another address"),
}
