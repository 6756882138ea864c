"""Registration and the agreement: one answer for every address, and a record that is proof."""

import hashlib

import pytest
from django.db import connection

from accounts import legal, links
from accounts.models import Acceptance, ApiKey, AuditRecord, Customer, Link, Membership, Message, Session, Site, User
from tests.factories import member
from tests.mfa.doors.help import body_of, newest_link, path_of, statements

pytestmark = pytest.mark.django_db
GOOD = "a sentence nobody guesses"


def filled(client, language="en", **changes):
    """The form as a person fills it in."""
    stamp = " ".join(document.sha256[:32] for document in legal.to_agree(language))
    data = {
        "company": "Nordvik",
        "email": "ingrid@nordvik.example",
        "password": GOOD,
        "first_name": "Ingrid",
        "last_name": "Solbakken",
        "phone": "+47 400 00 000",
        "agree": "on",
        "shown": stamp,
    }
    return {name: value for name, value in (data | changes).items() if value is not None}


@pytest.mark.product("customer-1")
def test_registration_makes_customer_owner_site_and_key(client):
    response = client.post("/register/", filled(client))

    assert response.status_code == 200
    assert "ingrid@nordvik.example" in response.content.decode()
    user = User.objects.get(username="ingrid@nordvik.example")
    assert (user.first_name, user.last_name, str(user.phone)) == ("Ingrid", "Solbakken", "+4740000000")
    assert user.check_password(GOOD)
    assert user.customer.is_operator
    membership = Membership.objects.get(user=user)
    assert membership.role == "owner"
    assert Site.objects.get(customer=membership.customer).is_first
    assert ApiKey.objects.filter(customer=membership.customer).count() == 1
    assert membership.customer.confirmed_at is None
    assert Message.objects.get(kind="accounts.confirm_email").to == "ingrid@nordvik.example"


@pytest.mark.requirement("R-19")
def test_only_company_address_and_password_are_required(client):
    response = client.post("/register/", filled(client, first_name=None, last_name=None, phone=None))

    assert response.status_code == 200
    assert User.objects.filter(username="ingrid@nordvik.example").exists()


@pytest.mark.parametrize("missing", ["company", "email", "password", "agree"])
def test_what_is_required_is_asked_for_and_nothing_is_lost(client, missing):
    response = client.post("/register/", filled(client, **{missing: None}))

    page = response.content.decode()
    assert missing in response.context["form"].errors
    assert not Customer.objects.filter(is_operator=False).exists()
    kept = {"company": "Nordvik", "email": "ingrid@nordvik.example", "first_name": "Ingrid", "phone": "+47 400 00 000"}
    for name, value in kept.items():
        assert name == missing or f'value="{value}"' in page
    assert GOOD not in page
    assert b".</a>:" not in response.content  # a label that is a sentence ends like one


@pytest.mark.parametrize(
    "weak", ["short", "password123", "1234567890", "ingrid@nordvik.example", "nordvik123", "x" * 257]
)
def test_a_weak_password_is_refused(client, weak):
    response = client.post("/register/", filled(client, password=weak))

    assert response.context["form"].errors["password"]
    assert not User.objects.filter(username="ingrid@nordvik.example").exists()


@pytest.mark.parametrize(
    "good", ["only lower case letters", "ελληνικά γράμματα εδώ", "  spaces at the ends  ", "q" * 64 + "7"]
)
def test_no_mixture_of_characters_is_asked_for(client, good):
    client.post("/register/", filled(client, password=good))

    assert User.objects.get(username="ingrid@nordvik.example").check_password(good)


@pytest.mark.parametrize("phone", ["12", "not a number", "+999 123", "4" * 41, "1" * 10_000])
def test_a_phone_number_that_nobody_can_dial_is_told_so(client, phone):
    response = client.post("/register/", filled(client, phone=phone))

    assert "country code" in response.context["form"].errors["phone"][0]


@pytest.mark.parametrize(
    "email", ["no", "a@b", "\u202eevil@nordvik.example", "in grid@nordvik.example", "x" * 250 + "@n.example"]
)
def test_what_is_no_address_is_refused(client, email):
    response = client.post("/register/", filled(client, email=email))

    assert response.context["form"].errors["email"]


@pytest.mark.promise("S21")
def test_a_known_address_gets_the_same_page_at_the_same_cost(client):
    known = member()
    legal.to_agree("en")

    new, first = statements(client, "/register/", filled(client))
    taken, second = statements(client, "/register/", filled(client, email=known.username))

    assert new == taken
    assert body_of(first, "ingrid@nordvik.example") == body_of(second, known.username)
    assert first.headers["Content-Type"] == second.headers["Content-Type"]
    assert set(first.cookies) == set(second.cookies)


@pytest.mark.promise("S21")
def test_a_known_address_is_told_by_mail_and_nothing_else_happens(client):
    known = member()
    before = {model: model.objects.count() for model in (User, Customer, Membership, Site, ApiKey, Acceptance, Link)}

    client.post("/register/", filled(client, email=known.username.upper(), password="another good sentence"))

    assert {model: model.objects.count() for model in before} == before
    known.refresh_from_db()
    assert not known.check_password("another good sentence")
    assert Message.objects.get().kind == "accounts.already_registered"


