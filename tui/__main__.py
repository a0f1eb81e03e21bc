"""`python -m tui`: the app, or with `--plain` the shop in plain lines."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.version import VERSION
from tui import settings as files
from tui import token as tokens
from tui.opening import FRONTEND, Opening, UsedWrongly, decide
from tui.pending import state_folder
from tui.plain_help import COMMANDS
from tui.remembered import Memory
from tui.settings import DEFAULT_URL, THEMES, Settings
from tui.shop import Frontend
from tui.text import plural

if TYPE_CHECKING:
    from textual.driver import Driver

    from tui.preferences import Preferences

_USAGE: Final = 2
_EPILOG: Final = f"""\
{COMMANDS}
What counts: the command line, else BAZAR_FRONTEND, else the settings, else the default.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; returns the exit status, see --help."""
    try:
        memory = Memory(state_folder().parent)
        given = _given(sys.argv[1:] if arguments is None else arguments)
    except RuntimeError as error:
        # There is neither HOME nor a line for this user in the system's list of them.
        print(error, file=sys.stderr)
        return _USAGE
    if not os.environ.get("NO_COLOR", "x"):
        # Set but empty asks for nothing, says no-color.org; Textual takes it for a yes.
        del os.environ["NO_COLOR"]
    try:
        settings = _settings(given.settings, memory)
        opening = decide(
            given.frontend,
            given.theme,
            read_only=given.read_only,
            environment=os.environ,
            settings=settings,
            remembered=memory.load(),
        )
    except UsedWrongly as error:
        print(error, file=sys.stderr)
        return _USAGE
    if given.plain is not None:
        from tui import plain

        return plain.run(opening, settings, given.plain)
    # Textual draws on stderr; served to a browser it draws on a pipe of its own.
    if not _is_served() and not all(one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr)):
        print("the app needs a terminal; --plain prints plain lines instead", file=sys.stderr)
        return _USAGE
    return _run_app(opening, settings, memory)


def _given(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line; what follows `--plain` is left alone, even a `--`, which argparse eats."""
    if "--plain" not in arguments:
        return _parser().parse_args(arguments)
    at = list(arguments).index("--plain")
    given = _parser().parse_args(arguments[:at])
    given.plain = list(arguments[at + 1 :])
    return given


def _settings(told: Path | None, memory: Memory) -> Settings:
    if told is not None and not told.is_file():
        raise UsedWrongly(f"--settings {told}: there is no such file")
    settings = files.read(told or files.default_path(), memory.load())
    if not settings.problems and settings.path.exists():
        # What cannot be remembered is only missed if the file breaks.
        with suppress(OSError):
            memory.keep_settings(
                settings.path.absolute(), settings.frontend, read_only=settings.read_only
            )
    return settings


def _run_app(opening: Opening, settings: Settings, memory: Memory) -> int:
    # Nothing of what is loaded until the first paint is garbage; the app enables it then.
    gc.disable()
    from tui.admin import FrontendAdmin
    from tui.app import BazarApp
    from tui.clock import SystemClock
    from tui.desk import Desk
    from tui.pending import KeyFolder

    read_only = opening.read_only.value
    shop = Frontend(opening.frontend.value, read_only=read_only)
    token, problems = _token(settings)
    preferences = _preferences(opening, settings, memory, problems)
    admin = FrontendAdmin(shop, token, read_only=read_only)
    desk = Desk(shop, SystemClock(), KeyFolder(state_folder()), admin, read_only=read_only)
    app = BazarApp(desk, preferences, _driver())
    app.run()
    shop.close()
    if open_ones := desk.keys.kept(shop.url):
        told = plural(len(open_ones), "purchase is", "purchases are")
        print(f"{told} not settled yet: the next start asks what became of it.", file=sys.stderr)
    # Other news may have come over them in the app.
    for problem in preferences.problems:
        print(problem, file=sys.stderr)
    return app.return_code or 0


def _is_served() -> bool:
    """Whether textual-serve started this, for a browser."""
    return bool(os.environ.get("TEXTUAL_DRIVER"))


def _driver() -> "type[Driver] | None":
    if not _is_served():
        return None
    from tui.web.driver import WindowDriver

    return WindowDriver


def _token(settings: Settings) -> "tuple[tokens.Token | None, list[str]]":
    """The admin's token, and what is wrong with it: the shop opens without it just as well."""
    if _is_served():
        # It would make an admin of everybody who opens the page; there each enters a token.
        return None, []
    try:
        return tokens.given(os.environ, settings.admin_token_file), []
    except ValueError as error:
        return None, [str(error)]


def _preferences(
    opening: Opening, settings: Settings, memory: Memory, more: list[str]
) -> "Preferences":
    from tui.preferences import Preferences

    keymap: dict[str, str] = {}
    problems = [*settings.problems, *more]
    if settings.keys:
        # Looks at every screen, so only those who chose keys pay for it at the start.
        from tui.keymap import check

        keymap, wrong = check(settings.keys, settings.path)
        problems += wrong
    keep = partial(memory.keep_theme, over=settings.theme)
    return Preferences(opening.theme.value, keymap, tuple(problems), keep)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tui",
        description="Bazar.com in the terminal.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    where = f"where the frontend server is (or {FRONTEND}; else {DEFAULT_URL})"
    parser.add_argument("--version", action="version", version=f"Bazar.com {VERSION}")
    parser.add_argument("--frontend", metavar="URL", help=where)
    which = f"the settings; else {files.default_path()}, if it is there"
    parser.add_argument("--settings", type=Path, metavar="FILE", help=which)
    parser.add_argument("--theme", choices=THEMES, help="the colours, for this time")
    parser.add_argument("--read-only", action="store_true", help="browse only: nothing is bought")
    parser.add_argument("--plain", nargs=argparse.REMAINDER, metavar="COMMAND",
                        help="print plain lines; whatever follows is the command")  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
