"""What was measured, as a table that can stand in docs/performance.md."""

import os
import platform
from collections import defaultdict
from statistics import median

from bench.load import Measured

Rounds = dict[tuple[str, int], list[Measured]]
HEADER = """
| call | connections | requests/s | of bare | p50 ms | p95 ms | p99 ms | web ms | database ms |
|---|--:|--:|--:|--:|--:|--:|--:|--:|"""


def machine() -> str:
    """Processor, cores and Python, in a line."""
    with open("/proc/cpuinfo") as told:
        name = next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), "")
    return f"{name or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def table(rounds: Rounds) -> str:
    """Each figure as its median, with its least and its most over the rounds; processor times as medians."""
    lines = [HEADER.strip()]
    for (scenario, connections), measured in rounds.items():
        rate = _spread([one.rate for one in measured], 0)
        tails = [_spread([one.percentile(share) for one in measured], 1) for share in (0.5, 0.95, 0.99)]
        ratios = [one.rate / bare.rate for one, bare in zip(measured, rounds["bare", connections], strict=True)]
        used = [f"{median(one.web for one in measured):.2f}", f"{median(one.database for one in measured):.2f}"]
        cells = [scenario, str(connections), rate, _spread(ratios, 2), *tails, *used]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _spread(values: list[float], digits: int) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def collect() -> Rounds:
    return defaultdict(list)


def failures(rounds: Rounds) -> list[str]:
    """Every answer that was not what it had to be, shortened."""
    return [
        f"{scenario}: {answer.partition(bytes([13, 10, 13, 10]))[2][:300]!r}"
        for (scenario, _connections), measured in rounds.items()
        for one in measured
        for answer in one.failures
    ]
