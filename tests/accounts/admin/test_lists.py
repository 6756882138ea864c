"""Lists and pages open for staff at a fixed cost, show no secret, and bear any address that is typed."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import Promise

from accounts.admin.base import PER_PAGE
from accounts.models import AuditRecord, Customer, Message, Session, User
from tests.accounts.admin.conftest import MODELS, page_of, url
from tests.factories import CustomerFactory, MessageFactory, UserFactory
from tests.test_templates import INLINE

pytestmark = pytest.mark.django_db
WHO = 3  # session, user and authenticator of whoever asks
LIST = {"AuditRecord": 3}  # all others take two: a bounded count and the rows; the trail looks up its people
names = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


@names
def test_every_list_opens_at_a_fixed_cost(desk, world, model):
    with CaptureQueriesContext(connection) as seen:
        response = desk.get(url(model))

    assert response.status_code == 200
    assert len(seen) == WHO + LIST.get(model.__name__, 2)
    assert "LIMIT 1001" in seen[WHO]["sql"]


@names
def test_every_page_of_a_row_opens_without_inline_code(desk, world, model):
    for row in model._default_manager.all():
        response = desk.get(page_of(row))
        assert response.status_code == 200
        html = response.content.decode()
        assert not INLINE.findall(html)
        assert ">None<" not in html


@pytest.mark.promise("S29")
@names
def test_no_secret_is_on_any_page(desk, world, model):
    pages = [url(model), *(page_of(row) for row in model._default_manager.all())]

    for page in pages:
        html = desk.get(page).content.decode()
        assert [what for what, secret in world.secrets.items() if secret in html] == []


def test_sessions_are_named_by_another_id_than_the_table_s_key(desk, world):
    session = Session.objects.get()
    html = desk.get(url(Session)).content.decode()

    assert session.public_id in html
    assert session.session_key not in html


def test_a_list_costs_the_same_however_long_it_is(desk, world, django_assert_num_queries):
    MessageFactory.create_batch(PER_PAGE + 10, customer=world.customer, user=world.user)
    for number in range(5):
        UserFactory(customer=CustomerFactory(name=f"Customer {number}"))

    for model in (Message, User):
        with django_assert_num_queries(WHO + 2):
            desk.get(url(model))


def test_a_list_without_rows_says_so_and_how_to_see_all(desk):
    assert "Nothing is here yet." in desk.get(url(Message)).content.decode()
    html = desk.get(url(Message), {"state": "dead"}).content.decode()
    assert 'Nothing fits. <a href="?">Show all</a>' in html


def test_a_long_list_is_counted_no_further_than_a_thousand(desk, world):
    Message.objects.bulk_create(MessageFactory.build_batch(1100, customer=world.customer))

    html = desk.get(url(Message)).content.decode()
    assert "Over 1,000 in all" in html
    assert "?p=21" in html
    assert "?p=22" not in html
    assert desk.get(url(Message), {"p": "22"}).status_code == 302


@names
def test_every_label_goes_through_gettext(model):
    page = admin.site._registry[model]
    shown = [*page.list_display, *flatten_fieldsets(page.fieldsets or ((None, {"fields": page.fields}),))]

    assert isinstance(model._meta.verbose_name, Promise)
    assert [name for name in shown if not isinstance(label_of(page, name), Promise)] == []


def label_of(page, name):
    """What a page calls a field, as it was written."""
    if callable(name) or hasattr(page, name):
        return (name if callable(name) else getattr(page, name)).short_description
    try:
        return page.model._meta.get_field(name)._verbose_name
    except FieldDoesNotExist:
        return page.form.base_fields[name].label


@pytest.mark.parametrize(
    "query",
    ["password__startswith=argon2", "to__contains=a", "user__password__startswith=a", "customer__token_key__gt=a"],
)
def test_a_list_is_narrowed_by_nothing_but_its_own_filters(desk, world, query):
    for model in (User, Message):
        assert desk.get(f"{url(model)}?{query}").status_code == 400


NONSENSE = (
    *("customer=x", "user=x", "person=x", "customer=", "when=never", "p=x", "p=99999", "o=1.2", "o=-x", "q=%00", "e=1"),
    *("q=%F0%9F%92%A5", "state=nonsense", "by=x", "object=x", "customer=018f0000-0000-7000-8000-000000000000"),
)


@names
def test_nothing_typed_into_an_address_breaks_a_list(desk, world, model):
    for query in NONSENSE:
        assert desk.get(f"{url(model)}?{query}").status_code in {200, 302, 400}, query


@names
def test_an_id_that_is_none_leads_to_the_start_page(desk, world, model):
    for page in ("change", "history"):
        assert desk.get(url(model, page, "x'\"<>")).status_code in {302, 404}


@pytest.mark.parametrize(
    ("term", "found"),
    [("nora@site", True), ("NORA@SITE", True), (" nora", True), ("ora@site", False), ("%", False), ("nor_", False)],
)
def test_users_are_found_by_the_beginning_of_their_name(desk, world, term, found):
    html = desk.get(url(User), {"q": term}).content.decode()

    assert (page_of(world.user) in html) is found


def test_users_are_found_by_the_beginning_of_their_address(desk):
    user = UserFactory(username="nora", email="n.lien@site.example")

    assert page_of(user) in desk.get(url(User), {"q": "n.lien@"}).content.decode()


@pytest.mark.product("customer-21")
def test_customers_are_found_by_name_by_number_and_by_a_member_s_address(desk, world):
    other = CustomerFactory(name="Fjellbutikken")

    for term in (
        "ordvi",
        str(world.customer.number),
        world.member.email.upper(),
        world.member.email.partition("example")[0],
    ):
        html = desk.get(url(Customer), {"q": term}).content.decode()
        assert page_of(world.customer) in html, term
        assert page_of(other) not in html, term


def test_a_customer_s_page_leads_to_what_is_theirs(desk, world):
    theirs = MessageFactory(customer=world.customer)
    other = MessageFactory()
    html = desk.get(page_of(world.customer)).content.decode()
    address = f"{url(Message)}?customer={world.customer.pk}"

    assert address in html
    listed = desk.get(address).content.decode()
    assert page_of(theirs) in listed
    assert page_of(other) not in listed
    assert "By customer" in listed


def test_a_customer_s_page_shows_what_is_used_of_its_limits(desk, world):
    html = re.sub(r"\s+", " ", desk.get(page_of(world.customer)).content.decode())

    assert "E-mails</th><td>0</td><td>5000</td>" in html


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_says_so(desk, staff, monkeypatch):
    page = type(admin.site._registry[AuditRecord])
    slow = AuditRecord.objects.extra(where=["pg_sleep(5) IS NOT NULL"])
    AuditRecord.objects.create(actor_kind="system", action="test.slow")
    monkeypatch.setattr(page, "get_queryset", lambda *args: slow)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300ms'")
    try:
        response = desk.get(url(AuditRecord), {"when": "today"}, follow=False)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '5s'")

    assert response.status_code == 302
    monkeypatch.undo()
    assert "takes too long" in desk.get(response["Location"]).content.decode()
