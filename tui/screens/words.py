"""What is said of a purchase: the question, and each outcome."""

from decimal import Decimal
from typing import Final, NamedTuple

from shared.domain import Book
from tui import text
from tui.purchase import Outcome, Stage

# Short enough that the price behind it is to be seen, too.
_NAME: Final = 44


class Words(NamedTuple):
    """A title, a sentence, and what the buttons say; no `yes` means that nothing can be bought."""

    title: str
    sentence: str
    yes: str = ""
    no: str = "Close"
    look: str = ""


def ask_words(
    book: Book, *, is_checking: bool = False, was: Decimal | None = None, trouble: str = ""
) -> Words:
    """The question whether to buy."""
    title = "Buy this book?"
    if is_checking:
        return Words(title, "Looking at the shelf …", "Buy", "Cancel", "$muted")
    if trouble:
        sentence = f"{trouble} The price and stock may have changed; you pay this price or nothing."
        return Words(title, sentence, "Buy", "Cancel", "$text-warning")
    if not book.quantity:
        return Words("Sold out", "There is no copy left.", look="$text-error")
    if was is not None:
        sentence = (
            f"The price has changed: it was {text.money(was)}, it is {text.money(book.price)}."
        )
        return Words("Buy at the new price?", sentence, "Buy", "Cancel", "$text-warning")
    return Words(title, "One copy, at this price.", "Buy", "Cancel")


def outcome_words(
    stage: Stage, book: Book, outcome: Outcome | None = None, copies: int = 1
) -> Words:
    """What became of buying copies of this book."""
    detail = text.one_line(outcome.detail) if outcome else ""
    match stage:
        case "bought":
            return _bought_words(copies)
        case "pending":
            sentence = "The shop has it on paper and settles it by itself. Esc hides this."
            return Words("… Pending", sentence, no="Hide", look="$text-warning")
        case "working":
            sentence = "The shop is working on it at this moment. Esc hides this."
            return Words("… Being worked on", sentence, no="Hide", look="$text-warning")
        case "unknown":
            sentence = f"{detail} It may have been bought or not; asking again cannot buy it twice."
            return Words("? No answer yet", sentence, no="Hide", look="$text-warning")
        case "price changed":
            now = outcome.price if outcome and outcome.price is not None else book.price
            return ask_words(Book(book.id, book.title, quantity=1, price=now), was=book.price)
        case "sold out":
            return _sold_out_words(copies)
        case "gone":
            sentence = "The shop does not have this book any more: nothing was bought."
            return Words("✗ Not found", sentence, look="$text-error")
        case "not done":
            sentence = f"{detail} Nothing was bought."
            return Words("✗ Not now", sentence, "Try again", "Cancel", "$text-error")
        case "wrong":
            return Words("✗ Refused", f"{detail} Nothing was bought.", look="$text-error")


def _bought_words(copies: int) -> Words:
    whose = "It is yours." if copies == 1 else f"{text.count(copies)} copies are yours."
    return Words("✓ Bought", f"{whose} The sale is written down.", look="$text-success")


def _sold_out_words(copies: int) -> Words:
    if copies == 1:
        sentence = "Somebody was faster: nothing was bought."
        return Words("✗ Sold out", sentence, look="$text-error")
    sentence = f"There are not {text.count(copies)} copies left: nothing was bought."
    return Words("✗ Not enough", sentence, look="$text-error")


def news(stage: Stage, title: str, price: Decimal | None = None, copies: int = 1) -> str:
    """One line about a purchase that no screen is showing; `price` is that of one copy."""
    # What became of it comes first: where the line is cut, only the title loses its end.
    name = text.cut(text.one_line(title), _NAME)
    if copies > 1:
        name = f"{text.count(copies)} × {name}"
    told = {
        "bought": f"Bought {name}",
        "pending": f"Pending, the shop settles it by itself: {name}",
        "working": f"Being worked on: {name}",
        "unknown": f"No answer yet; asking again cannot buy it twice: {name}",
        "price changed": f"Not bought, the price has changed: {name}",
        "sold out": f"Not bought, sold out: {name}",
        "gone": f"Not bought, the shop does not have it any more: {name}",
        "not done": f"Not bought, the shop could not do it: {name}",
        "wrong": f"Not bought, the shop refused it: {name}",
    }[stage]
    if price is None or stage not in ("bought", "price changed"):
        return told
    if stage == "bought":
        return f"{told} for {text.money(price * copies)}."
    return f"Not bought, the price is {text.money(price)} now: {name}"
