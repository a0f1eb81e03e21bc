"""The admin's calls: the fake of the other tests and the real shop, held to the same."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from shared.domain import (
    AdminOff,
    BadField,
    BookNotFound,
    EditedMeanwhile,
    OutcomeUnknown,
    TokenMissing,
    TokenWrong,
    Unavailable,
    new_key,
)
from shared.edits import Edit, NewBook
from tests.processes import free_ports
from tests.shops import Shop as WholeShop
from tests.tui.fake_admin import RIGHT, FakeAdmin
from tests.tui.fakes import FakeShop, classics
from tests.wsgi import InProcess
from tui.admin import Admin, FrontendAdmin
from tui.deed import Deed
from tui.shop import Frontend
from tui.token import Token

EMMA = NewBook("Emma", ("Love", "Village"), Decimal("8.5"), "Austen, Jane", 12)


@pytest.fixture(params=["fake", "servers"])
def admin(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Admin]:
    """The same seven books in each, and the right token."""
    if request.param == "fake":
        fake = FakeAdmin(FakeShop())
        fake.token = Token(RIGHT)
        yield fake
        return
    whole = WholeShop.at(tmp_path, books=tuple(classics()), tokens={"anna": RIGHT})
    frontend = Frontend("http://frontend", adapter=InProcess(whole.frontend.app))
    yield FrontendAdmin(frontend, Token(RIGHT))
    frontend.close()
    whole.close()


def test_a_book_is_added_and_has_a_tag(admin: Admin) -> None:
    added = admin.add(new_key(), EMMA)
    book = added.book
    assert (book.id, book.title, book.subjects) == (8, "Emma", ("Love", "Village"))
    assert (book.price, book.quantity) == (Decimal("8.5"), 12)
    assert admin.tagged(8) == added
    assert added.tag


def test_the_same_key_again_adds_nothing_more(admin: Admin) -> None:
    key = new_key()
    first = admin.add(key, EMMA)
    assert admin.add(key, EMMA).book == first.book
    with pytest.raises(BookNotFound):
        admin.tagged(9)


def test_only_what_is_said_is_changed(admin: Admin) -> None:
    before = admin.tagged(5)
    after = admin.change(new_key(), 5, Edit(price=Decimal(11)), before.tag)
    assert after.book.price == Decimal(11)
    assert after.book.title == before.book.title
    assert after.tag != before.tag
    assert admin.tagged(5) == after


def test_an_old_tag_changes_nothing(admin: Admin) -> None:
    old = admin.tagged(5).tag
    admin.change(new_key(), 5, Edit(quantity_change=1), None)
    with pytest.raises(EditedMeanwhile):
        admin.change(new_key(), 5, Edit(title="Whales"), old)
    with pytest.raises(EditedMeanwhile):
        admin.remove(new_key(), 5, old)
    assert admin.tagged(5).book.title == "Moby-Dick; or, The Whale"


def test_an_edit_that_was_made_is_answered_again_though_its_tag_is_old(admin: Admin) -> None:
    key, tag = new_key(), admin.tagged(5).tag
    admin.change(key, 5, Edit(title="Whales"), tag)
    assert admin.change(key, 5, Edit(title="Whales"), tag).book.title == "Whales"
    assert admin.trail(10, None, 5).total == 1


def test_a_restock_is_a_difference(admin: Admin) -> None:
    assert admin.change(new_key(), 5, Edit(quantity_change=20), None).book.quantity == 27
    assert admin.change(new_key(), 5, Edit(quantity_change=-27), None).book.quantity == 0
    with pytest.raises(BadField) as refused:
        admin.change(new_key(), 5, Edit(quantity_change=-1), None)
    assert refused.value.path == "$.quantity_change"


def test_a_wrong_field_is_named_by_its_path(admin: Admin) -> None:
    with pytest.raises(BadField) as refused:
        admin.add(new_key(), NewBook("Emma", ("Love", "a\x07b"), Decimal(3)))
    assert refused.value.path == "$.subjects[1]"


def test_a_book_is_removed_once_and_its_id_is_not_given_again(admin: Admin) -> None:
    key, tag = new_key(), admin.tagged(7).tag
    admin.remove(key, 7, tag)
    admin.remove(key, 7, tag)
    with pytest.raises(BookNotFound):
        admin.tagged(7)
    with pytest.raises(BookNotFound):
        admin.remove(new_key(), 7, tag)
    assert admin.add(new_key(), EMMA).book.id == 8


def test_the_trail_tells_what_was_changed_page_by_page(admin: Admin) -> None:
    admin.change(new_key(), 5, Edit(title="Whales", price=Decimal("12.75")), None)
    admin.change(new_key(), 5, Edit(quantity_change=3), None)
    admin.change(new_key(), 6, Edit(title="Captors"), None)
    newest = admin.trail(2)
    assert newest.total == 3
    assert [entry.book_id for entry in newest.data] == [6, 5]
    oldest = admin.trail(2, newest.data[-1].id).data
    assert [entry.book_id for entry in oldest] == [5]
    entry = oldest[0]
    assert entry.before["title"] == "Moby-Dick; or, The Whale"
    assert (entry.after["title"], Decimal(str(entry.after["price"]))) == (
        "Whales",
        Decimal("12.75"),
    )
    of_one = admin.trail(10, None, 5)
    assert (of_one.total, of_one.data[0].quantity_change) == (2, 3)


def test_only_the_right_token_is_taken(admin: Admin) -> None:
    admin.token = Token("guess")
    with pytest.raises(TokenWrong):
        admin.trail(1)
    admin.token = None
    with pytest.raises(TokenMissing):
        admin.add(new_key(), EMMA)


def test_a_shop_without_a_token_says_so(tmp_path: Path) -> None:
    whole = WholeShop.at(tmp_path, books=tuple(classics()), tokens={})
    frontend = Frontend("http://frontend", adapter=InProcess(whole.frontend.app))
    with pytest.raises(AdminOff, match="BAZAR_ADMIN__TOKEN"):
        FrontendAdmin(frontend, Token(RIGHT)).trail(1)
    frontend.close()
    whole.close()


def test_a_shop_that_is_not_there_did_nothing() -> None:
    frontend = Frontend(f"http://127.0.0.1:{free_ports(1)[0]}")
    admin = FrontendAdmin(frontend, Token(RIGHT))
    with pytest.raises(Unavailable):
        admin.add(new_key(), EMMA)
    with pytest.raises(Unavailable):
        admin.tagged(1)
    frontend.close()


def test_a_lost_answer_stays_unknown_until_a_definite_one() -> None:
    """Then "nothing was done" speaks of the later request alone."""
    answers: list[Exception | str] = [
        OutcomeUnknown("No answer."),
        Unavailable("Down."),
        TokenWrong("Not one of ours."),
        Unavailable("Down."),
        "added",
    ]
    keys = []

    def ask(key: str) -> str:
        keys.append(key)
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    deed = Deed("k", ask)
    stages = [deed.attempt().stage for _ in range(5)]
    assert stages == ["unknown", "unknown", "not admin", "unknown", "done"]
    assert keys == ["k"] * 5


def test_the_token_is_in_no_trace_of_what_went_wrong(tmp_path: Path) -> None:
    """Also of an accident deep in the network's own code, with every local shown."""
    script = tmp_path / "accident.py"
    script.write_text(
        "import sys\n"
        "from requests.adapters import HTTPAdapter\n"
        "from rich.console import Console\n"
        "from rich.traceback import Traceback\n"
        "from tui.admin import FrontendAdmin\n"
        "from tui.shop import Frontend\n"
        "from tui.token import Token\n"
        "class Accident(HTTPAdapter):\n"
        "    def send(self, request, **_):\n"
        "        headers = dict(request.headers)\n"
        "        raise RuntimeError('an accident')\n"
        "token = Token('s3cret-' * 20)\n"
        "admin = FrontendAdmin(Frontend('http://shop', adapter=Accident()), token)\n"
        "try:\n"
        "    admin.trail(1)\n"
        "except RuntimeError:\n"
        "    Console(width=200).print(Traceback(show_locals=True, width=200))\n"
        "print(repr(token), [token], repr(admin.token))\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert "an accident" in done.stdout
    assert "Authorization" in done.stdout
    shown = done.stdout + done.stderr
    # The script's own line is shown beside the trace.
    assert "s3cret-s3cret" not in shown


def test_requests_takes_a_hidden_header_as_it_is() -> None:
    sent = requests.Request("GET", "http://x", headers={"Authorization": Token("abc").header()})
    assert sent.prepare().headers["Authorization"] == "Bearer abc"
