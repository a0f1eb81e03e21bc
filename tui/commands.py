"""What `^p` finds besides the app's own commands: books."""

from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import Hit, Hits, Provider
from textual.content import Content

from shared.domain import ShopError
from tui import text, threads
from tui.messages import OpenWanted

if TYPE_CHECKING:
    from tui.app import BazarApp

_LIMIT = 8


class BookCommands(Provider):
    """Books whose title or author has the words."""

    async def search(self, query: str) -> Hits:
        """The best books for the words; none while the shop does not answer."""
        app = cast("BazarApp", self.app)
        try:
            page = await threads.answer(partial(app.desk.shop.books, query, "", _LIMIT, 0))
        except ShopError:
            return
        for place, book in enumerate(page.data):
            title = text.one_line(book.title)
            yield Hit(
                # Below a command that fits well, in the order of the shop.
                0.5 - place / 100,
                Content(title),
                partial(app.post_message, OpenWanted(book.id, book)),
                text=title,
                help=f"book {book.id}, {text.money(book.price)}, {text.stock(book.quantity)}",
            )
