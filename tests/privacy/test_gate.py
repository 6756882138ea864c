"""Who has not agreed is not signed in, by any call; and an agreement is shown, kept, and taken back."""

import pytest
from django.test import Client

from accounts import agreeing, audit
from accounts.models import AuditRecord, Message, Site, User
from mfa import codes, verbs
from mfa.contract import METHODS, Begun, Reason, Refusal, Verdict
from mfa.models import Transaction
from privacy import verbs as privacy
from privacy.models import Agreement
from tests.factories import ApiKeyFactory, AuthenticatorFactory, CustomerFactory, SiteFactory, UserFactory
from tests.mfa.compat.plugin import Plugin
from tests.mfa.compat.test_cost import app_code
from tests.privacy.terms import publish, sha_of
from tests.routes.world import rows

pytestmark = pytest.mark.django_db
BY = audit.SYSTEM


def path_for(customer, username, site=None, next_path=""):
    return agreeing.page(customer, username, site, next_path).partition("://")[2].partition("/")[2].join(["/", ""])


def agreed(user):
    version = privacy.in_force(user.customer)
    return privacy.agree(user.customer, user.username, sha_of(version), "en", BY, way="page")


@pytest.mark.requirement("R-51", "R-53")
def test_a_first_challenge_of_who_has_not_agreed_is_refused_and_writes_nothing():
    user = UserFactory()
    publish(user.customer)
    before = rows()

    begun = verbs.begin(user.customer, method="email_code", user=user, by=BY)

    assert begun == Refusal(Reason.CONSENT)
    assert rows() == before


def test_nobody_known_to_have_agreed_gets_a_code_at_a_bare_address():
    customer = CustomerFactory()
    publish(customer)

    assert verbs.begin(customer, method="email_code", email="who@site.example", by=BY) == Refusal(Reason.CONSENT)


def test_a_passkey_without_a_name_is_asked_for_only_where_no_terms_are():
    """Who answers is known only then; our own doors ask for no agreement."""
    customer = CustomerFactory()
    method = next(key for key, method in METHODS.items() if method.identifies)
    publish(customer)

    assert verbs.begin_unnamed(customer, method=method) == Refusal(Reason.CONSENT)
    assert not Transaction.objects.exists()
    assert isinstance(verbs.begin_unnamed(customer, method=method, asks_terms=False), Begun)


def test_without_terms_nobody_is_asked():
    user = UserFactory()

    assert isinstance(verbs.begin(user.customer, method="email_code", user=user, by=BY), Begun)


@pytest.mark.requirement("R-54")
def test_agreeing_opens_the_gate_and_is_proven_by_version_text_time_and_way():
    user = UserFactory()
    version = publish(user.customer)

    agreement = agreed(user)

    user.refresh_from_db()
    assert (agreement.number, agreement.text_hash, agreement.way) == (1, sha_of(version), "page")
    assert user.agreed_terms == 1
    assert isinstance(verbs.begin(user.customer, method="email_code", user=user, by=BY), Begun)
    assert AuditRecord.objects.filter(action="privacy.agreed", person=user.pk).exists()


def test_agreeing_twice_is_one_agreement():
    user = UserFactory()
    publish(user.customer)

    assert agreed(user).pk == agreed(user).pk


def test_nobody_agrees_to_a_text_that_is_not_in_force():
    user = UserFactory()
    first = publish(user.customer)
    publish(user.customer, "Something else.", changes="All of it.")

    with pytest.raises(privacy.TextChanged):
        privacy.agree(user.customer, user.username, sha_of(first), "en", BY, way="page")
    assert not Agreement.objects.exists()


@pytest.mark.requirement("R-11")
def test_a_significant_version_brings_the_gate_back_and_a_minor_one_does_not():
    user = UserFactory()
    publish(user.customer)
    agreed(user)

    publish(user.customer, "A word corrected.", changes="A word.", significant=False)
    user = User.objects.get(pk=user.pk)
    assert not agreeing.is_missing(user, user.customer)

    publish(user.customer, "Something else.", changes="All of it.")
    user = User.objects.get(pk=user.pk)
    assert agreeing.is_missing(user, user.customer)


