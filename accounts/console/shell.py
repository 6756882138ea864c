"""The frame of every dashboard page: who is signed in, for which customer, and where one can go."""

from functools import cached_property
from typing import Any, cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.console.registry import BANNERS, ENTRIES, Banner
from accounts.http import KumquatRequest
from accounts.models import Customer, Membership
from accounts.roles import Right, may

GROUPS = {
    "": "",
    "people": _("People"),
    "privacy": _("Privacy"),
    "setup": _("Set-up"),
    "account": _("Account"),
}


class Shell:
    """What templates/console/base.html shows; read only as far as the page asks."""

    def __init__(self, request: HttpRequest, membership: Membership) -> None:
        self.request = request
        self.membership = membership
        self.member = membership.user
        self.customer = membership.customer
        self.role_label = membership.get_role_display()

    @property
    def search_url(self) -> str:
        """Where the field in the top bar looks for users, or nothing for a role that may not see them."""
        return reverse("console:users") if may(self.membership.role, Right.SEE_PEOPLE) else ""

    @property
    def support_url(self) -> str:
        """Where "Help" leads, or nothing for a role that cannot write to support."""
        return reverse("console:support") if may(self.membership.role, Right.ASK) else ""

    @property
    def may_close(self) -> bool:
        """Whether the member may close the account, and take that back."""
        return may(self.membership.role, Right.CLOSE)

    @property
    def may_test(self) -> bool:
        """Whether the member may go to test mode and back."""
        return self.in_test or may(self.membership.role, Right.EDIT_SITES)

    @property
    def in_test(self) -> bool:
        """Whether the dashboard is in test mode, although this page may be about the account itself."""
        return "test" in self.request.session

    @property
    def account_url(self) -> str:
        """The member's own account."""
        return reverse("console:account")

    @cached_property
    def customers(self) -> list[Customer]:
        """The other customers that the member may switch to."""
        others = Customer.objects.filter(memberships__user=self.member).exclude(
            pk=self.customer.test_of_id or self.customer.pk
        )
        return list(others.order_by("name")[:50])

    @cached_property
    def banners(self) -> list[Banner]:
        """What this member is told above every page."""
        found = (read(cast(KumquatRequest, self.request)) for read in BANNERS)
        return [one for one in found if one is not None]

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """Groups of entries that the member's role may open; the current one is marked."""
        here = self.request.path
        entries = [entry for entry in ENTRIES if may(self.membership.role, entry.right)]
        places = [(entry, reverse(entry.url_name)) for entry in sorted(entries, key=lambda entry: entry.order)]
        # The current page is the entry with the longest address that ours begins with.
        current = max((url for _entry, url in places if here.startswith(url)), key=len, default="")
        groups = []
        for key, title in GROUPS.items():
            lines = [
                {"label": entry.label, "icon": entry.icon, "url": url, "is_current": url == current}
                for entry, url in places
                if entry.group == key
            ]
            if lines:
                groups.append({"title": title, "entries": lines})
        return groups
