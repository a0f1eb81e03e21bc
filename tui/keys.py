"""The keys of a binding as the screens name them, wherever a person has moved them."""

from typing import TYPE_CHECKING, cast

from textual.dom import DOMNode

if TYPE_CHECKING:
    from tui.app import BazarApp


def keys_of(node: DOMNode, usual: str, *ids: str) -> str:
    """The keys of these bindings as a person reads them: `usual` unless one was moved."""
    keymap = cast("BazarApp", node.app).preferences.keymap
    if not any(name in keymap for name in ids):
        return usual
    from tui.keymap import shown

    return shown(keymap, *ids)
