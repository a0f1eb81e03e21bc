"""The keys that a person chose, by the ids of the bindings: found, checked, and told."""

import importlib
import pkgutil
import string
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Final, NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key, format_key, key_to_character
from textual.screen import ModalScreen, Screen
from textual.widgets import Input

_MODIFIERS: Final = frozenset({"ctrl", "alt", "shift", "super", "hyper", "meta"})
_NAMES: Final = frozenset(key.value for key in Keys if "<" not in key.value)
# What the words on the screens promise always.
_ALWAYS: Final = "escape"
_ALLOWED: Final = (
    "keys are one character (b, B, ?) or a name (enter, f5, ctrl+b), several with commas between"
)
# A comma stands between keys.
_WRITTEN: Final = string.ascii_letters + string.digits + string.punctuation.replace(",", "")
# What those do that say it nowhere on the screen.
_UNSAID: Final = {
    "scroll(-1)": "up",
    "scroll(1)": "down",
    "scroll_page(-1)": "a page up",
    "scroll_page(1)": "a page down",
    "scroll_edge(0)": "to the beginning",
    "scroll_edge(1)": "to the end",
    "app.focus_previous": "to the one before",
    "app.focus_next": "to the next one",
}


class Bound(NamedTuple):
    """A binding with an id: its own keys, what it does, and the class that has it."""

    id: str
    keys: tuple[str, ...]
    words: str
    owner: type[DOMNode]


def every_binding() -> list[Bound]:
    """All bindings that have an id, in the order of their ids."""
    found: dict[str, Bound] = {}
    for owner, binding in own_bindings():
        if binding.id:
            words = binding.description or _UNSAID[binding.action]
            keys = tuple(_names(binding.key))
            found.setdefault(binding.id, Bound(binding.id, keys, words, owner))
    return sorted(found.values())


def own_bindings() -> Iterator[tuple[type[DOMNode], Binding]]:
    """Every binding of every screen, widget and the app itself, whether it has an id or not."""
    import tui
    import tui.app

    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if module.name.startswith(("tui.screens.", "tui.widgets.")):
            importlib.import_module(module.name)
    for owner in _descendants(DOMNode):
        if owner.__module__.startswith("tui."):
            for binding in owner.__dict__.get("BINDINGS", ()):
                yield owner, binding if isinstance(binding, Binding) else Binding(*binding)


def _descendants(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def check(
    wanted: Mapping[str, str], path: Path, bindings: Iterable[Bound] | None = None
) -> tuple[dict[str, str], list[str]]:
    """The part of `wanted` that can be used, and a line about each key that cannot."""
    known = {one.id: one for one in (every_binding() if bindings is None else bindings)}
    good: dict[str, str] = {}
    problems: list[str] = []
    for name, keys in wanted.items():
        wrong = _wrong(name, keys, known)
        if wrong is None:
            usable = list(dict.fromkeys(_names(keys)))
            always = _of_textual() | {_ALWAYS}
            kept = [key for key in known[name].keys if key in always and key not in usable]
            good[name] = ",".join(usable + kept)
        else:
            problems.append(f'{path}: keys: "{name}": {wrong}')
    while clash := _clash(good, known):
        loser, key, winner = clash
        del good[loser]
        problems.append(
            f'{path}: keys: "{loser}": {key} is the key of "{winner}" at the same time; '
            "take another, or move that one too"
        )
    return good, problems


def _names(keys: str) -> list[str]:
    """Keys as Textual names them; a comma that stands alone is the key of that name."""
    if keys.strip() == ",":
        return ["comma"]
    named = (key if key == " " else key.strip() for key in keys.split(","))
    return [_character_to_key(key) if len(key) == 1 else key for key in named]


def _wrong(name: str, keys: str, known: Mapping[str, Bound]) -> str | None:
    if name not in known:
        return f"no such binding; {_near(name, known)}"
    for key in _names(keys):
        if not _is_key(key):
            return f"{key!r} is no key; {_ALLOWED}"
        if key in _of_textual() and key not in known[name].keys:
            return f"{key} is needed by every screen; take another"
        if issubclass(known[name].owner, Input) and (key_to_character(key) or "\0").isprintable():
            return f"{format_key(key)} is typed there; take a key that writes nothing"
    return None


def _near(name: str, known: Iterable[str]) -> str:
    """The ids of the same part, or the parts; `--plain settings` has the whole list."""
    part = name.partition(".")[0]
    near = [one for one in known if one.startswith(f"{part}.")]
    if near:
        return f"there are {', '.join(near)}"
    parts = dict.fromkeys(f"{one.partition('.')[0]}.…" for one in known)
    return f"there are {', '.join(parts)}; --plain settings lists them"


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not set(modifiers) <= _MODIFIERS:
        return False
    is_character = len(last) == 1 and last.isprintable()
    return is_character or key in _NAMES or last in _NAMES or len(format_key(last)) == 1


def _of_textual() -> set[str]:
    """The keys that Textual itself has on every screen: to move the focus, to copy, to leave."""
    named = (one for kind in (App, Screen) for one in kind.__dict__["BINDINGS"])
    return {key for one in named for key in _names(one.key)} - {_ALWAYS}


def _clash(good: Mapping[str, str], known: Mapping[str, Bound]) -> tuple[str, str, str] | None:
    """A chosen binding, its key, and another binding that has it at the same time."""
    order = list(good)
    for one, other in combinations(known.values(), 2):
        if not good.keys() & {one.id, other.id} or not _meet(one.owner, other.owner):
            continue
        if set(one.keys) & set(other.keys):
            continue  # Meant: Esc in the search clears it, and elsewhere goes back.
        shared = _keys_now(one, good) & _keys_now(other, good)
        if shared:
            loser = max((b.id for b in (one, other) if b.id in good), key=order.index)
            return loser, format_key(min(shared)), other.id if loser == one.id else one.id
    return None


def _keys_now(bound: Bound, good: Mapping[str, str]) -> set[str]:
    return set(_names(good[bound.id])) if bound.id in good else set(bound.keys)


def _meet(one: type[DOMNode], other: type[DOMNode]) -> bool:
    """Whether bindings of these two can be live at one moment."""
    if issubclass(one, other) or issubclass(other, one):
        return True
    screens = [kind for kind in (one, other) if issubclass(kind, Screen)]
    if len(screens) == 2:
        return False
    apps = [kind for kind in (one, other) if issubclass(kind, App)]
    # A question over a screen lets nothing through to what is below it.
    return bool(apps or screens) and not any(issubclass(kind, ModalScreen) for kind in screens)


def shown(keymap: Mapping[str, str], *ids: str) -> str:
    """The keys of these bindings as a person reads them, the moved ones where they are now."""
    known = {one.id: one for one in every_binding()}
    keys = [_names(keymap[name]) if name in keymap else list(known[name].keys) for name in ids]
    return " ".join(display(key) for of_one in keys for key in of_one if key != _ALWAYS) or "esc"


def written(keys: Iterable[str]) -> str:
    """Keys as the settings file takes them: `b`, `?`, `down,ctrl+n`."""
    return ",".join(map(_written, keys))


def _written(key: str) -> str:
    character = format_key(key)
    return character if len(character) == 1 and character in _WRITTEN else key


def display(key: str) -> str:
    """One key as a person reads it: `?`, `^b`, `f5`."""
    *modifiers, last = key.split("+")
    before = "".join("^" if one == "ctrl" else f"{one}+" for one in modifiers)
    return before + format_key(last)
