"""`python -m tui.web`: the app in a browser."""

import argparse
import shlex
import sys
from collections.abc import Sequence
from typing import Final

from shared.config import parse_address
from shared.stdin import stop_when_stdin_ends

LISTEN: Final = "127.0.0.1:8000"
MOST_WINDOWS: Final = 20
_USAGE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; returns the exit status, 2 if it could not start."""
    given, for_app = _parser().parse_known_args(arguments)
    try:
        host, port = parse_address(given.listen)
    except ValueError:
        print(f"--listen {given.listen!r}: it must look like {LISTEN}", file=sys.stderr)
        return _USAGE
    try:
        from tui.web.server import WebShop
    except ModuleNotFoundError as error:
        what = "pip install -r requirements-web.txt"
        print(f"the app in a browser needs {error.name}: {what}", file=sys.stderr)
        return _USAGE
    if given.until_stdin_ends:
        stop_when_stdin_ends()
    command = shlex.join([sys.executable, "-m", "tui", *for_app])
    try:
        WebShop(f"exec {command}", host, port, given.windows).serve()
    except OSError as error:
        print(f"cannot listen on {given.listen}: {error.strerror}", file=sys.stderr)
        return _USAGE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tui.web",
        description="Bazar.com in a browser; each window is an app of its own.",
        epilog="Whatever else is given goes to the app: see python -m tui --help.",
        allow_abbrev=False,
    )
    parser.add_argument("--listen", metavar="HOST:PORT", default=LISTEN,
                        help="where browsers find it (%(default)s, which only this machine "
                        "reaches)")  # fmt: skip
    parser.add_argument("--windows", type=int, metavar="N", default=MOST_WINDOWS,
                        help="how many may be open at a time (%(default)s); each is a process "
                        "of some 45 MB")  # fmt: skip
    parser.add_argument("--until-stdin-ends", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
