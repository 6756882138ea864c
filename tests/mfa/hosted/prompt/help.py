"""What the tests of the prompt's pages share."""

from mfa.models import Policy
from mfa.policies import Rule

APP, MAIL, LINK, PASSKEY = "totp", "email_code", "email_link", "webauthn"


def rule(pair, **rules):
    return Policy.objects.create(
        customer=pair.customer, version=1, rules={str(Rule[name]): value for name, value in rules.items()}
    )


def text(response):
    assert response.status_code == 200, response.headers
    return response.content.decode()
