"""What stands on a book, from what stands in a library's catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.importer.wording import authors_of, parts, subjects_of, title_of


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("The Odyssey\nRendered into English prose", "The Odyssey: Rendered into English prose"),
        (
            "The Origin of Species\nOr, the Preservation",
            "The Origin of Species; Or, the Preservation",
        ),
        ("Rupert of Hentzau: Memoirs\nA Sequel", "Rupert of Hentzau: Memoirs; A Sequel"),
        ("Hamlet\n(First Quarto)", "Hamlet (First Quarto)"),
        ("A Brief Memoir,\nof Eliza Southall", "A Brief Memoir, of Eliza Southall"),
        ("Tea Leaves\nBeing a Collection\nof Letters", "Tea Leaves: Being a Collection of Letters"),
        ("Peter Pan : $b [Peter and Wendy]", "Peter Pan: [Peter and Wendy]"),
        ("Composition\n$b A series of exercises", "Composition: A series of exercises"),
        ("Dress design $b: an account of costume", "Dress design: an account of costume"),
        ("The $30,000 Bequest, and Other Stories", "The $30,000 Bequest, and Other Stories"),
        ("Scientific American, Vol. XXXIX.\x97No. 6", "Scientific American, Vol. XXXIX.—No. 6"),
        ("  Moby   Dick \r\n", "Moby Dick"),
        ("Orlando\nOrchards of the South", "Orlando: Orchards of the South"),
        (" \n ", ""),
    ],
)
def test_a_title_of_several_lines_becomes_one_with_its_subtitle(cell: str, title: str) -> None:
    """A line in the shop's lists is one line."""
    assert title_of(cell) == title


@given(st.text())
def test_a_title_never_holds_a_line_break_or_a_control_character(cell: str) -> None:
    """Whatever a catalogue holds, lists and terminals stay whole."""
    title = title_of(cell)
    assert title == " ".join(title.split())
    assert not any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in title)


@pytest.mark.parametrize(
    ("names", "author"),
    [
        (["Melville, Herman, 1819-1891"], "Melville, Herman"),
        (["Sunzi, active 6th century B.C."], "Sunzi"),
        (["Homer, 751? BCE-651? BCE"], "Homer"),
        (["Rowling, Ann, 1965-"], "Rowling, Ann"),
        (["Wyatt, Tom, -1542"], "Wyatt, Tom"),
        (["Su, E, jin shi 886"], "Su, E"),
        (["Adam, of Cobsam, active approximately 1462"], "Adam, of Cobsam"),
        (["Wells, H. G. (Herbert George), 1866-1946"], "Wells, H. G. (Herbert George)"),
        (["Ovid, 43 B.C.-17 A.D."], "Ovid"),
        (["Tacitus, Cornelius, 56?-120?"], "Tacitus, Cornelius"),
        (["Pliny, the Younger, 61-113"], "Pliny, the Younger"),
        (["France. Armée. Infantry, 71"], "France. Armée. Infantry, 71"),
        (["Hylton, Sir, 1st Baron"], "Hylton, Sir, 1st Baron"),
        (["Constitutional Convention (1787)"], "Constitutional Convention (1787)"),
        (
            ["Marx, Karl, 1818-1883", "Engels, Friedrich, 1820-1895"],
            "Marx, Karl; Engels, Friedrich",
        ),
        (["Carroll, Lewis, 1832-1898", "Tenniel, John, 1820-1914 [Illustrator]"], "Carroll, Lewis"),
        (["Child, Francis James, 1825-1896 [Editor]"], "Child, Francis James"),
        (["Diogenes [pseudonym]", "Someone [Translator]"], "Diogenes"),
        (["Dumas, Alexandre", "Dumas, Alexandre"], "Dumas, Alexandre"),
        ([], ""),
    ],
)
def test_a_book_names_its_authors_without_their_dates_and_helpers(
    names: list[str], author: str
) -> None:
    """The shop sells Melville, not 1819-1891."""
    assert authors_of(names) == author


def test_a_subject_loses_the_catalogues_prefix_and_its_doubles() -> None:
    """`Browsing: Fiction` and `Fiction` are one shelf to a customer."""
    names = parts("Browsing: Fiction; Category: Novels; fiction;; Mystery: Cosy ")
    assert subjects_of(names) == ("Fiction", "Novels", "Mystery: Cosy")
