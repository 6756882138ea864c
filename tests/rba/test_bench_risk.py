"""The bench of risk: streams that anybody can make again, baselines that learn what was proved, figures told truly."""

import json
from dataclasses import replace

import pytest

from bench.risk import baselines, report, run, streams
from bench.risk.attackers import KINDS
from bench.risk.shapes import ORDINARY, SHAPES

SMALL = replace(ORDINARY, users=15, days=60, attacks=6)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("risk")
    stream, truth = folder / "stream.jsonl", folder / "truth.jsonl"
    count = streams.write(SMALL, 3, stream, truth)
    return stream, [json.loads(line) for line in truth.read_text().splitlines()], count


def test_a_seed_makes_the_same_stream_again():
    assert list(streams.events(SMALL, 5)) == list(streams.events(SMALL, 5))
    assert list(streams.events(SMALL, 5)) != list(streams.events(SMALL, 6))


def test_a_stream_is_in_time_order_and_tells_nobody_who_attacks(made):
    stream, truth, count = made
    lines = [json.loads(line) for line in stream.read_text().splitlines()]
    times = [line["ts"] for line in lines if "ts" in line]

    assert times == sorted(times)
    assert count == len(truth) == sum(line["type"] == "attempt" for line in lines)
    assert not any({"kind", "mistyped", "guesses"} & set(line) for line in lines)


@pytest.mark.product("risk-ask-6")
def test_every_kind_attacks_and_no_attack_is_proved(made):
    stream, truth, _count = made
    attacks = {answer["id"]: answer["kind"] for answer in truth if answer["kind"]}
    outcomes = {line["id"] for line in map(json.loads, stream.read_text().splitlines()) if line["type"] == "outcome"}

    assert set(attacks.values()) == set(KINDS)
    assert outcomes.isdisjoint(attacks)


def test_baselines_score_nobody_without_a_history_and_everybody_with_one(made):
    stream, truth, _count = made
    for scores in baselines.run(stream).values():
        assert all((scores[answer["id"]] is None) is (answer["history"] == 0) for answer in truth)


def test_ties_are_shared_out_between_caught_and_missed():
    owners = [0.0] * 90 + [1.0] * 10

    assert report.caught(owners, [1.0, 1.0], 0.05) == pytest.approx(0.5)
    assert report.caught(owners, [2.0], 0.05) == 1
    assert report.caught(owners, [0.0], 0.05) == 0
    assert report.area(owners, [1.0]) == pytest.approx(0.95)


@pytest.mark.product("risk-ask-6")
def test_every_population_has_figures_and_says_where_ours_is_behind():
    figures = run.measured(next(iter(SHAPES)), 1, 12, 5)

    assert set(figures) == {"Freeman", "points for new", "ours"}
    assert run.behind(figures).startswith("\nnot ahead: ")
    assert all(f"{kind:22}" in report.printed(figures) for kind in KINDS)
