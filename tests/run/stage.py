"""A supervisor with a few small parts, as a program for the tests: `python -m tests.run.stage PLAN`.

PLAN is JSON: a list of [name, Python code, patience]. A line "ready" says that all have been started. A part named
"deaf" is said to have been silent since time began.
"""

import json
import sys

from config.run.children import Part
from config.run.console import Console, Trouble
from config.run.supervisor import Supervisor


def main(plan: str) -> int:
    parts = [
        Part(name, [sys.executable, "-uc", code], patience=patience, ready=lambda: True)
        for name, code, patience in json.loads(plan)
    ]
    console = Console()
    try:
        with Supervisor(console, deaths=3, pause=0.01, deaf_after=0.3) as supervisor:
            for part in parts:
                supervisor.start([part])
            console.say("ready")
            supervisor.watch(lambda: {part.name: float("inf") for part in parts if part.name == "deaf"}, every=0.05)
    except Trouble as trouble:
        console.say(f"trouble: {trouble}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
