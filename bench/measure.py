"""Measures a running server and the bare view beside it, in turn, round by round."""

import os

from django.db import connection

from bench import people, report
from bench.load import Job, Measured, measure
from bench.scenarios import Batch, Maker

QUICK = os.environ.get("BENCH_QUICK") == "1"
ROUNDS = 1 if QUICK else max(3, int(os.environ.get("BENCH_ROUNDS") or 3))
# Connections, and requests of one batch: some seconds' worth
BATCHES = {1: 20, 8: 40, 32: 64} if QUICK else {1: 600, 8: 2400, 32: 2400}
WARM_UP = 64 if QUICK else 400
FEWER = 4  # a challenge sends a mail, which takes workers longer than the asking took


def run(port: int, bare_port: int) -> bool:
    """Measure and print; False when any answer was wrong."""
    number = ROUNDS * sum(BATCHES.values()) + WARM_UP
    print(f"Making {number} people ...", flush=True)
    crowd = people.People(number)
    people.make_bare_tables(max(BATCHES.values()))
    maker = Maker(crowd, port)
    bench = Bench(maker, port, bare_port)
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

    def __init__(self, maker: Maker, port: int, bare_port: int) -> None:
        self.maker, self.port, self.bare_port = maker, port, bare_port

    def round(self, connections: int, number: int) -> dict[str, Measured]:
        people.settle()
        measured = {"bare": self._send(self.maker.bare(number), connections, self.bare_port)}
        opened = self.maker.people.transactions(number)
        for batch in (
            lambda: self.maker.totp(number),
            lambda: self.maker.status(opened),
            lambda: self.maker.code(opened),
            lambda: self.maker.challenge(max(connections, number // FEWER)),
        ):
            made = batch()
            measured[made.scenario] = self._send(made, connections, self.port)
        return measured

    def _send(self, batch: Batch, connections: int, port: int) -> Measured:
        return measure(Job(port, connections, batch.requests, batch.wanted))


def _database() -> str:
    """What PostgreSQL says of itself, so that nobody has to believe that it writes to the disk."""
    said = {}
    with connection.cursor() as cursor:
        for name in ("server_version", "fsync", "synchronous_commit", "full_page_writes"):
            cursor.execute(f"SHOW {name}")
            said[name] = cursor.fetchone()[0]
    version = said.pop("server_version")
    return f"PostgreSQL {version} with " + ", ".join(f"{name} {value}" for name, value in said.items())
