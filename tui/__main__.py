"""`python -m tui`: the app, or with `--plain` the shop in plain lines."""

import argparse
import os
import sys
from collections.abc import Sequence

from tui.shop import Frontend, parse_url

DEFAULT_URL = "http://127.0.0.1:5000"
_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns the exit status: 0 done, 1 the shop said no, 2 used wrongly."""
    given = _parser().parse_args(arguments)
    try:
        url = parse_url(given.frontend)
    except ValueError as error:
        print(f"--frontend {given.frontend!r}: {error}", file=sys.stderr)
        return _USAGE
    if given.plain is not None:
        from tui import plain

        return plain.run(Frontend(url), given.plain)
    # Textual draws on stderr.
    if not (sys.stdin.isatty() and sys.stdout.isatty() and sys.stderr.isatty()):
        print("the app needs a terminal; --plain prints plain lines instead", file=sys.stderr)
        return _USAGE
    return _run_app(url)


def _run_app(url: str) -> int:
    from tui.app import BazarApp
    from tui.clock import SystemClock
    from tui.desk import Desk
    from tui.pending import KeyFolder, state_folder

    shop = Frontend(url)
    app = BazarApp(Desk(shop, SystemClock(), KeyFolder(state_folder())))
    app.run()
    shop.close()
    return app.return_code or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tui", description="Bazar.com in the terminal.")
    parser.add_argument(
        "--frontend",
        metavar="URL",
        default=os.environ.get("BAZAR_FRONTEND", DEFAULT_URL),
        help=f"where the frontend server is (or BAZAR_FRONTEND; else {DEFAULT_URL})",
    )
    parser.add_argument(
        "--plain",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="print plain lines: search WORDS, info ID, buy ID [--yes], orders",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
