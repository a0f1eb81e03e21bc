"""The one place where text from the server is made safe to show, and numbers become words.

A title may hold anything: control codes that steer the terminal, marks that turn the direction of
the line, line breaks. What leaves here is printable text and, for one line, exactly one line.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from rich.cells import cell_len, set_cell_size

# C0, DEL and C1; the Arabic letter mark and the other bidi marks, embeddings, overrides and
# isolates; the zero-width no-break space; interlinear notes; tags; lone surrogates.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
# What terminals give different widths, or none, so that a row would end elsewhere than it should:
# the soft hyphen, blanks that are nothing or look like it, variation selectors, skin tones.
_UNEVEN: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\uffa0\ufe00-\ufe0f"
    "\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
# The joiner makes one emoji of several here and not there; between letters it shapes them.
_SIGN: Final = "[\u2190-\u2bff\U0001f000-\U0001faff]"
_JOINED: Final = re.compile(f"(?<={_SIGN})\u200d+|\u200d+(?={_SIGN})")
# Accents beyond the third on one letter grow into the lines above.
_HEAPED: Final = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# Two of these are a flag here and two letters there.
_FLAGS: Final = {0x1F1E6 + number: chr(ord("A") + number) for number in range(26)}
_BREAKS: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"\s+")
_IN_BRACKETS: Final = re.compile(r" *\([^)]*\)")
ELLIPSIS: Final = "…"
_ROUND: Final = 10_000


def one_line(text: str) -> str:
    """Text of the server as one line with nothing in it that could steer a terminal."""
    if text.isascii() and text.isprintable():
        return _BLANKS.sub(" ", text).strip()
    spaced = _BREAKS.sub(" ", text).replace("\t", " ")
    even = _UNEVEN.sub("", _UNSAFE.sub("", spaced)).translate(_FLAGS)
    return _BLANKS.sub(" ", _HEAPED.sub(r"\1", _JOINED.sub("", even))).strip()


def typed(text: str) -> str:
    """What somebody types or pastes into a field of one line, as it comes: its spaces stay."""
    return _UNSAFE.sub("", _BREAKS.sub(" ", text).replace("\t", " "))


def lines(text: str) -> list[str]:
    """Text of the server with its line breaks kept, every line as safe as `one_line`."""
    cleaned = (one_line(line) for line in _BREAKS.split(text))
    return [line for line in cleaned if line]


def fit(text: str, width: int) -> str:
    """Exactly `width` cells of text: padded, or cut with an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)


def cut(text: str, width: int) -> str:
    """At most `width` cells of text, cut with an ellipsis."""
    return text if cell_len(text) <= width else fit(text, width).rstrip()


def author(name: str, width: int) -> str:
    """An author in at most `width` cells: `Melville, Herman`, else `Melville, H.`, `Melville`."""
    if cell_len(name) <= width:
        return name
    # "Barrie, J. M. (James Matthew)"
    name = _IN_BRACKETS.sub("", name)
    surname, comma, given = name.partition(", ")
    initials = "".join(f" {part[0]}." for part in given.split() if part[0].isupper())
    for shorter in (name, f"{surname},{initials}", surname) if comma else ():
        if cell_len(shorter) <= width:
            return shorter
    return cut(name, width)


def wrap(text: str, width: int, limit: int) -> list[str]:
    """At most `limit` lines of at most `width` cells; what is left out ends in an ellipsis."""
    if width <= 0 or limit <= 0:
        return []
    found: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        if line:
            found.append(line)
        line = word
    found.append(line)
    if len(found) > limit:
        found = [*found[: limit - 1], " ".join(found[limit - 1 :])]
    return [cut(line, width) for line in found]


def money(amount: Decimal) -> str:
    """A price or a sum: `1,234.50`; always with two decimals, so that columns line up."""
    return f"{amount:,.2f}"


def short_money(amount: Decimal) -> str:
    """A round sum beside a chart, in few cells: `0.50`, `200`, `2.5k`, `10M`."""
    for size, sign in ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(1000), "k")):
        if amount >= size:
            return f"{(amount / size).normalize():f}{sign}"
    return f"{amount:.0f}" if amount == amount.to_integral_value() else money(amount)


def plain_money(amount: object) -> str:
    """A price as a log tells it, in the money's own form if it is a number at all."""
    try:
        return money(Decimal(str(amount)))
    except ArithmeticError:
        return one_line(str(amount))


def count(number: int) -> str:
    """A number of things: `82,415`."""
    return f"{number:,}"


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: `1 book`, `2 books`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def short_count(number: int) -> str:
    """A number in at most six cells: `9,999`, `12k`, `3M`."""
    if number < _ROUND:
        return count(number)
    return f"{number // 1000}k" if number < 1_000_000 else f"{number // 1_000_000}M"


def stock(quantity: int) -> str:
    """The copies left, as a list shows them: `7 left`, `sold out`."""
    return f"{short_count(quantity)} left" if quantity else "sold out"


def stock_news(title: str, quantity: int, change: int) -> str:
    """How the stock of a book changed: `▾1 Moby-Dick: 6 left`."""
    sign = "▾" if change < 0 else "▴"
    return f"{sign}{count(abs(change))} {cut(one_line(title), 40)}: {stock(quantity)}"


def clock_time(at: datetime) -> str:
    """The time of day where the person is: `14:03:07`."""
    return at.astimezone().strftime("%H:%M:%S")


def exact(at: datetime) -> str:
    """A moment where the person is, for a script: `2026-11-22T14:00:00+05:45`; UTC is a `Z`."""
    return at.astimezone().isoformat(timespec="seconds").replace("+00:00", "Z")


def when(at: datetime, now: datetime) -> str:
    """A moment in at most twelve cells: the time today, else the day."""
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return local.strftime("%H:%M:%S")
    if local.date() == (today - timedelta(days=1)).date():
        return local.strftime("yest. %H:%M")
    return local.strftime("%d %b %H:%M" if local.year == today.year else "%d %b %Y")


def pause(seconds: float) -> str:
    """A wait that is left, in whole seconds: `3 s`."""
    return f"{max(0, round(seconds))} s"


def sentence(words: str) -> str:
    """Words of a server as a sentence: one line, a capital at its start, a stop at its end."""
    line = one_line(words)
    if not line:
        return ""
    return line[0].upper() + line[1:] + ("" if line[-1] in ".!?…" else ".")


def width(shown: str) -> int:
    """How many cells a text takes."""
    return cell_len(shown)
