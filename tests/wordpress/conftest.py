"""A WordPress from Debian's packages with its own MariaDB, our plugin in it, and our server as it runs."""

import io
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.console import connect
from config.run.children import dying_with_us
from tests.sites.calling import Program

STEPS = Path(__file__).parent / "site.php"
CORE = Path("/usr/share/wordpress/wp-settings.php")
PATIENCE = 60.0


def missing() -> list[str]:
    """What this machine lacks, by the names of Debian's packages."""
    there = {
        "php-cli": shutil.which("php"),
        "php-mysql": list(Path("/etc/php").glob("*/cli/conf.d/*mysqli.ini")),
        "mariadb-server-core": shutil.which("mariadbd", path=PATH),
        "wordpress": CORE.exists(),
    }
    return [package for package, found in there.items() if not found]


PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They share one WordPress, so they run in one process; where there is none, they are skipped and say why."""
    lacking = missing()
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("wordpress"))
            if lacking:
                item.add_marker(pytest.mark.skip(reason=f"no WordPress to try it in: install {', '.join(lacking)}"))


class Blog:
    """A WordPress site: each run of steps is one request of its own."""

    def __init__(self, folder: Path, socket: str) -> None:
        self.folder, self.socket = folder, socket

    def run(self, *steps: Any, **environment: str) -> list[Any]:
        """What each step gave; that PHP said nothing else is asserted."""
        env = os.environ | {"SITE": str(self.folder), "SOCKET": self.socket} | environment
        done = subprocess.run(
            ["php", str(STEPS)], input=json.dumps(steps), capture_output=True, text=True, timeout=PATIENCE, env=env
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        said = json.loads(done.stdout)
        assert said["noise"] == ""
        return list(said["results"])

    def one(self, *step: Any, **environment: str) -> Any:
        """What one step gave."""
        return self.run(step, **environment)[0]

    def unpack(self, packed: bytes) -> None:
        """Put the plugin where WordPress unpacks one."""
        shutil.rmtree(self.folder / "content" / "plugins", ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            archive.extractall(self.folder / "content" / "plugins")


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """The socket of a MariaDB that ends with the tests. Its folder has a short name, for a socket's is limited."""
    with tempfile.TemporaryDirectory(prefix="kq-wp-") as folder:
        socket, data = f"{folder}/s", f"{folder}/data"
        own = [f"--datadir={data}", f"--user={os.environ.get('USER', 'root') if os.getuid() else 'root'}"]
        env = os.environ | {"PATH": PATH}
        make = ["mariadb-install-db", "--no-defaults", *own, "--auth-root-authentication-method=normal"]
        subprocess.run([*make, "--skip-test-db"], check=True, capture_output=True, env=env)
        start = ["mariadbd", "--no-defaults", *own, f"--socket={socket}", "--skip-networking"]
        quick = ["--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M", "--skip-log-bin"]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen([*start, *quick], env=env, preexec_fn=dying_with_us(signal.SIGKILL), **quiet) as server:
            create = (
                "mysqli_report(MYSQLI_REPORT_OFF);"
                "$m = @new mysqli('localhost', 'root', '', '', 0, $argv[1]);"
                "exit($m->connect_errno || !$m->query('CREATE DATABASE wordpress') ? 1 : 0);"
            )
            deadline = time.monotonic() + PATIENCE
            while subprocess.run(["php", "-r", create, socket], check=False).returncode:
                assert server.poll() is None, "MariaDB did not start"
                assert time.monotonic() < deadline, "MariaDB did not answer"
                time.sleep(0.05)
            yield socket
            server.kill()


@pytest.fixture(scope="session")
def installed(database: str, tmp_path_factory: pytest.TempPathFactory) -> Blog:
    """WordPress, installed once, with the plugin as the dashboard packs it: one, not two for the drop-in in it."""
    blog = Blog(tmp_path_factory.mktemp("wordpress"), database)
    blog.unpack(connect.packed())
    assert blog.one("install") == ["kumquat/kumquat.php"]
    return blog


@pytest.fixture
def program(transactional_db: None) -> Program:
    """The site as our server knows it, with its key."""
    return Program()


@pytest.fixture
def blog(installed: Blog, program: Program, live_server: Any, settings: Any) -> Blog:
    """The site signed in at our running server, with nothing remembered of earlier tests."""
    settings.PUBLIC_URL = live_server.url
    installed.unpack(connect.packed())
    options = {
        "mo2f_customerKey": str(program.site.customer.number),
        "mo2f_api_key": program.key.secret,
        **{name: [] for name in ("kumquat_state", "kumquat_answers", "kumquat_removed")},
    }
    assert installed.one("activate") == "active"
    installed.run(*(["option", name, value] for name, value in options.items()))
    return installed
