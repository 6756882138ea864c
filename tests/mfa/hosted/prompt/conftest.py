"""A site with its pair, a person with an app and a mailbox, and the page that she was led to."""

import pytest

from tests.factories import AuthenticatorFactory, PromptClientFactory, UserFactory
from tests.mfa.compat.prompt.site import Site, lead


@pytest.fixture
def pair():
    return PromptClientFactory(site__name="nordvik.example", site__url="https://nordvik.example")


@pytest.fixture
def site(pair):
    return Site(pair)


@pytest.fixture
def nora(pair):
    """Has an app, and a mailbox."""
    user = UserFactory(customer=pair.customer, username="nora", email="nora@nordvik.example")
    AuthenticatorFactory(user=user)
    return user


@pytest.fixture
def path(client, site, nora):
    return lead(client, site, "nora")
