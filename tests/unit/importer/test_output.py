"""The books.csv that is made is whole, or as it was before."""

import errno
from pathlib import Path

import pytest

from shared.csv_repository import FolderDisk
from tests.unit.importer.catalogue import Desk, catalogue, work

TEXT = catalogue(work(1, "A"))


def test_a_shops_books_are_never_replaced_unasked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Losing them is worse than an option more."""
    desk.output.write_text("the shop's own", encoding="utf-8")
    assert desk.run(TEXT) == 2
    assert "--force replaces it" in capsys.readouterr().err
    assert desk.output.read_text(encoding="utf-8") == "the shop's own"
    assert desk.run(TEXT, "--force") == 0
    assert [book.title for book in desk.books()] == ["A"]


def test_a_disk_that_fills_up_leaves_the_old_file_and_no_half_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The new one takes its place only when it is whole."""
    desk.output.write_text("the old one", encoding="utf-8")

    def full(_self: FolderDisk, _file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FolderDisk, "write", full)
    assert desk.run(TEXT, "--force") == 2
    assert capsys.readouterr().err.endswith(
        "books.csv: No space left on device (nothing was written)\n"
    )
    assert desk.leftovers() == {"books.csv"}
    assert desk.output.read_text(encoding="utf-8") == "the old one"


def test_a_stop_in_the_middle_leaves_no_half_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C is answered, not shown as a crash."""

    def stopped(_self: FolderDisk, _file: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FolderDisk, "sync", stopped)
    assert desk.run(TEXT) == 130
    assert desk.leftovers() == set()


def test_the_file_is_on_disk_before_it_takes_its_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut could leave the name with nothing in it."""
    steps: list[str] = []
    for step in ("create", "sync", "rename", "sync_folder"):
        _record(monkeypatch, step, steps)
    assert desk.run(TEXT) == 0
    assert steps == ["create", "sync", "rename", "sync_folder"]


def _record(monkeypatch: pytest.MonkeyPatch, step: str, steps: list[str]) -> None:
    real = getattr(FolderDisk, step)

    def recorded(*args: object) -> object:
        steps.append(step)
        return real(*args)

    monkeypatch.setattr(FolderDisk, step, recorded)


def test_a_running_shops_folder_is_left_alone(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The catalog server would write its own books over the new ones."""
    release = FolderDisk(desk.folder).lock("the catalog server")
    try:
        assert desk.run(TEXT) == 2
        assert "in use by the catalog server; stop that one first" in capsys.readouterr().err
        assert not desk.output.exists()
    finally:
        release()
    assert desk.run(TEXT) == 0


def test_a_folder_that_was_never_a_shops_gets_no_lock(desk: Desk) -> None:
    """Nothing but the books is left in it."""
    assert desk.run(TEXT) == 0
    assert desk.leftovers() == {"books.csv"}


def test_a_missing_folder_is_told_before_the_catalogue_is_read(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is not made: most likely the name is misspelled."""
    desk.output = desk.folder / "none" / "books.csv"
    assert desk.run("not read") == 2
    assert "there is no folder" in capsys.readouterr().err
    assert desk.leftovers() == set()


@pytest.mark.parametrize("place", [".", "/dev/null"])
def test_only_a_file_is_ever_replaced(
    desk: Desk, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not a folder, not a device."""
    desk.output = desk.folder / place
    assert desk.run(TEXT, "--force") == 2
    assert "is not a file" in capsys.readouterr().err


def test_the_catalogue_is_never_replaced_by_its_own_books(desk: Desk) -> None:
    """A name typed twice must not cost 17 MB."""
    desk.output = desk.source
    assert desk.run(TEXT, "--force") == 2
    assert desk.source.read_text(encoding="utf-8") == TEXT


def test_a_link_keeps_pointing_at_the_file(desk: Desk) -> None:
    """The file behind it is the one that is replaced."""
    target = desk.folder / "real.csv"
    desk.output.symlink_to(target)
    assert desk.run(TEXT) == 0
    assert desk.output.is_symlink()
    assert target.read_bytes().startswith(b"id,title,")


def test_a_pipe_cannot_be_the_output(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What went down a pipe cannot be taken back when a row turns out bad."""
    monkeypatch.chdir(desk.folder)
    desk.output = Path("-")
    with pytest.raises(SystemExit):
        desk.run(TEXT)
    assert desk.leftovers() == set()
