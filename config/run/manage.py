"""`python -m config.run.manage NAME ...`: a management command, told of what `make run` has started."""

import os
import sys

from config.run import environment, folder
from config.run.console import Trouble


def main() -> None:
    var = folder.locate()
    if not var.exists():
        sys.exit(f"Nothing has been started on {var} yet: `make run` comes first.")
    try:
        env = environment.build(var)
    except Trouble as trouble:
        sys.exit(str(trouble))
    argv = [sys.executable, str(folder.ROOT / "manage.py"), *sys.argv[1:]]
    os.execve(sys.executable, argv, env)


if __name__ == "__main__":
    main()
