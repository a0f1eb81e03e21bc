"""`--plain settings`: where the settings are, what holds, and what of them cannot be used."""

import sys
from typing import Final

from tui.keymap import check, every_binding, written
from tui.opening import Opening
from tui.settings import Settings

_USED_WRONGLY: Final = 2


def show(opening: Opening, settings: Settings) -> int:
    """Print each setting, its value and who said it, then each binding and its keys.

    Returns 0, or 2 if something in the file cannot be used; that is told on stderr.
    """
    there = "" if settings.path.exists() else "not there"
    print(f"settings\t{settings.path}\t{there}")
    for name, said in opening._asdict().items():
        value = str(said.value).lower() if isinstance(said.value, bool) else said.value
        print(f"{name}\t{value}\t{said.by}")
    token = settings.admin_token_file
    print(f"admin_token_file\t{token or ''}\t{settings.path if token else 'default'}")
    keymap, wrong = check(settings.keys, settings.path)
    for bound in every_binding():
        keys = keymap[bound.id].split(",") if bound.id in keymap else bound.keys
        by = settings.path if bound.id in keymap else "default"
        print(f"keys.{bound.id}\t{written(keys)}\t{by}\t{bound.words}")
    problems = [*settings.problems, *wrong]
    for problem in problems:
        print(problem, file=sys.stderr)
    return _USED_WRONGLY if problems else 0
