"""What of mfa's trail sites can be told: proofs, and what becomes of people's methods."""

from django.utils.translation import gettext_lazy as _

from accounts.webhooks.events import register


def register_all() -> None:
    """Make mfa's events known."""
    proof = ("method", "purpose")
    register("mfa.passed", "authentication.passed", _("A user passed"), *proof)
    register("mfa.refused", "authentication.failed", _("An answer was wrong"), *proof)
    register("mfa.denied", "authentication.denied", _("A user denied a sign-in"), *proof)
    register("mfa.added", "authenticator.added", _("A user added a method"), "method")
    register("mfa.replaced", "authenticator.replaced", _("A user set a method up anew"), "method")
    register("mfa.reset", "authenticator.removed", _("A method was removed"), "method")
    register("mfa.suspended", "authenticator.suspended", _("A method was suspended"), "method")
    register("mfa.resumed", "authenticator.resumed", _("A method was taken up again"), "method")
    register("mfa.switched_off", "authenticator.locked", _("Wrong answers switched a method off"), "method")
    register("mfa.link_sent", "enrolment.link_sent", _("A link to add a method was sent"))
    register("mfa.bypass_given", "bypass.given", _("A bypass code was given"), "until", "uses")
    register("mfa.let_in_once", "bypass.let_in_once", _("A user may come in once"), "until")
    register("mfa.not_me", "authentication.disowned", _("A user says that a sign-in was somebody else"), "method")
    register("mfa.was_me", "authentication.owned", _("A user says that a sign-in was their own"), "method")
    register("mfa.risk_denied", "authentication.stopped", _("Risk refused a sign-in"), "rule")
    register("mfa.put_off", "enrolment.put_off", _("A user put adding a method off"))
    register("mfa.recovery_asked", "recovery.asked", _("A new beginning was asked for"), "ready")
    register("mfa.recovery_cancelled", "recovery.cancelled", _("A new beginning was called off"))
    register("mfa.recovery_approved", "recovery.approved", _("A new beginning was approved"))
    register("mfa.recovery_refused", "recovery.refused", _("A new beginning was refused"))
    register("mfa.recovery_sent", "recovery.link_sent", _("The link for a new beginning was sent"))
    register("mfa.recovered", "recovery.completed", _("A new beginning was made"))
    register("mfa.device_trusted", "device.trusted", _("A browser was trusted"))
    register("mfa.device_stolen", "device.stolen", _("A trusted browser may have been copied"))
