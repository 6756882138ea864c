"""Who opens the dashboard in tests: a member, signed in and freshly proved."""

from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import Customer, Role, User
from tests.factories import AuthenticatorFactory, CustomerFactory, member


class Desk(Client):
    """A browser that a member has signed in with."""

    customer: Customer
    user: User

    def text(self, url: str) -> str:
        """What a page shows; it must be there."""
        response = self.get(url)
        assert response.status_code == 200, response.status_code
        return response.content.decode()

    def said(self, url: str, data: dict[str, object] | None = None) -> str:
        """What the page shows that a POST leads to, its notices included."""
        response = self.post(url, data or {}, follow=True)
        assert response.status_code == 200, response.status_code
        return response.content.decode()


def desk(
    role: str = Role.OWNER, customer: Customer | None = None, fresh: bool = True, proven: bool | None = None
) -> Desk:
    """A signed-in member's browser; `fresh` when they proved themselves just now.

    Owners and admins have proven a second factor, as they must once a site has called, unless `proven` says otherwise.
    """
    browser = Desk()
    browser.customer = customer or CustomerFactory()
    browser.user = member(role, browser.customer)
    browser.force_login(browser.user)
    session = browser.session
    session["customer"] = str(browser.customer.pk)
    if role in (Role.OWNER, Role.ADMIN) if proven is None else proven:
        session[DEVICE_ID_SESSION_KEY] = AuthenticatorFactory(user=browser.user).persistent_id
    if fresh:
        session["proved_at"] = timezone.now().timestamp()
    session.save()
    return browser
