"""Every promise that applies has a test, and the page that lists them is true."""

from tests import promises


def test_the_page_is_what_make_promises_writes():
    assert promises.PAGE.read_text() == promises.page(), "run `make promises`"


def test_every_promise_that_applies_is_held_by_a_test():
    held = promises.holders()

    assert [key for key in promises.WORDS if key not in promises.NOT_YET and key not in held] == []


def test_no_test_names_a_promise_that_is_not_there():
    assert set(promises.holders()) <= set(promises.WORDS)


def test_what_is_held_already_is_not_put_off():
    assert set(promises.holders()).isdisjoint(promises.NOT_YET)
