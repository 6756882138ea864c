"""No form of ours answers in the framework's words."""

import re

import pytest
from django import forms
from django.urls import get_resolver
from django.utils import translation

from accounts.console.fields import LineField

DJANGOS = re.compile(
    r"^(Enter|Ensure|Select|Upload|Please|Null|The submitted|No file was|This field|Either|.*\bvalid\b)"
)


def kinds(of=forms.BaseForm):
    for one in of.__subclasses__():
        yield one
        yield from kinds(one)


def sentences(field):
    """Whatever this field can say of what it refuses."""
    yield from field.error_messages.values()
    yield from (one.message for one in field.validators if hasattr(one, "message"))


def test_no_field_of_any_form_speaks_in_the_frameworks_words():
    assert get_resolver().url_patterns  # every face is imported, and its forms with it
    ours = [one for one in kinds() if one.__module__.partition(".")[0] in ("accounts", "rba", "mfa", "privacy")]
    with translation.override("en"):
        heard = {
            f"{form.__module__}.{form.__name__}.{name}: {said}"
            for form in ours
            for name, field in form.base_fields.items()
            for said in map(str, sentences(field))
            if DJANGOS.match(said)
        }

    assert len(ours) > 30
    assert heard == set()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.IntegerField(min_value=3), "2", "Write 3 or more."),
        (forms.IntegerField(max_value=10), "11", "Write 10 or less."),
        (forms.IntegerField(), "1e3", "Write a whole number."),
        (forms.CharField(max_length=2), "abc", "There is room for 2 characters; this has 3."),
        (forms.CharField(), "", "This is needed."),
        (forms.CharField(), "a\0b", "This holds characters that cannot be seen. Type it anew."),
        (LineField(), "a\0b", "This holds characters that cannot be seen. Type it anew."),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "Choose one of those that are offered."),
    ],
)
def test_each_refusal_is_one_sentence_that_says_what_to_do(field, value, said):
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(value)

    assert refused.value.messages == [said]
