"""The servers' command line; see --help."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from shared import config
from shared.version import VERSION

_EPILOG = """\
  python -m servers                 all three on this machine, until Ctrl-C, as the config says
  python -m servers catalog         one of them (or order, frontend)
  python -m servers reconcile       hold the two ledgers against each other
  python -m servers import --help   Project Gutenberg's catalogue into a books.csv or a running shop
"""


def main(argv: Sequence[str]) -> int:
    """Run what the command line says; returns the exit status, 2 if it could not start."""
    if argv[:1] == ["import"]:
        from servers.importer.command import main as import_books

        return import_books(list(argv[1:]))
    if argv[:1] == ["reconcile"]:
        from servers.reconcile import main as reconcile

        return reconcile(argv[1:])
    given = _parser().parse_args(argv)
    try:
        settings = config.load(given.config, os.environ)
    except config.ConfigError as error:
        return _cannot_start(str(error))
    if given.server is None:
        return _run_all(settings, given)
    from servers.one import CannotStart, run

    try:
        return run(
            given.server,
            settings,
            accept_edits=given.accept_edits,
            with_stdin=given.until_stdin_ends,
            log=given.log,
            ready=given.ready_file,
        )
    except CannotStart as error:
        return _cannot_start(f"{given.server}: {error}")


def _run_all(settings: config.Settings, given: argparse.Namespace) -> int:
    from servers.together import run_all

    arguments = ["--config", str(given.config)]
    if given.accept_edits:
        arguments.append("--accept-edits")
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    app = ["tui"] if given.app and terminal else []
    if given.web:
        app = ["tui.web", "--listen", given.web]
    return run_all(settings, arguments, app=app)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m servers",
        description="Run the shop's servers.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Bazar.com {VERSION}")
    parser.add_argument("server", nargs="?", choices=("catalog", "order", "frontend"),
                        help="the one to run; all three if left out")  # fmt: skip
    parser.add_argument("--config", type=Path, default=config.DEFAULT, metavar="FILE",
                        help="where everything is (%(default)s)")  # fmt: skip
    parser.add_argument("--app", action="store_true",
                        help="with all three: open the app, which closes them when it is left; "
                        "without a terminal they just serve")  # fmt: skip
    parser.add_argument("--web", metavar="HOST:PORT",
                        help="with all three: the app in a browser, at that address")  # fmt: skip
    parser.add_argument("--accept-edits", action="store_true",
                        help="open CSV files that were edited by hand after a crash")  # fmt: skip
    parser.add_argument("--log", type=Path, metavar="FILE",
                        help="with one server: write its log there, not to stderr")  # fmt: skip
    # Between these processes only; see together.py.
    parser.add_argument("--until-stdin-ends", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ready-file", type=int, help=argparse.SUPPRESS)
    return parser


def _cannot_start(why: str) -> int:
    print(f"bazar: {why}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
