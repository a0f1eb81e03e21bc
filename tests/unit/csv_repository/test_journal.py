"""The journal's format, and every way in which its bytes can be wrong."""

import re
import zlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.csv_repository import CorruptJournal, journal
from shared.csv_repository.journal import Change, Print, Record, Segment
from tests.unit.csv_repository.shop import ITEMS, LIGHT, TABLES, Item, Receipt, table_of
from tests.unit.csv_repository.test_cells import RISKY, TEXT

LAMP = Item(3, 'a "good",\nlamp\\', ("b", "'=c"), 5, Decimal("12.50"))


def put(row: Item | Receipt) -> Change:
    """A row put."""
    table = table_of(row)
    return Change(table, table.key(row), row)


def example() -> tuple[bytes, list[int]]:
    """A segment of five writes (one carries three lines), and the byte where each begins."""
    writes = [
        [journal.open_payload(7, 41, {"items": Print(99, 0xABC), "receipts": None})],
        [journal.rows_payload(41, [put(LAMP), put(Receipt("r", 3, "+1"))])],
        [
            journal.rows_payload(42, [Change(ITEMS, 3, None)]),
            journal.rows_payload(43, [put(LAMP)]),
            journal.rows_payload(44, [put(Item(4, "Desk"))]),
        ],
        [journal.file_payload("items", Print(100, 0xDEF))],
        [journal.rows_payload(45, [put(Item(5, "Bed"))])],
    ]
    content, begins = b"", []
    for payloads in writes:
        begins.append(len(content))
        content += journal.batch_bytes(len(content), payloads)
    return content, begins


def read(content: bytes, last_lsn: int | None = None) -> Segment:
    """Read it as segment 7."""
    return journal.read_segment(7, content, TABLES, last_lsn)


def test_the_format_is_what_the_page_says() -> None:
    """Golden lines: a file written by an older version has to open for ever."""
    content, _ = example()
    assert content.decode().split("\n") == [
        "f72666bc,0,open,1,7,41,items,99,00000abc,receipts,-,-",
        (
            '4fee2b30,54,rows,41,items,put,5,3,"a ""good"",\\nlamp\\\\",b; \'=c,5,12.50,'
            "receipts,put,5,r,3,'+1,no,2026-11-22T08:54:36.767Z"
        ),
        "050de335,176,rows,42,items,delete,1,3",
        'd4e13fa9,176,rows,43,items,put,5,3,"a ""good"",\\nlamp\\\\",b; \'=c,5,12.50',
        "a0abd58d,176,rows,44,items,put,5,4,Desk,,0,0",
        "6e6fe7db,331,file,items,100,00000def",
        "c0327ee0,368,rows,45,items,put,5,5,Bed,,0,0",
        "",
    ]
    for line in content.splitlines():
        assert line[:8] == b"%08x" % zlib.crc32(line[9:])


def test_a_segment_is_read_back() -> None:
    """Records, prints, and where it ends."""
    content, _ = example()
    segment = read(content)
    assert (segment.number, segment.floor, segment.end) == (7, 41, len(content))
    assert segment.torn == b""
    assert [record.lsn for record in segment.records] == [41, 42, 43, 44, 45]
    assert segment.records[0] == Record(41, [put(LAMP), put(Receipt("r", 3, "+1"))])
    assert segment.records[1].changes == [Change(ITEMS, 3, None)]
    assert segment.known == [("items", Print(99, 0xABC)), ("receipts", None)]
    assert segment.written == [("items", Print(100, 0xDEF))]
    assert segment.holds_lines


@LIGHT
@given(st.lists(TEXT | RISKY, min_size=1, max_size=4))
def test_any_text_comes_back_from_one_line(texts: list[str]) -> None:
    """Line breaks of every kind do not end a line of the journal."""
    changes = [put(Item(at, text)) for at, text in enumerate(texts)]
    content = journal.batch_bytes(0, [journal.open_payload(7, 1, {})])
    content += journal.batch_bytes(len(content), [journal.rows_payload(1, changes)])
    assert content.count(b"\n") == 2
    assert read(content).records == [Record(1, changes)]


def test_every_torn_end_leaves_the_whole_lines_before_it() -> None:
    """Cut at each byte, followed by nothing, zeros or garbage."""
    content, _ = example()
    for cut in range(len(content)):
        whole = content.rfind(b"\n", 0, cut) + 1
        count = len(re.findall(rb",rows,", content[:whole]))
        for tail in (b"", bytes(40), b"\xff\n garbage, \n\n"):
            segment = read(content[:cut] + tail)
            assert len(segment.records) == count
            assert segment.end == whole
            assert segment.torn == content[whole:cut] + tail


