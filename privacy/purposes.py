"""What people can say yes to and need not: each purpose with its question, in the words that its proof keeps."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.datamap import EVERYBODY, MEMBERS
from privacy.words import Words

FINGERPRINT, PERSONALISATION, NEWS = "fingerprint", "personalisation", "news"


@dataclass(frozen=True)
class Purpose:
    """One purpose: its question's version, whom it is put to, a name, and what is asked.

    Another question is another version, and a new version of the privacy notice names the purpose in `asks_again`.
    """

    key: str
    wording: int
    asked: str
    label: Words
    question: Words


PURPOSES: dict[str, Purpose] = {
    one.key: one
    for one in (
        Purpose(
            FINGERPRINT,
            1,
            EVERYBODY,
            _("Know my browser by what it looks like"),
            _(
                "May this service read what your browser looks like when you sign in, such as how it draws and which "
                "fonts it has? Only a hash of it is sent. With it you are asked less often whether it is you, and "
                "without it nothing else changes."
            ),
        ),
        Purpose(
            PERSONALISATION,
            1,
            MEMBERS,
            _("Put first what I use"),
            _(
                "May this service count which lists you open from the dashboard, so that your start page shows those "
                "first that you use most? Nobody else sees the counts, and they are deleted when you switch this off."
            ),
        ),
        Purpose(
            NEWS,
            1,
            MEMBERS,
            _("News by mail"),
            _(
                "May the operator send you a mail when there is something new in this service? Each of these mails "
                "has a link that ends them with one click. What you need for your account comes either way."
            ),
        ),
    )
}
