"""The dialect's own words, which clients compare to the letter, for what our verbs answer."""

from typing import Any

from django.conf import settings

from accounts import agreeing, names, sending_limits
from accounts.models import Customer, User
from mfa.compat.miniorange.calling import Call, Stop
from mfa.contract import METHODS, Begun, Judged, Reason, Refusal, Verdict
from mfa.methods import by_compat_name
from mfa.methods.email_code import EmailCode
from mfa.models import Authenticator
from mfa.verbs import living_pass

DEFAULT = EmailCode.compat_names[0]  # the method of a client that names none
WRONG_CODE = "Invalid OTP provided. Please try again."
WRONG_ANSWERS = "The answers you have provided are incorrect."
WRONG_ENROLMENT = "The OTP you have entered is incorrect."
UNKNOWN_USER = "Invalid username or email."
TIMED_OUT = "Your mobile validation request timed out. Please try again."
NOT_AGREED = "This person has not agreed to the terms yet. They can do so here:"
ERASED = "This person was erased. A member can allow the name again."

# ERROR where the client's own text would say less than ours: it shows our message only then
REFUSALS: dict[Reason, tuple[str, str]] = {
    Reason.NOT_CONFIRMED: ("ERROR", "Confirm your e-mail address first. Until then codes go to that address only."),
    Reason.SUSPENDED: ("FAILED", "This account is suspended. Write to support."),
    Reason.UNKNOWN_USER: ("FAILED", UNKNOWN_USER),
    Reason.DISABLED: ("FAILED", "This user is disabled."),
    Reason.NOT_ENROLLED: ("FAILED", "This user has not set up this method."),
    Reason.NO_ADDRESS: ("FAILED", "No address is known for this method."),
    Reason.BAD_ADDRESS: ("ERROR", "The address or phone number cannot be used."),
    Reason.NOT_OFFERED: ("ERROR", "This server does not offer this method."),
    Reason.COUNTRY: ("ERROR", "Messages to this country are not switched on for your account."),
    Reason.LIMITED: ("ERROR", "The sending limit is reached."),
    Reason.WAITING: ("FAILED", "Too many wrong answers."),
    Reason.ERASED: ("ERROR", ERASED),
    Reason.CONSENT: ("ERROR", NOT_AGREED),
}

_LOGGED = {
    Reason.NOT_CONFIRMED: "not_confirmed",
    Reason.LIMITED: "limit",
    Reason.WAITING: "limit",
    Reason.UNKNOWN_USER: "unknown_user",
}


def stop_refused(refusal: Refusal, call: Call | None = None, username: str = "") -> Stop:
    """The dialect's refusal of a challenge, with the time after which another try makes sense.

    Who has not agreed to the terms is told where they can: the client shows our message as it is.
    """
    status, message = REFUSALS[refusal.reason]
    if refusal.reason is Reason.CONSENT and call is not None:
        message = f"{message} {agreeing.page(call.customer, username, call.site)}"
    if refusal.wait:
        message = f"{message} Try again in {minutes(refusal.wait)}."
    return Stop(status, message, _LOGGED.get(refusal.reason, "failed"))


def judged(call: Call, verdict: Judged, wrong: str = WRONG_CODE) -> dict[str, Any]:
    """The dialect's answer to a response."""
    if verdict.verdict is Verdict.PASSED:
        return {"status": "SUCCESS", "message": "Successfully validated."}
    call.reason = "refused"
    if verdict.verdict is Verdict.REPLAYED:
        return {"status": "ALREADY_USED", "message": "This code was used before. Wait for the next one."}
    if verdict.verdict is Verdict.THROTTLED:
        call.reason = "limit"
        return {"status": "FAILED", "message": throttled(verdict.wait)}
    return {"status": "FAILED", "message": wrong}


def throttled(wait: int) -> str:
    """How long until the next try, or that this way is closed."""
    if not wait:
        return "This way of signing in is switched off after too many wrong codes. Ask the site's administrator."
    return f"Too many wrong codes. Try again in {minutes(wait)}."


def minutes(seconds: int) -> str:
    """Seconds in words: "40 seconds", "3 minutes"."""
    if seconds < 90:
        return f"{seconds} seconds"
    return f"{-(-seconds // 60)} minutes"


def challenge(begun: Begun, name: str, email: str, phone: str) -> dict[str, Any]:
    """The answer to a challenge. `contact` is what the request carried, digits without a plus, else masked."""
    txn = begun.transaction
    reply: dict[str, Any] = {"status": "SUCCESS", "txId": txn.public_id, "authType": name}
    reply["message"] = "Asked for the second factor."
    for delivery in begun.prompt.deliveries:
        if delivery.channel == "email":
            asked = email.casefold() == delivery.address.casefold()
            contact = email if asked else names.mask_email(delivery.address)
            reply["emailDelivery"] = {"contact": contact, "sendStatus": "SUCCESS"}
            reply["email"] = contact
            reply["message"] = f"We sent a code to {names.mask_email(delivery.address)}."
        else:
            asked = bool(phone) and sending_limits.number(phone) == delivery.address
            contact = delivery.address.lstrip("+") if asked else names.mask_phone(delivery.address)
            reply["phoneDelivery"] = {"contact": contact, "sendStatus": "SUCCESS"}
            reply["message"] = f"We sent a code to {names.mask_phone(delivery.address)}."
    if begun.prompt.questions:
        reply["questions"] = [{"question": question} for question in begun.prompt.questions]
        reply["message"] = "Answer the questions."
    if METHODS[txn.method].polls:
        # This client strips slashes from the whole body, so no escaped quote and nothing beyond ASCII may stand in it
        reply["message"] = "We sent a mail. Open its link to allow or deny."
        reply = {key: value for key, value in reply.items() if key not in {"emailDelivery", "email"}}
        reply["emailDelivery"] = {"contact": email if email.isascii() else "", "sendStatus": "SUCCESS"}
    return reply


def auth_type(user: User) -> str:
    """The method a login of this user is to ask for.

    The one last set or won while it can be served, else DEFAULT, else NONE.
    """
    if living_pass(user) is not None:
        return DEFAULT
    key = by_compat_name(user.dialect_method)
    if key is not None:
        method = METHODS[key]
        if method.needs_enrolment:
            if Authenticator.objects.active().filter(user=user, method=key).exists():
                return user.dialect_method
        elif all(_reaches(user, channel) for channel in method.channels):
            return user.dialect_method
    return DEFAULT if user.email else "NONE"


def _reaches(user: User, channel: str) -> bool:
    """Whether a message of this channel could be sent to the user."""
    if channel == "email":
        return bool(user.email)
    return bool(user.phone) and bool(settings.SMS_URLS or settings.VOICE_URLS)


def limits_left(customer: Customer) -> dict[str, int]:
    """What is left of the customer's day, as the licence call names it."""
    email, sms = sending_limits.overview(customer)[:2]
    left_sms = max(0, sms.allowed - (sms.used or 0))
    return {
        "emailRemaining": max(0, email.allowed - (email.used or 0)),
        "smsRemaining": left_sms,
        "ivrRemaining": left_sms,
    }