def test_lines_of_one_write_may_reach_the_disk_in_any_order() -> None:
    """Any part of the last write may be missing; nobody was told that any of it was done."""
    content, begins = example()
    start, end = begins[2], begins[3]
    for hole in range(start, end):
        for to in {hole + 1, (hole + end + 1) // 2, end}:
            broken = content[:hole] + bytes(to - hole) + content[to:end]
            records = read(broken).records
            assert [record.lsn for record in records] == list(range(41, 41 + len(records)))
            assert 1 <= len(records) <= 4
            assert records == read(content).records[: len(records)]


def test_every_damaged_byte_before_the_last_write_is_refused_with_its_place() -> None:
    """Never a row misread, never one left out; also where the line ends themselves are hit."""
    content, begins = example()
    for at in range(begins[-1]):
        begin = content.rfind(b"\n", 0, at) + 1
        for value in {content[at] ^ 1, content[at] ^ 0x20, 0x0A, 0x2C, 0} - {content[at]}:
            damaged = content[:at] + bytes([value]) + content[at + 1 :]
            with pytest.raises(CorruptJournal) as caught:
                read(damaged)
            assert caught.value.name == "journal-000007.csv"
            assert caught.value.offset == begin
            assert caught.value.line == content.count(b"\n", 0, begin) + 1
            assert f"line {caught.value.line} (byte {begin})" in str(caught.value)


def test_damage_is_refused_also_where_the_next_write_begins_with_damage() -> None:
    """One whole line of a later write is enough to know that the earlier one was on disk."""
    content, begins = example()
    content = content[: begins[3]]
    for at in (begins[1], begins[2]):
        content = content[:at] + b"?" + content[at + 1 :]
    with pytest.raises(CorruptJournal) as caught:
        read(content)
    assert caught.value.offset == begins[1]


def test_damage_in_the_last_write_is_never_misread() -> None:
    """It cannot be told from a torn end, but what is read is what was written."""
    content, begins = example()
    good = read(content).records
    for at in range(begins[-1], len(content)):
        for bit in range(8):
            damaged = content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
            assert read(damaged).records == good[:-1]


def test_a_record_taken_out_of_the_middle_is_refused() -> None:
    """The numbers of the records show it, should the bytes not."""
    opened = journal.batch_bytes(0, [journal.open_payload(7, 1, {})])
    first = journal.batch_bytes(len(opened), [journal.rows_payload(1, [])])
    third = journal.batch_bytes(len(opened + first), [journal.rows_payload(3, [])])
    with pytest.raises(CorruptJournal, match="record 3 stands where record 2 should"):
        read(opened + first + third)


def test_records_missing_between_two_segments_are_refused() -> None:
    """The first line of the later one says how many there were."""
    content, _ = example()
    assert read(content, last_lsn=40).records
    with pytest.raises(CorruptJournal, match="the records from 40 to 40 are missing"):
        read(content, last_lsn=39)


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        (b"open,2,7,1\n", "format 2 is newer"),
        (b"open,1,8,1\n", "segment 8 under another name"),
        (b"frob,1\n", "unknown kind 'frob'"),
        (b"open,1,7,1,items,5\n", "shorter"),
        (b"rows,1\n", "record 1 stands"),
    ],
)
def test_a_first_line_that_cannot_be_is_refused(payload: bytes, what: str) -> None:
    """Whole, but not of this program or not of this file."""
    with pytest.raises(CorruptJournal, match=what):
        read(journal.batch_bytes(0, [payload]))


@pytest.mark.parametrize("changes", [b"books,put,1,1", b"items,put,2,1,Lamp", b"items,put,5,x,,,,"])
def test_a_record_of_other_tables_or_fields_is_refused(changes: bytes) -> None:
    """It is not for this program to leave out."""
    opened = journal.batch_bytes(0, [journal.open_payload(7, 1, {})])
    with pytest.raises(CorruptJournal):
        read(opened + journal.batch_bytes(len(opened), [b"rows,1," + changes + b"\n"]))


def test_only_segments_are_taken_for_segments() -> None:
    """Names that people and editors make of them are not."""
    assert journal.segment_number(journal.segment_name(7)) == 7
    assert journal.segment_number("journal-1000000.csv") == 1_000_000
    for name in ("journal-7.csv", "journal-000007.torn", "journal-000007.csv~", "items.csv"):
        assert journal.segment_number(name) is None
