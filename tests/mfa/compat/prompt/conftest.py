"""A site with its pair, and a person whose only method is an app."""

import pytest

from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import Site, app_code, lead, returned


@pytest.fixture
def pair(db):
    return PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")


@pytest.fixture
def site(pair):
    return Site(pair)


@pytest.fixture
def nora(pair):
    user = UserFactory(customer=pair.customer, username="nora", email="")
    AuthenticatorFactory(user=user)
    return user


@pytest.fixture
def code(client, site, nora):
    """A code as the person brings it back to the site."""
    path = lead(client, site, "nora")
    client.get(path)
    return returned(client.post(path, {"code": app_code()}))["duo_code"]
