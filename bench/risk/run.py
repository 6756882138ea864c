"""`make bench-risk`: makes streams of several populations and seeds, and prints what ours and the baselines catch.

`python -m bench.risk.run --shapes ordinary,phones --seeds 1,2 --users 400` chooses.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from bench.risk import baselines, report, streams
from bench.risk.attackers import KINDS
from bench.risk.shapes import SHAPES

OURS = "ours"


def main() -> None:
    asked = _arguments()
    jobs = [(shape, seed, asked.users, asked.attacks) for shape in asked.shapes for seed in asked.seeds]
    with multiprocessing.Pool(asked.processes) as pool:
        found = pool.starmap(measured, jobs)
    for shape in asked.shapes:
        here = [figures for job, figures in zip(jobs, found, strict=True) if job[0] == shape]
        print(f"\n=== {shape}, seeds {', '.join(map(str, asked.seeds))}")
        print(report.printed(_mean(here)))
        print(behind(_mean(here)))


def measured(shape: str, seed: int, users: int, attacks: int) -> dict[str, Any]:
    """The figures of one stream."""
    from rba.engine import Engine
    from rba.keys import Keys
    from rba.store import MemoryStore
    from rba.stream import scored

    with tempfile.TemporaryDirectory() as folder:
        stream, truth = Path(folder, "stream.jsonl"), Path(folder, "truth.jsonl")
        streams.write(replace(SHAPES[shape], users=users, attacks=attacks), seed, stream, truth)
        scores = baselines.run(stream)
        with stream.open() as lines:
            engine = Engine(MemoryStore(), Keys(b"a key of the bench, and no secret"))
            scores[OURS] = {answer["id"]: answer["score"] for answer in scored(lines, engine)}
        return report.table(scores, map(json.loads, truth.read_text().splitlines()))


def behind(figures: dict[str, Any]) -> str:
    """Where ours is not ahead of the better baseline, in words."""
    places = []
    for kind in KINDS:
        for rate in report.RATES:
            best = max(model[kind]["caught"][rate] for name, model in figures.items() if name != OURS)
            ours = figures[OURS][kind]["caught"][rate]
            if ours < best - 0.005:
                places.append(f"{kind} at {rate:.1%}: {ours:.1%} against {best:.1%}")
    return "\nnot ahead: " + ("; ".join(places) or "nowhere")


def _mean(figures: Sequence[Any]) -> Any:
    """The mean of the same tables, figure by figure; a figure that some lack is left out."""
    first = figures[0]
    if not isinstance(first, dict):
        return mean(figures)
    keys = [key for key in first if all(key in one for one in figures)]
    return {key: _mean([one[key] for one in figures]) for key in keys}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", type=lambda text: text.split(","), default=list(SHAPES))
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=[1, 2, 3])
    parser.add_argument("--users", type=int, default=400)
    parser.add_argument("--attacks", type=int, default=300)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
