"""A password that is refused is refused in our own words, in both languages, with what to do instead."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from accounts.forms import judge_password
from accounts.models import User

NORA = User(username="nora.bjorklund@nordvik.example", email="nora.bjorklund@nordvik.example", first_name="Nora")


@pytest.mark.parametrize(
    ("password", "en", "nb"),
    [
        ("kort", "That is too short.", "Det er for kort."),
        ("password123", "Many people use this password", "Mange bruker dette passordet"),
        ("nora.bjorklund", "That is too close to your name", "Det ligner for mye på navnet ditt"),
        ("a" * 257, "at most 256 characters", "på høyst 256 tegn"),
        ("Fjordkraft1", "too close to the company's name", "ligner for mye på navnet på virksomheten"),
    ],
)
def test_each_reason_is_said_in_the_language_of_the_page(password, en, nb):
    for language, words in (("en", en), ("nb", nb)):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            judge_password(password, NORA, ["Fjordkraft"])

        with translation.override(language):
            assert words in " ".join(refused.value.messages)


@pytest.mark.product("customer-2")
def test_a_sentence_of_ones_own_is_taken():
    judge_password("ti epler i en bolle", NORA, ["Nordvik"])
