"""Who opens the dashboard in tests: a member, signed in and freshly proved."""

from django.test import Client
from django.utils import timezone

from accounts.models import Customer, Role, User
from tests.factories import CustomerFactory, member


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


def desk(role: str = Role.OWNER, customer: Customer | None = None, fresh: bool = True) -> Desk:
    """A signed-in member's browser; `fresh` when the password was given just now."""
    browser = Desk()
    browser.customer = customer or CustomerFactory()
    browser.user = member(role, browser.customer)
    browser.force_login(browser.user)
    session = browser.session
    session["customer"] = str(browser.customer.pk)
    if fresh:
        session["proved_at"] = timezone.now().timestamp()
    session.save()
    return browser
