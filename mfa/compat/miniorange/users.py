"""admin/users/*: a site's own users, found, made, changed, disabled and given up."""

from functools import partial
from typing import Any

from accounts import names, sending_limits
from accounts import verbs as people
from accounts.models import User
from accounts.verbs.people import end_users
from mfa.compat.miniorange import words
from mfa.compat.miniorange.calling import SIGNED, Call, Reply, Stop, atomic, endpoint
from mfa.methods import spelled

MOST_IN_A_BATCH = 200


def needed_user(call: Call) -> User:
    """The user that a call names. Stops the call for an unknown one."""
    user = people.find_user(call.customer, call.body.needed("username"))
    if user is None:
        raise Stop("FAILED", words.UNKNOWN_USER, "unknown_user")
    return user


def found_or_made(call: Call, **fields: Any) -> User:
    """The user that a call names, made if unknown. Stops the call for a name that was erased or cannot be used."""
    username = call.body.needed("username")
    user = people.find_user(call.customer, username)
    if user is not None:
        return user
    if "email" not in fields and "@" in username:
        fields["email"] = username
    try:
        return people.create_user(call.customer, username, call.by, **fields)
    except people.ErasedBefore as error:
        call.afterwards = partial(people.note_return, call.customer, username, call.by)
        raise Stop("ERROR", words.ERASED) from error
    except names.UnusableName as error:
        raise Stop("ERROR", "This username cannot be used.", "malformed") from error
    except people.NameTaken as error:  # two calls at once: the other one made the user; or a member's name, never found
        user = people.find_user(call.customer, username)
        if user is None:
            raise Stop("ERROR", "This username cannot be used.") from error
        return user


def _fields(call: Call) -> dict[str, Any]:
    """What a call says of a user; null, absent and empty mean unchanged."""
    given = {
        "email": _email(call),
        "phone": _phone(call),
        "first_name": call.body.text("firstName", "firstname", most=100),
        "last_name": call.body.text("lastName", "lastname", most=100),
        "dialect_method": _auth_type(call),
    }
    return {name: value for name, value in given.items() if value}


def _email(call: Call) -> str:
    email = call.body.text("email", most=254)
    if email and ("@" not in email[1:-1] or any(char.isspace() for char in email)):
        raise Stop("ERROR", "The e-mail address cannot be used.", "malformed")
    return email


def _phone(call: Call) -> str:
    phone = call.body.text("phone", most=40)
    try:
        return sending_limits.number(phone) if phone else ""
    except sending_limits.UnusableNumber as error:
        raise Stop("ERROR", "The phone number cannot be used.", "malformed") from error


def _auth_type(call: Call) -> str:
    """The method's name as the client spells it, which is what it wants to read again."""
    name = call.body.text("authType", most=64)
    return "" if spelled(name) in {"NOT CONFIGURED", "NONE"} else name


@endpoint(SIGNED)
def search(call: Call) -> Reply:
    """Whether this customer has a user of this name; never whether another customer has."""
    user = people.find_user(call.customer, call.body.needed("username"))
    if user is None:
        return {"status": "USER_NOT_FOUND", "message": "No user of this name."}
    return {"status": "USER_FOUND", "message": "User found.", "username": user.username}


@endpoint(SIGNED)
@atomic
def create(call: Call) -> Reply:
    """Make a user; one that exists already is a success too, since clients call this freely."""
    call.once()
    known = people.find_user(call.customer, call.body.needed("username"))
    if known is None:
        found_or_made(call, **_fields(call))
    return {"status": "SUCCESS", "message": "User created." if known is None else "User exists."}


@endpoint(SIGNED)
def get(call: Call) -> Reply:
    """What a login needs to know of a user, above all the method to ask for. Never rate-limited for a signed site."""
    user = needed_user(call)
    return {
        "status": "SUCCESS",
        "message": "User found.",
        "username": user.username,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": user.email,
        "phone": str(user.phone or ""),
        "authType": words.auth_type(user),
    }


@endpoint(SIGNED)
@atomic
def update(call: Call) -> Reply:
    """Change a user's addresses and method.

    A user who is unknown is made, since clients update users they never created.
    """
    call.once(harmless=True)
    fields = _fields(call)
    user = found_or_made(call, **fields)
    try:
        people.update_user(user, call.by, **fields)
    except names.UnusableName as error:
        raise Stop("ERROR", "The e-mail address cannot be used.", "malformed") from error
    return {"status": "SUCCESS", "message": "User updated."}


@endpoint(SIGNED)
def getall(call: Call) -> Reply:
    """A batch of users, oldest first."""
    number, size = int(call.body.digits("batchNo") or 1), int(call.body.digits("batchSize") or 100)
    size = max(1, min(size, MOST_IN_A_BATCH))
    start = min(max(number, 1) - 1, 100_000) * size
    users = list(end_users(call.customer).order_by("id")[start : start + size])
    listed = [{"username": user.username, "primaryEmail": user.email, "firstName": user.first_name} for user in users]
    return {"status": "SUCCESS", "message": "Users fetched.", "fetchedCount": len(listed), "users": listed}


@endpoint(SIGNED)
@atomic
def enable(call: Call) -> Reply:
    call.once(harmless=True)
    people.set_enabled(needed_user(call), True, call.by)
    return {"status": "SUCCESS", "message": "User enabled."}


@endpoint(SIGNED)
@atomic
def disable(call: Call) -> Reply:
    call.once(harmless=True)
    people.set_enabled(needed_user(call), False, call.by)
    return {"status": "SUCCESS", "message": "User disabled."}


@endpoint(SIGNED)
@atomic
def delete(call: Call) -> Reply:
    """Start a user's erasure: gone for every call at once, from every table soon."""
    call.once()
    people.request_erasure(needed_user(call), call.by)
    return {"status": "SUCCESS", "message": "User deleted."}
