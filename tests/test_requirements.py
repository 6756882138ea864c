"""The page about what people are owed is true, and names every row."""

from tests import promises, requirements


def test_the_page_is_what_make_requirements_writes():
    assert requirements.PAGE.read_text() == requirements.page(), "run `make requirements`"


def test_all_rows_are_there_and_no_test_names_another():
    assert requirements.rows() == {f"R-{number:02}" for number in range(1, 69)} | {"N5", "N6", "N7", "N11"}
    assert set(promises.holders("requirement")) <= requirements.rows()
