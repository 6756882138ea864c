"""Groups in the dashboard: the list in its order, filling one by search, and taking leave of one."""

import pytest
from django.urls import reverse

from accounts import audit, verbs
from accounts.models import Group, Role
from tests.accounts.console.cast import desk
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("console:groups"), reverse("console:group_add")


def at(name, *arguments):
    return reverse(f"console:{name}", args=[getattr(one, "public_id", one) for one in arguments])


@pytest.fixture
def browser():
    return desk()


@pytest.fixture
def editors(browser):
    return verbs.add_group(browser.customer, "Editors", audit.SYSTEM)


@pytest.fixture
def nora(browser):
    return UserFactory(customer=browser.customer, username="nora@nordvik.example", first_name="Nora", last_name="Bj")


def test_an_empty_list_offers_the_first_group(browser):
    assert "No groups yet" in browser.text(LIST)
    assert ADD in browser.text(LIST)


def test_a_new_group_leads_to_where_users_are_put_in_it(browser, nora):
    answer = browser.post(ADD, {"name": "Editors"})

    group = Group.objects.get()
    assert answer.url == at("group_fill", group)
    assert "nora@nordvik.example" in browser.text(answer.url)


@pytest.mark.parametrize(
    ("name", "words"), [("", "A name, so that"), ("editors", "Another group has"), ("a\nb\u202e", "cannot be seen")]
)
def test_a_name_that_cannot_serve_is_refused_beside_its_field(browser, editors, name, words):
    assert words in browser.post(ADD, {"name": name}).content.decode()
    assert Group.objects.count() == 1


def test_those_ticked_are_put_in_and_those_of_others_are_not(browser, editors, nora):
    stranger = UserFactory()

    browser.post(at("group_fill", editors), {"user": [nora.public_id, stranger.public_id]})

    assert list(editors.users.all()) == [nora]
    assert "nora@nordvik.example" in browser.text(at("group", editors))
    assert "nora@nordvik.example" not in browser.text(at("group_fill", editors))
    assert "Editors" in browser.text(at("user", nora))


def test_the_order_is_changed_by_a_button(browser, editors):
    other = verbs.add_group(browser.customer, "Owners", audit.SYSTEM)

    browser.post(at("group_move", other), {"position": "1"})

    assert list(Group.objects.order_by("position")) == [other, editors]


@pytest.mark.parametrize("odd", ["", "x", "-1", "１２", "9" * 30])
def test_a_position_that_is_none_changes_nothing(browser, editors, odd):
    other = verbs.add_group(browser.customer, "Owners", audit.SYSTEM)

    assert browser.post(at("group_move", other), {"position": odd}).status_code == 302
    assert list(Group.objects.order_by("position")) == [editors, other]


def test_one_is_taken_out_after_a_page_that_says_so(browser, editors, nora):
    verbs.put_in_group(editors, [nora], audit.SYSTEM)

    assert "Take Nora Bj out of Editors?" in browser.text(at("group_take_out", editors, nora))
    browser.post(at("group_take_out", editors, nora))

    assert not editors.users.exists()


def test_a_group_is_deleted_after_a_page_that_says_who_stays(browser, editors, nora):
    verbs.put_in_group(editors, [nora], audit.SYSTEM)

    assert "Users in it: 1" in browser.text(at("group_delete", editors))
    browser.post(at("group_delete", editors))

    assert not Group.objects.exists()


def test_a_help_desk_sees_groups_and_changes_none(browser, editors, nora):
    helper = desk(Role.HELP_DESK, browser.customer)

    assert "Editors" in helper.text(LIST)
    for name in ("group_add", "group_rename", "group_delete", "group_fill"):
        assert helper.get(at(name, *(() if name == "group_add" else (editors,)))).status_code == 403
