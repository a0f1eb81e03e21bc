"""The pictures in docs/: each is shown on a page, and each that is shown is there."""

import re

from tests.processes import ROOT
from tests.tui.picture import PICTURES, _slim


def test_the_page_shows_every_picture_and_no_other() -> None:
    page = (ROOT / "docs" / "app.md").read_text(encoding="utf-8")
    shown = re.findall(r"\(pictures/(.+?\.svg)\)", page)
    assert sorted(shown) == sorted(path.name for path in PICTURES.glob("*.svg"))


def test_a_picture_fetches_nothing_and_names_nothing_of_its_run() -> None:
    for path in PICTURES.glob("*.svg"):
        picture = path.read_text(encoding="utf-8")
        assert "@font-face" not in picture
        assert "@import" not in picture
        assert not re.search(r"href|src=|terminal-\d", picture)


def test_a_slim_picture_has_the_same_text() -> None:
    lines = [
        "<style>", "@font-face { src: url(x) }", ".terminal-7-matrix { }", "</style>",
        '<clipPath id="terminal-7-line-0">', '<rect x="0"/>', "</clipPath>",
        '<text class="terminal-7-r1" clip-path="url(#terminal-7-line-0)">&#160;a</text>',
    ]  # fmt: skip
    assert _slim("\n".join(lines)) == (
        '<style>\n.t-matrix { }\n</style>\n<text class="t-r1">&#160;a</text>\n'
    )
