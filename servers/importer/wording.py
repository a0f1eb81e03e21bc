"""From the words of a library's catalogue to those on a book.

=================================================  ==============================================
in the catalogue                                   on the book
=================================================  ==============================================
The Odyssey⏎Rendered into English prose            The Odyssey: Rendered into English prose
The Origin of Species⏎Or, the Preservation         The Origin of Species; Or, the Preservation
Peter Pan : $b [Peter and Wendy]                   Peter Pan: [Peter and Wendy]
Melville, Herman, 1819-1891                        Melville, Herman
Carroll, Lewis; Tenniel, John [Illustrator]        Carroll, Lewis
Browsing: Fiction; Category: Novels; Fiction       Fiction; Novels
=================================================  ==============================================
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

# Bytes 80 to 9F of Windows' code page that were taken for Latin-1: a dash, an oe.
_MENDED: Final = {
    byte: bytes([byte]).decode("cp1252", errors="ignore") or " " for byte in range(0x80, 0xA0)
}
_CONTROLS: Final = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, 0x2028, 0x2029], " ")
_PLAIN: Final = _MENDED | _CONTROLS | {0xFEFF: ""}

# The mark of a subfield in a library's record: "Peter Pan : $b [Peter and Wendy]".
_SUBFIELD: Final = re.compile(r"(?<!\S)\$[a-z](?![a-z])")
_SPACE_BEFORE: Final = re.compile(r" +(?=[:;])")
_BREAK: Final = re.compile(r"[\r\n]+")
_OR: Final = re.compile(r"or\b", re.IGNORECASE)

_ERA: Final = r" ?(?:BCE?|CE|AD|B\.C\.(?:E\.)?|A\.D\.)"
# A number of one or two digits alone may be a regiment's or a volume's.
_YEAR: Final = (
    r"(?:(?:approximately|ca\.) ?)?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th) cent(?:ury|\.)(?:{_ERA})?"
    rf"|\d{{3,4}}\??(?:/\d{{1,4}})?(?:{_ERA})?|\d{{1,2}}(?:\?|\??{_ERA}))"
)
_LIFE: Final = re.compile(
    rf",\s*(?:(?:active|fl\.|b\.|d\.|born|died|jin shi|jinshi) )?"
    rf"(?:\d{{1,2}}-\d{{2,3}}|-{_YEAR}|{_YEAR}(?: ?[-–] ?(?:{_YEAR})?)?)$"
)
_ROLE: Final = re.compile(r"\s*\[([^\]]*)\]$")
_SHELF_KIND: Final = re.compile(r"(?:Browsing|Category):\s*", re.IGNORECASE)


def plain(text: str) -> str:
    """One line without control characters or spaces to spare."""
    # Nothing that has to go is printable, and most texts are printable all through.
    return " ".join((text if text.isprintable() else text.translate(_PLAIN)).split())


@lru_cache(maxsize=1 << 15)
def parts(cell: str) -> tuple[str, ...]:
    """The parts of a cell that are joined by `;`, each once."""
    return tuple(dict.fromkeys(part for part in map(plain, cell.split(";")) if part))


def title_of(cell: str) -> str:
    """A title as one line: its first line, then the rest as the subtitle; may be empty."""
    lines = [plain(_SUBFIELD.sub("", line)) for line in _BREAK.split(cell)]
    title, *rest = [line for line in lines if line] or [""]
    # Later breaks only wrap a long subtitle.
    subtitle = " ".join(rest)
    return _SPACE_BEFORE.sub("", f"{title}{_glue(title, subtitle)}{subtitle}")


def _glue(title: str, subtitle: str) -> str:
    if not subtitle:
        return ""
    if title[-1] in ".,:;!?=/—–-" or subtitle[0] in "([:;":
        return " "
    return "; " if ":" in title or _OR.match(subtitle) else ": "


def authors_of(names: Iterable[str]) -> str:
    """The authors joined by `; `: no dates of life, and no illustrators or translators.

    A work whose people all have a role, such as a reader's editors, is under their names.
    """
    bare: list[str] = []
    helpers: list[str] = []
    for name in names:
        role = _ROLE.search(name)
        is_author = role is None or role[1].lower() in ("author", "pseud.", "pseudonym", "")
        found = _LIFE.sub("", _ROLE.sub("", name)).strip(" ,")
        (bare if is_author else helpers).append(found)
    return "; ".join(dict.fromkeys(name for name in bare or helpers if name))


def subjects_of(names: Iterable[str]) -> tuple[str, ...]:
    """Subjects without the catalogue's own prefixes, each once however it is spelled."""
    found: dict[str, str] = {}
    for name in names:
        subject = shelf_of(name)
        if subject:
            found.setdefault(subject.casefold(), subject)
    return tuple(found.values())


def shelf_of(name: str) -> str:
    """A shelf's name without its kind: `Browsing: Fiction` is the shelf Fiction."""
    return _SHELF_KIND.sub("", name, count=1) if _SHELF_KIND.match(name) else name