@pytest.mark.requirement("R-52", "R-54")
def test_taking_it_back_ends_what_is_open_and_brings_the_question_back():
    user = UserFactory()
    publish(user.customer)
    agreement = agreed(user)
    user.refresh_from_db()
    begun = verbs.begin(user.customer, method="email_code", user=user, by=BY)
    code = codes.derive(begun.transaction)

    assert privacy.withdraw(agreement, BY, way="page")
    assert not privacy.withdraw(agreement, BY, way="page")

    user = User.objects.get(pk=user.pk)
    assert verbs.verify(user.customer, begun.transaction.public_id, code, BY).verdict is Verdict.EXPIRED
    assert verbs.begin(user.customer, method="email_code", user=user, by=BY) == Refusal(Reason.CONSENT)
    assert Agreement.objects.get().withdrawn_at is not None


def test_a_persons_own_pages_ask_for_no_agreement():
    user = UserFactory()
    publish(user.customer)

    assert isinstance(verbs.begin(user.customer, method="email_code", user=user, by=BY, asks_terms=False), Begun)


# The dialect, which has no word for it


@pytest.fixture
def key(db):
    return ApiKeyFactory()


@pytest.mark.requirement("R-51")
def test_a_site_that_says_it_asks_is_believed_and_that_is_recorded_as_its_word(key):
    user = UserFactory(customer=key.customer)
    publish(key.customer)

    answer = Plugin.of(key).post("api/auth/challenge", username=user.username, authType="EMAIL")

    assert answer["status"] == "SUCCESS"
    agreement = Agreement.objects.get()
    assert (agreement.user, agreement.way, agreement.site, agreement.number) == (user, "site", key.site, 1)
    Plugin.of(key).post("api/auth/challenge", username=user.username, authType="EMAIL")
    assert Agreement.objects.count() == 1


@pytest.mark.requirement("R-51", "R-52", "R-53")
def test_a_customer_may_have_people_refused_until_they_agreed_on_our_page(key):
    user = UserFactory(customer=key.customer)
    AuthenticatorFactory(user=user)
    publish(key.customer)
    key.customer.sites_ask_terms = False
    key.customer.save()
    plugin = Plugin.of(key)

    answer = plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")
    assert answer["status"] == "ERROR"
    assert "/agree/" in answer["message"]
    assert user.username not in answer["message"]
    by_app = plugin.post("api/auth/validate", username=user.username, authType="GOOGLE AUTHENTICATOR", token=app_code())
    assert by_app["status"] == "FAILED"
    assert not Message.objects.exists()
    assert not Transaction.objects.exists()

    page = answer["message"].partition("http://")[2].partition("/")[2]
    Client().post(f"/{page}", {"answer": "agree", "shown": sha_of(privacy.in_force(key.customer))})
    assert plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["status"] == "SUCCESS"


def test_a_sites_word_does_not_undo_what_a_person_took_back(key):
    user = UserFactory(customer=key.customer)
    publish(key.customer)
    plugin = Plugin.of(key)
    plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")
    privacy.withdraw(Agreement.objects.get(), BY, way="own")

    assert "/agree/" in plugin.post("api/auth/challenge", username=user.username, authType="EMAIL")["message"]
    assert not User.objects.get(pk=user.pk).agreed_terms


def test_a_site_of_another_customer_is_not_named_on_the_page():
    customer, foreign = CustomerFactory(name="Nordvik"), SiteFactory(name="foreign.example")
    publish(customer)

    assert "foreign.example" not in Client().get(path_for(customer, "nora", foreign)).content.decode()
    assert Site.objects.filter(pk=foreign.pk).exists()
