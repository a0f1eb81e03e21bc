"""One line an event, whatever is in it."""

import io
import logging

import pytest

from shared import logs


@pytest.fixture(autouse=True)
def root_as_it_was() -> object:
    """Other tests' handlers are put back."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before[0], before[1]


def test_a_line_has_time_server_level_id_and_message() -> None:
    """In that order, so that lines of three machines can be sorted together."""
    out = io.StringIO()
    logs.set_up("catalog", out)
    logs.begin_request("me-1")
    logging.getLogger("x").info("bought book %s", "Dune")
    time, *rest = out.getvalue().split(" ", 4)
    assert time.endswith("Z")
    assert rest == ["catalog", "INFO", "me-1", "bought book Dune\n"]


@pytest.mark.parametrize("evil", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\x9bb", "a\u202eb", "a\u2028b"])
def test_a_title_cannot_forge_a_line_or_steer_a_terminal(evil: str) -> None:
    """Line breaks, ESC, C1, bidi."""
    out = io.StringIO()
    logs.set_up("catalog", out)
    logging.getLogger("x").info("bought book %s", evil)
    assert len(out.getvalue().splitlines()) == 1
    assert logs.one_line(evil).isprintable()


def test_an_unforeseen_error_is_one_line_without_folders_or_its_own_words() -> None:
    """Its words may hold anything, a path or a line break among it."""
    out = io.StringIO()
    logs.set_up("catalog", out)
    try:
        raise RuntimeError("secret\n/etc/passwd")
    except RuntimeError:
        logging.getLogger("x").exception("unforeseen")
    (line,) = out.getvalue().splitlines()
    assert "unforeseen [RuntimeError in test_logs.py:" in line
    assert "secret" not in line
    assert "/" not in line.replace("N/A", "")


def test_only_a_sane_request_id_is_taken_over() -> None:
    """Any other is replaced."""
    assert logs.begin_request("abc-1.2:3_4") == "abc-1.2:3_4"
    for odd in (None, "", "a b", "a\nb", "x" * 65, "é"):
        assert logs.begin_request(odd) != odd


def test_the_noise_of_libraries_is_off() -> None:
    """Waitress warns at every second request under load."""
    out = io.StringIO()
    logs.set_up("catalog", out)
    logging.getLogger("waitress.queue").warning("Task queue depth is 1")
    assert out.getvalue() == ""
