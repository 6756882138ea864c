"""Users: found, added, edited, disabled, deleted, allowed again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditRecord, ErasureRequest, Role, User
from accounts.verbs.customers import operator
from tests.accounts.console.cast import desk
from tests.factories import StaffFactory, UserFactory, member

pytestmark = pytest.mark.django_db
LIST = reverse("console:users")


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def nora(browser):
    return UserFactory(
        customer=browser.customer, username="nora@nordvik.example", first_name="Nora", last_name="Bjørklund"
    )


def shown(browser, query=""):
    return {row["user"].username for row in browser.get(f"{LIST}{query}").context["rows"]}


@pytest.mark.product("customer-8")
@pytest.mark.parametrize("text", ["nora", "NORA@", "ｎｏｒａ", "Bjørk", "nora bj", "bjørklund nora"])
def test_a_user_is_found_by_the_beginning_of_the_name_or_a_part_of_it(browser, nora, text):
    UserFactory(customer=browser.customer, username="olav@nordvik.example", first_name="Olav", last_name="Tveit")

    assert shown(browser, f"?q={text}") == {nora.username}


@pytest.mark.parametrize("text", ["%25", "_", "nora%25", "zzz", "%E2%80%AE", "x" * 256])
def test_a_search_means_what_it_says(browser, nora, text):
    assert shown(browser, f"?q={text}") <= ({nora.username} if text == "x" * 256 else set())


def test_a_search_without_a_hit_offers_to_remove_the_filters(browser, nora):
    page = browser.text(f"{LIST}?q=zzz")

    assert "Nothing fits these filters" in page
    assert "Remove all filters" in page


def test_users_are_filtered_by_state(browser, nora):
    UserFactory(customer=browser.customer, username="off", disabled_at=timezone.now())
    UserFactory(customer=browser.customer, username="held", restricted_at=timezone.now())

    assert shown(browser, "?state=active") == {nora.username}
    assert shown(browser, "?state=disabled") == {"off"}
    assert shown(browser, "?state=restricted") == {"held"}


def test_the_list_holds_nobody_of_another_customer_and_nobody_erased(browser, nora):
    UserFactory(username="stranger")
    UserFactory(customer=browser.customer, username="gone", erased_at=timezone.now())

    assert shown(browser) == {nora.username}


def test_the_operators_own_list_holds_no_members_and_no_staff():
    home = operator()
    browser = desk(customer=home)
    UserFactory(customer=home, username="own")

    assert shown(browser) == {"own"}
    for one in (StaffFactory(), member(Role.ADMIN)):
        assert browser.get(reverse("console:user", args=[one.public_id])).status_code == 404


def test_a_name_of_mixed_alphabets_is_marked(browser):
    user = UserFactory(customer=browser.customer, username="nоra@nordvik.example")  # a Cyrillic о

    assert "mixed alphabets" in browser.text(LIST)
    assert "This username mixes alphabets" in browser.text(reverse("console:user", args=[user.public_id]))


@pytest.mark.product("customer-8")
def test_a_user_is_added_with_all_that_was_typed(browser):
    data = {"username": "Tuva", "first_name": "Tuva", "last_name": "Lien", "phone": "40012345", "language": "nb"}

    page = browser.said(reverse("console:user_add"), data)

    user = User.objects.get(customer=browser.customer)
    assert (user.canonical_username, str(user.phone), user.language) == ("tuva", "+4740012345", "nb")
    assert not user.has_usable_password()
    assert "Tuva Lien is added" in page


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"username": " NORA@nordvik.example"}, "Another user has this name"),
        ({"username": "a\u202eb"}, "characters that cannot be seen"),
        ({"username": ""}, "We need the name"),
        ({"username": "olav", "email": "olav@"}, "An address has a name, an @ and a domain"),
        ({"username": "olav", "phone": "12"}, "That is no number we can reach"),
    ],
)
def test_a_user_that_cannot_be_is_refused_beside_the_field(browser, nora, data, error):
    assert error in browser.said(reverse("console:user_add"), data)
    assert User.objects.filter(customer=browser.customer).count() == 1


@pytest.mark.requirement("R-63")
def test_a_user_is_edited_and_the_old_values_are_sealed(browser, nora):
    place = reverse("console:user_edit", args=[nora.public_id])

    page = browser.said(place, {"username": nora.username, "first_name": "Nora", "email": "new@nordvik.example"})

    nora.refresh_from_db()
    assert (nora.email, nora.last_name, nora.email_confirmed_at) == ("new@nordvik.example", "", None)
    record = AuditRecord.objects.get(action="user.updated")
    assert set(record.facts["fields"]) == {"email", "last_name"}
    assert "new@nordvik.example" not in record.sealed
    assert "is saved" in page


def test_a_taken_name_leaves_the_user_as_it_was(browser, nora):
    UserFactory(customer=browser.customer, username="olav")
    place = reverse("console:user_edit", args=[nora.public_id])

    page = browser.said(place, {"username": "OLAV"})

    assert "Another user has this name" in page
    assert "Edit Nora Bjørklund" in page
    nora.refresh_from_db()
    assert nora.username == "nora@nordvik.example"


def test_a_user_is_disabled_after_a_question_and_let_in_again(browser, nora):
    place = reverse("console:user_disable", args=[nora.public_id])
    assert "Keep Nora Bjørklund" in browser.text(place)

    browser.post(place)
    nora.refresh_from_db()
    assert not nora.is_active

    browser.get(reverse("console:user_enable", args=[nora.public_id]))
    nora.refresh_from_db()
    assert not nora.is_active

    browser.post(reverse("console:user_enable", args=[nora.public_id]))
    nora.refresh_from_db()
    assert nora.is_active


@pytest.mark.product("customer-8")
@pytest.mark.requirement("R-58")
def test_deleting_names_what_goes_and_then_erasure_is_asked_for(browser, nora):
    place = reverse("console:user_delete", args=[nora.public_id])
    question = browser.text(place)
    assert "Delete Nora Bjørklund?" in question
    assert "0 methods" in question
    assert not ErasureRequest.objects.exists()

    assert "Say what led to this" in browser.said(place, {"reference": " "})
    assert not ErasureRequest.objects.exists()

    browser.post(place, {"reference": "ticket 4711"})

    asked = ErasureRequest.objects.get()
    assert (asked.user, asked.reference, asked.asked_by) == (nora, "ticket 4711", "member")
    assert browser.get(place).status_code == 404
    assert shown(browser) == set()


@pytest.mark.requirement("R-58")
def test_several_users_are_deleted_at_once_for_one_reason_and_nobody_of_another_customer(browser, nora):
    others, stranger = [UserFactory(customer=browser.customer) for _each in range(2)], UserFactory()
    ticked = [nora.public_id, others[0].public_id, stranger.public_id]
    place = reverse("console:users_delete")
    question = browser.text(f"{place}?user={'&user='.join(ticked)}")
    assert "Delete 2 users?" in question
    assert stranger.username not in question
    assert not ErasureRequest.objects.exists()
    browser.post(place, {"user": ticked})
    assert not ErasureRequest.objects.exists()  # without a reference nothing happens

    browser.post(place, {"user": ticked, "reference": "letter of 3 May"})

    assert {row.user for row in ErasureRequest.objects.all()} == {nora, others[0]}
    assert {row.reference for row in ErasureRequest.objects.all()} == {"letter of 3 May"}
    assert User.objects.living().filter(pk__in=[others[1].pk, stranger.pk]).count() == 2


def test_an_erased_name_is_refused_until_a_member_allows_it(browser, nora):
    browser.post(reverse("console:user_delete", args=[nora.public_id]), {"reference": "4711"})
    add, allow = reverse("console:user_add"), reverse("console:user_allow")

    refused = browser.said(add, {"username": nora.username})
    assert "This person was erased" in refused
    assert allow in refused

    assert "Nobody of this name was erased" in browser.said(allow, {"username": "somebody", "because": "back"})
    assert "can be used again" not in browser.said(allow, {"username": nora.username})
    assert "can be used again" in browser.said(allow, {"username": "NORA@nordvik.example", "because": "back"})
    assert AuditRecord.objects.get(action="user.name_allowed").facts == {"because": "back"}
    assert "is added" in browser.said(add, {"username": nora.username})


@pytest.mark.promise("S23")
@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}"])
def test_what_a_site_sent_is_text_on_every_page(browser, payload):
    user = UserFactory(customer=browser.customer, username=f"x{payload}", first_name=payload, last_name=payload)

    for page in (browser.text(LIST), browser.text(reverse("console:user", args=[user.public_id]))):
        assert payload not in page or payload.startswith("{{")
