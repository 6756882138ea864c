"""The kinds of message that privacy sends, and what each template is given.

new_version     document (terms or privacy), number, changes (in the message's language), path
"""

from accounts.messages.kinds import from_templates, register

DAY = 86400


def register_all() -> None:
    """Make them known to the outbox."""
    register("privacy.new_version", from_templates("privacy/new_version"), lasts=7 * DAY)
