"""Somebody with an authenticator app who opens their own pages in a browser."""

import re
from html import unescape

from django.conf import settings
from django.test import Client

from accounts.sessions import SessionStore
from mfa.doors.demo import app_code
from mfa.models import Authenticator
from tests.factories import AuthenticatorFactory, CustomerFactory, UserFactory

SECRET = "JBSWY3DPEHPK3PXP"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Person:
    """A person of the customer Nordvik, and their browser."""

    def __init__(self, username="nora@nordvik.example", **user):
        self.customer = user.pop("customer", None) or CustomerFactory(name="Nordvik", slug="nordvik")
        self.user = UserFactory(customer=self.customer, username=username, **user)
        self.app = AuthenticatorFactory(user=self.user, secret=SECRET)
        self.browser = Client(headers={"user-agent": FIREFOX})

    def url(self, path=""):
        return f"/me/{self.customer.slug}/{path}"

    def get(self, path="", **given):
        return self.browser.get(self.url(path), given)

    def post(self, path, **given):
        return self.browser.post(self.url(path), given)

    def text(self, path="", **given):
        return words(self.get(path, **given))

    def said(self, path, **given):
        return words(self.browser.post(self.url(path), given, follow=True))

    def code(self):
        """What the app shows; the step before is forgotten, so that one code may serve a test twice."""
        Authenticator.objects.filter(pk=self.app.pk).update(last_step=-1)
        return app_code(SECRET)

    def knock(self, method="totp", username=None):
        return self.post("in/", username=username or self.user.username, method=method)

    def session(self):
        """What the browser's session holds."""
        return SessionStore(self.browser.cookies[settings.ME_COOKIE_NAME].value)

    def enter(self):
        self.knock()
        response = self.post("in/", answer="code", code=self.code())
        assert response.status_code == 302, words(response)
        return self


def words(response):
    assert response.status_code == 200, response
    return unescape(re.sub(r"(?s)<script.*?</script>", "", response.content.decode()))
