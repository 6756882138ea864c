"""`manage.py rba_score`: what it reads and writes is a contract."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rba.features import ORDER

HOME = {
    "user": "kari",
    "ip": "240.0.0.5",
    "asn": 64512,
    "country": "NO",
    "city": "Bergen",
    "lat": 60.4,
    "lon": 5.3,
    "ua": "Mozilla/5.0 Firefox/120.0",
    "browser": "Firefox",
    "browser_version": "120.0",
    "os": "Windows",
    "os_version": "10",
    "device_type": "desktop",
    "lang": "nb-NO",
    "tz": "Europe/Oslo",
    "fp": "f1",
    "rtt_ms": 40,
}


def attempt(number: int, **changes: object) -> dict:
    return {"type": "attempt", "id": f"a{number}", "ts": 1_700_000_000 + number * 86400, **HOME, **changes}


def proved(number: int, **changes: object) -> list[dict]:
    return [attempt(number, **changes), {"type": "outcome", "id": f"a{number}", "verified": True}]


@pytest.fixture
def run(tmp_path):
    def score(lines: list[dict], *without: str) -> list[dict]:
        stream, out = tmp_path / "stream.jsonl", tmp_path / "out.jsonl"
        stream.write_text("".join(json.dumps(line) + "\n" for line in lines))
        call_command("rba_score", stream=stream, out=out, without=list(without), stdout=io.StringIO())
        return [json.loads(line) for line in out.read_text().splitlines()]

    return score


def history(days: int = 20) -> list[dict]:
    return [line for day in range(days) for line in proved(day)]


@pytest.mark.product("risk-ask-5")
def test_each_attempt_has_one_line_and_only_an_empty_history_has_no_score(run):
    lines = run([attempt(0), *proved(1), attempt(2), attempt(3) | {"type": "failure"}, attempt(4, user="ola")])

    assert [line["id"] for line in lines] == ["a0", "a1", "a2", "a4"]
    assert [line["score"] is None for line in lines] == [True, True, False, True]
    assert {line["decision"] for line in lines} <= {"allow", "step_up", "deny"}
    assert all(isinstance(line["us"], int) for line in lines)
    assert [set(line) for line in lines] == [{"id", "score", "decision", "us"}] * 4


@pytest.mark.product("risk-ask-5")
def test_home_is_let_in_and_the_other_end_of_the_world_is_not(run):
    abroad = {
        "ip": "250.1.1.1",
        "asn": 65000,
        "country": "BR",
        "city": "Recife",
        "lat": -8.0,
        "lon": -34.9,
        "ua": "Mozilla/5.0 Chrome/1",
        "browser": "Chrome",
        "os": "Android",
        "device_type": "mobile",
        "lang": "pt-BR",
        "tz": "America/Recife",
        "fp": "f9",
    }
    usual, middling, foreign = run(
        [*history(), attempt(21), attempt(22, fp="f2", ip="240.9.9.9", asn=64999, city="Oslo"), attempt(23, **abroad)]
    )[-3:]

    assert usual["decision"] == "allow"
    assert middling["decision"] == "step_up"
    assert foreign["decision"] == "deny"
    assert usual["score"] < middling["score"] < foreign["score"]


def test_what_is_none_of_the_eight_kinds_changes_nothing(run):
    plain = run([*history(5), attempt(6)])[-1]
    more = run([*history(5), attempt(6, rtt_ms=9000, isp="Telenor", postal="5003", fonts=["Arial"])])[-1]

    assert plain["score"] == more["score"]


@pytest.mark.parametrize("field", sorted(set(HOME) - {"user", "rtt_ms"}))
@pytest.mark.parametrize("gone", [True, False])
def test_fields_may_be_missing_or_null(run, field, gone):
    bare = attempt(21) | {field: None}
    if gone:
        del bare[field]

    full, lacking = run([*history(), attempt(21), bare | {"id": "b"}])[-2:]

    assert lacking["score"] >= full["score"]


def test_an_attempt_with_a_name_and_nothing_else_is_scored_and_asked_for_more(run):
    line = run([*history(), {"type": "attempt", "id": "x", "ts": 1_702_000_000, "user": "kari"}])[-1]

    assert line["score"] is not None
    assert line["decision"] == "step_up"


@pytest.mark.parametrize("feature", ORDER)
def test_each_feature_can_be_switched_off(run, feature):
    lines = [*history(), attempt(21)]

    assert run(lines, feature)[-1]["score"] != run(lines)[-1]["score"]


def test_unproved_attempts_and_failures_teach_nothing(run):
    strange = {"ip": "250.1.1.1", "asn": 65000, "country": "BR", "fp": "f9"}
    noise = [attempt(21, **strange), attempt(21, **strange) | {"type": "failure"}] * 5

    scores = [line["score"] for line in run([*history(), *noise, attempt(22, **strange)])[-6:]]

    assert scores[-1] >= scores[0]


@pytest.mark.parametrize(
    "line",
    ["not json", "[1]", '{"id":"a"}', '{"type":"odd"}'],
)
def test_a_line_that_is_none_of_these_stops_with_its_number(tmp_path, line):
    stream = tmp_path / "stream.jsonl"
    stream.write_text(json.dumps(attempt(0)) + "\n" + line + "\n")

    with pytest.raises(CommandError, match="line 2"):
        call_command("rba_score", stream=stream, out=tmp_path / "out.jsonl")


@pytest.mark.product("risk-ask-5")
def test_it_runs_without_an_installation(tmp_path):
    stream, out = tmp_path / "stream.jsonl", tmp_path / "out.jsonl"
    stream.write_text(json.dumps(attempt(0)) + "\n")
    root = Path(__file__).resolve().parents[2]

    ran = subprocess.run(
        [sys.executable, "manage.py", "rba_score", "--stream", str(stream), "--out", str(out)],
        cwd=root,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert json.loads(out.read_text())["score"] is None


@pytest.mark.parametrize("ts", [None, 1_701_728_000, 1_701_728_000_000, "2023-12-04T22:13:20Z", "1701728000.0"])
def test_times_are_read_as_they_are_written_everywhere(run, ts):
    usual = run([*history(), attempt(20, ts=1_701_728_000)])[-1]["score"]

    score = run([*history(), attempt(20, ts=ts)])[-1]["score"]

    assert score == usual if ts is not None else score is not None


def test_an_attempt_that_names_nobody_has_no_history(run):
    line = run([*history(), attempt(21, user=None)])[-1]

    assert (line["score"], line["decision"]) == (None, "step_up")
