"""What `make postman` runs: newman sends the collection to a shop of its own, closed at the end.

The shop stands on free ports of this machine with its files in a temporary folder, so neither the
shop that may be open here nor its data are touched. Exit status: newman's, or 2 without Node.js.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.processes import NAMES, TOKEN, running_shop  # noqa: E402 - found by the line above

NEWMAN = "newman@6.2.2"
WITHOUT_NODE = "bazar: make postman needs Node.js 16 or newer with npx; apt install nodejs npm"


def main() -> int:
    """Run the collection; returns the exit status."""
    npx = shutil.which("npx")
    if npx is None or shutil.which("node") is None:
        print(WITHOUT_NODE, file=sys.stderr)  # noqa: T201 - a command line speaks
        return 2
    command = [npx, "--yes", NEWMAN, "run", str(HERE / "bazar.postman_collection.json")]
    command += ["--environment", str(HERE / "one-machine.postman_environment.json")]
    with tempfile.TemporaryDirectory() as folder, running_shop(Path(folder)) as shop:
        for name in NAMES:
            command += ["--env-var", f"{name}={shop.urls[name]}"]
        command += ["--env-var", f"token={TOKEN}"]
        # S603: the words of the command are all this file's own.
        status = subprocess.run(command, check=False).returncode  # noqa: S603
        shop.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
