"""`make bench`: starts Kumquat and a bare view, puts a load on both in turn, prints what they bear.

BENCH_QUICK=1 only tries whether it runs; BENCH_ROUNDS= asks for more rounds than three.
"""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # started as a file

from config.run import environment, parts
from config.run.children import dying_with_us
from config.run.folder import ROOT
from tests.e2e.server import free_port, running

# The limits stay on, and are counted; they are only too high to be met. Visitors are told apart by a proxy's header.
SETTINGS = {
    **{f"LIMIT_{name}_HOUR": "1000000" for name in ("ADDRESS", "USER", "SITE")},
    "LIMIT_CUSTOMER_EMAIL_DAY": "1000000",
    "TRUSTED_PROXIES": "127.0.0.1/32",
}


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="kumquat-bench-") as folder:
        print("Starting Kumquat ...", flush=True)
        with running(Path(folder), **SETTINGS) as server:
            os.environ |= {"KUMQUAT_VAR": str(server.var), "PORT": str(server.port), "DEMO": "1", **SETTINGS}
            os.environ |= environment.build(server.var)
            bare_port = free_port()
            with bare_view(bare_port) as bare_pid:
                import django

                os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
                django.setup()
                from bench.measure import Program, run

                return 0 if run(Program(server.port, server.process.pid), Program(bare_port, bare_pid)) else 1


@contextlib.contextmanager
def bare_view(port: int) -> Iterator[int]:
    """The bare view on the same web server, with as many workers and threads as the product has; its process."""
    argv = [*(sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port)), *parts.GRANIAN]
    started = subprocess.Popen(
        [*argv, "bench.bare.wsgi:application"], cwd=ROOT, preexec_fn=dying_with_us(signal.SIGTERM)
    )
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            assert started.poll() is None, "the bare view did not start"
            assert time.monotonic() < deadline, "the bare view did not answer"
            time.sleep(0.1)
        yield started.pid
    finally:
        started.terminate()
        started.wait(30)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == http.client.NOT_FOUND
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
