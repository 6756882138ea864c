"""compose(): a letter as an e-mail, the same whatever carries it."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from accounts.gateways.contract import Letter


def sender_address() -> str:
    """The bare address that mail is sent from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def compose(letter: Letter) -> EmailMultiAlternatives:
    """An e-mail from our address under the customer's name. Raises ValueError for what no header may hold."""
    headers = {"Message-ID": f"<{letter.id}>", "Auto-Submitted": "auto-generated"}
    if letter.stop_url:  # RFC 8058: the mail program shows a button of its own, which posts there
        headers |= {"List-Unsubscribe": f"<{letter.stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        formataddr((" ".join(letter.sender.split()), sender_address())),
        [letter.to],
        headers=headers,
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    return mail
