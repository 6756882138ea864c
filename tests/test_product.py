"""Everything that the product says it does has a test, and the page that lists them is true."""

from tests import product
from tests.promises import holders


def test_the_page_is_what_make_product_writes():
    assert product.PAGE.read_text() == product.page(), "run `make product`"


def test_each_promise_has_a_test_and_each_mark_a_promise():
    assert set(holders("product")) == product.keys()
