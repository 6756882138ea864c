"""What can be done with customers, sites, keys and people; every face calls these."""

from accounts.verbs.customers import (
    AlreadyRegistered,
    Registered,
    confirm_email,
    register_customer,
    send_confirmation,
)
from accounts.verbs.keys import (
    Found,
    find_by_plugin_password,
    issue_key,
    live_keys,
    make_plugin_password,
    revoke_key,
    rotate_key,
)
from accounts.verbs.people import (
    ErasedBefore,
    NameTaken,
    allow_name,
    create_user,
    find_user,
    request_erasure,
    require_unerased,
    set_enabled,
    update_user,
    was_erased,
)
from accounts.verbs.sites import add_site, archive_site, edit_site, seen_connected

__all__ = (
    "AlreadyRegistered",
    "ErasedBefore",
    "Found",
    "NameTaken",
    "Registered",
    "add_site",
    "allow_name",
    "archive_site",
    "confirm_email",
    "create_user",
    "edit_site",
    "find_by_plugin_password",
    "find_user",
    "issue_key",
    "live_keys",
    "make_plugin_password",
    "register_customer",
    "request_erasure",
    "require_unerased",
    "revoke_key",
    "rotate_key",
    "seen_connected",
    "send_confirmation",
    "set_enabled",
    "update_user",
    "was_erased",
)
