"""Choosing a theme with `^p`: the shop's own five, each with what it is for."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.settings import THEMES

if TYPE_CHECKING:
    from tui.app import BazarApp


class ThemeCommands(Provider):
    """The themes; the one that is on is marked."""

    def _all(self) -> Iterator[tuple[str, str, Callable[[], None]]]:
        app = cast("BazarApp", self.app)
        for name, what in THEMES.items():
            now = " (now)" if name == app.theme else ""
            yield name, what + now, partial(app.choose_theme, name)

    async def discover(self) -> Hits:
        """All of them."""
        for name, what, choose in self._all():
            yield DiscoveryHit(name, choose, help=what)

    async def search(self, query: str) -> Hits:
        """Those whose name is like the query."""
        matcher = self.matcher(query)
        for name, what, choose in self._all():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), choose, help=what)
