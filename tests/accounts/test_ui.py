"""The template tags that pages share."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone, translation

from accounts.templatetags import ui

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def test_an_icon_is_a_reference_into_the_sprite_that_screen_readers_pass_over():
    assert (
        str(ui.icon("users")) == '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#users"/></svg>'
    )


def test_an_icon_never_writes_markup_that_its_name_holds():
    assert "<script>" not in ui.icon('"><script>')


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ingrid Solbakken", "IS"),
        ("Håkon André Ødegård", "HØ"),
        ("Nordvik", "N"),
        ("  ", ""),
        ("åse@nordvik.example", "Å"),
    ],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, letters):
    assert ui.initials(name) == letters


@pytest.mark.parametrize(("seconds", "text"), [(258, "4:18"), (60, "1:00"), (9, "0:09"), (0, "0:00")])
def test_a_countdown_is_minutes_and_two_digits_of_seconds(seconds, text):
    assert ui.clock(seconds) == text


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=11), "11 hours ago"),
        (timedelta(hours=14), "yesterday, 19:30"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=21), "3 weeks ago"),
        (timedelta(days=128), "19 July 2026"),
        (timedelta(seconds=-20), "in a moment"),
        (timedelta(minutes=-14), "in 14 min"),
        (timedelta(hours=-2), "in 2 hours"),
        (timedelta(days=-3), "in 3 days"),
        (timedelta(days=-30), "24 December 2026"),
    ],
)
def test_a_moment_is_told_as_people_say_it(before, words):
    with time_machine.travel(NOW, tick=False):
        assert ui.relative(timezone.localtime(NOW - before)) == words


def test_the_exact_moment_stands_in_the_markup_and_on_hover():
    with time_machine.travel(NOW, tick=False):
        html = Template("{% ago moment %}").render(Context({"moment": NOW - timedelta(minutes=4)}))

    assert html == ('<time datetime="2026-11-24T09:26:00+00:00" title="24 November 2026, 09:26:00">4 min ago</time>')


def test_a_moment_that_never_came_is_told_in_the_words_given():
    assert ui.ago(None) == "never"
    assert ui.ago(None, never="not yet") == "not yet"


def test_hours_across_midnight_are_still_hours_until_half_a_day():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False), translation.override("en"):
        assert ui.relative(timezone.localtime(timezone.now() - timedelta(hours=6))) == "6 hours ago"