def test_nobody_is_signed_in_by_registering(client):
    client.post("/register/", filled(client))

    assert not Session.objects.exclude(user=None).exists()


def test_the_agreement_is_kept_with_version_hash_and_time(client):
    client.post("/register/", filled(client))

    rows = {row.document: row for row in Acceptance.objects.all()}
    assert set(rows) == {"terms", "processing"}
    shown = client.get("/terms/").content.decode()
    assert rows["terms"].text_hash in shown
    assert rows["terms"].version == legal.VERSIONS["terms"]
    assert rows["terms"].user.username == "ingrid@nordvik.example"
    text = str(legal.current("terms", "en").text)
    assert hashlib.sha256(text.encode()).hexdigest() == rows["terms"].text_hash
    assert text in shown


def test_the_agreement_is_to_the_text_in_the_language_shown(client):
    client.cookies["language"] = "nb"

    client.post("/register/", filled(client, language="nb"))

    row = Acceptance.objects.get(document="processing")
    assert row.language == "nb"
    assert row.text_hash == legal.current("processing", "nb").sha256 != legal.current("processing", "en").sha256
    assert User.objects.get(username="ingrid@nordvik.example").language == "nb"


def test_a_text_that_changed_while_the_page_was_open_is_shown_again(client):
    response = client.post("/register/", filled(client, shown="another text"))

    assert "has changed" in response.context["form"].errors["agree"][0]
    assert legal.to_agree("en")[0].sha256[:32] in response.content.decode()
    assert 'name="agree" required id="id_agree" checked' not in response.content.decode()


@pytest.mark.promise("S23")
@pytest.mark.parametrize("company", ["Nord\nvik", "Nord\u202evik", "x" * 101])
def test_a_name_that_could_disguise_a_mail_is_refused(client, company):
    assert client.post("/register/", filled(client, company=company)).context["form"].errors["company"]


def test_one_network_cannot_open_accounts_without_end(client):
    for number in range(20):
        client.post("/register/", filled(client, email=f"no{number}@nordvik.example", password="short"))
    for number in range(20):
        client.post("/register/", filled(client, email=f"no{number}@nordvik.example"))

    response = client.post("/register/", filled(client))

    assert response.status_code == 429
    assert 'value="ingrid@nordvik.example"' in response.content.decode()


@pytest.mark.parametrize(
    ("company", "website"),
    [
        ("Nordvik", ""),
        ("Nordvik AS", ""),
        ("nordvik.example", "https://nordvik.example"),
        ("http://nordvik.example/shop", "http://nordvik.example/shop"),
        ("St. Nordvik", ""),
        ("J. Doe & Co.", ""),
        ("http://[::1", ""),
        ("javascript://nordvik.example/%0aalert(1)", ""),
    ],
)
def test_company_or_website_is_understood(client, company, website):
    client.post("/register/", filled(client, company=company))

    customer = Customer.objects.get(is_operator=False)
    assert (customer.name, customer.website) == (company, website)


@pytest.mark.promise("S18")
def test_following_the_mailed_link_changes_nothing_until_the_button_is_pressed(client):
    client.post("/register/", filled(client))
    link = newest_link("confirm_email")

    for _ in range(3):
        assert client.head(path_of(link)).status_code == 302
        assert client.get(path_of(link), follow=True).status_code == 200
        client.head("/l/")
    link.refresh_from_db()
    assert link.used_at is None
    assert Customer.objects.get(is_operator=False).confirmed_at is None

    response = client.post("/l/", follow=True)

    assert "confirmed" in response.content.decode()
    assert Customer.objects.get(is_operator=False).confirmed_at is not None
    assert User.objects.get(username="ingrid@nordvik.example").email_confirmed_at is not None
    assert AuditRecord.objects.filter(action="user.email_confirmed").exists()


@pytest.mark.promise("S29")
def test_the_token_leaves_the_address_and_is_nowhere_in_the_session(client):
    client.post("/register/", filled(client))
    link = newest_link("confirm_email")
    token = links.token(link)

    response = client.get(f"/l/{token}")

    assert response["Location"] == "/l/"
    assert token not in client.get("/l/").content.decode()
    assert token.partition(".")[2] not in str(dict(client.session))
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM accounts_session")
        assert all(token not in row[0] for row in cursor.fetchall())


def test_a_confirmed_owner_signs_in(client):
    client.post("/register/", filled(client))
    client.get(path_of(newest_link("confirm_email")))
    client.post("/l/")

    response = client.post("/sign-in/", {"email": "ingrid@nordvik.example", "password": GOOD})

    assert response["Location"] == "/dashboard/"


def test_a_used_link_says_so_and_what_to_do(client):
    client.post("/register/", filled(client))
    link = newest_link("confirm_email")
    client.get(path_of(link))
    client.post("/l/")

    response = client.get(path_of(link), follow=True)

    assert response.status_code == 410
    assert "was used" in response.content.decode()
    assert "/sign-in/" in response.content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 22 + ".b", "." * 40, "%00", "é", "a" * 5000])
def test_an_unknown_link_is_answered_kindly(client, token):
    response = client.get(f"/l/{token}", follow=True)

    assert response.status_code == 410
    assert "do not know this link" in response.content.decode()


def test_the_link_page_without_a_link_decides_nothing(client):
    assert client.post("/l/").status_code == 410
