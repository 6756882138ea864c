"""Measures a running server and the bare view beside it, in turn, round by round."""

import os
from dataclasses import dataclass

from django.db import connection

from bench import people, processor, report
from bench.load import Job, Measured, measure
from bench.scenarios import Batch, Maker

QUICK = os.environ.get("BENCH_QUICK") == "1"
ROUNDS = 1 if QUICK else max(3, int(os.environ.get("BENCH_ROUNDS") or 3))
# Connections, and requests of one batch: some seconds' worth
BATCHES = {1: 20, 8: 40, 32: 64} if QUICK else {1: 600, 8: 2400, 32: 2400}
WARM_UP = 64 if QUICK else 400
FEWER = 4  # a challenge sends a mail, which takes workers longer than the asking took


@dataclass(frozen=True)
class Program:
    """A running server: where it listens, and the process that started all of it."""

    port: int
    pid: int


def run(product: Program, bare: Program) -> bool:
    """Measure and print; False when any answer was wrong."""
    number = ROUNDS * sum(BATCHES.values()) + WARM_UP
    print(f"Making {number} people ...", flush=True)
    crowd = people.People(number)
    people.make_bare_tables(max(BATCHES.values()))
    bench = Bench(Maker(crowd, product.port), product, bare)
    rounds = report.collect()
    bench.round(8, WARM_UP)
    for turn in range(ROUNDS):
        for connections, requests in BATCHES.items():
            print(f"Round {turn + 1} of {ROUNDS}, {connections} connections ...", flush=True)
            for scenario, measured in bench.round(connections, requests).items():
                rounds[scenario, connections].append(measured)
    print(f"\n{report.machine()}; {_database()}; {ROUNDS} rounds\n\n{report.table(rounds)}\n")
    wrong = report.failures(rounds)
    print(f"{len(wrong)} WRONG ANSWERS, such as:\n" + "\n".join(wrong[:5]) if wrong else "Every answer was right.")
    return not wrong


class Bench:
    """One after the other: the bare view, then each call of the product, on the same machine and database."""

    def __init__(self, maker: Maker, product: Program, bare: Program) -> None:
        self.maker, self.product, self.bare = maker, product, bare

    def round(self, connections: int, number: int) -> dict[str, Measured]:
        people.settle()
        measured = {"bare": self._send(self.maker.bare(number), connections, self.bare)}
        opened = self.maker.people.transactions(number)
        for make in (
            lambda: self.maker.totp(number),
            lambda: self.maker.status(opened),
            lambda: self.maker.code(opened),
            lambda: self.maker.challenge(max(connections, number // FEWER)),
        ):
            batch = make()  # only now, since its codes are of this moment
            measured[batch.scenario] = self._send(batch, connections, self.product)
        return measured

    def _send(self, batch: Batch, connections: int, program: Program) -> Measured:
        before = self._used(program)
        measured = measure(Job(program.port, connections, batch.requests, batch.wanted))
        web, database = (after - was for after, was in zip(self._used(program), before, strict=True))
        measured.web, measured.database = web / len(batch.requests), database / len(batch.requests)
        return measured

    def _used(self, program: Program) -> tuple[float, float]:
        """Processor time of the web server and of PostgreSQL, which both use."""
        return processor.spent(program.pid, "granian"), processor.spent(self.product.pid, "postgres")


def _database() -> str:
    """What PostgreSQL says of itself, so that nobody has to believe that it writes to the disk."""
    said = {}
    with connection.cursor() as cursor:
        for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            said[name] = cursor.fetchone()[0]
    version = said.pop("server_version")
    return f"PostgreSQL {version} with " + ", ".join(f"{name} {value}" for name, value in said.items())
