"""The benchmarks themselves: each runs, at sizes that mean nothing, so that none can rot."""

import csv
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.bench.__main__ import main
from tests.bench.figures import Figure, table
from tests.bench.room import CATALOGUE, GENERATED, generate, kind, source, write_books
from tests.bench.run import Broken, run
from tests.bench.sizes import FULL, QUICK
from tests.bench.workloads import WORKLOADS, Workload
from tests.conftest import Campaign

_FIGURE = Figure(what="a purchase", measured=0.3, unit="ms", reference=0.2, reference_is="7 books")


@pytest.mark.parametrize("name", WORKLOADS)
def test_each_benchmark_runs_in_a_process_of_its_own(name: str, tmp_path: Path) -> None:
    """With a figure for every line, and none of them nothing."""
    figures = run(name, tmp_path, tmp_path / name, quick=True)
    assert figures
    assert all(figure.measured > 0 for figure in figures if figure.unit != "bytes")


@pytest.mark.soak
def test_a_million_sales_are_reconciled_without_holding_them_all(
    tmp_path: Path, campaign: Campaign
) -> None:
    """Neither the time nor the memory grows out of proportion."""
    time, memory = run("reconcile", tmp_path, tmp_path / "reconcile", quick=False)
    campaign("reconcile", sales=FULL.sales, seconds=round(time.measured), MB=round(memory.measured))
    assert time.verdict == "ok", table([time])
    assert memory.verdict == "ok", table([memory])


def test_the_figures_can_be_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Beside what they were measured on; the progress is on stderr."""
    assert main(["--quick", "--json", "commit"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out["machine"]["books"] == GENERATED
    assert out["figures"][0]["what"] == "one commit, median"
    assert out["figures"][0]["ratio"] > 0


def test_an_unknown_benchmark_is_refused_with_the_names_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As are unknown options."""
    with pytest.raises(SystemExit):
        main(["swim"])
    assert "there is no benchmark 'swim'; there are open," in capsys.readouterr().err


def test_one_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the others still run."""
    slow = WORKLOADS["open"]
    monkeypatch.setitem(WORKLOADS, "open", Workload(slow.run, slow.what, 0.05))
    with pytest.raises(Broken, match=r"open took more than 0\.05 s"):
        run("open", tmp_path, tmp_path / "open", quick=True)


def test_a_missed_figure_is_said_plainly() -> None:
    """Beside the limit that it misses."""
    line = table([replace(_FIGURE, ratio_at_most=1.2)]).splitlines()[1]
    cells = ["a purchase", "0.3 ms", "0.2 ms, 7 books", "1.50 x", "<= 1.2 x", "MISSED"]
    assert line.split() == " ".join(cells).split()


def test_a_limit_is_for_the_ratio_or_for_the_figure_itself() -> None:
    """And a figure without one has no verdict."""
    assert replace(_FIGURE, ratio_at_most=2).verdict == "ok"
    assert replace(_FIGURE, ratio_at_least=1.4).verdict == "ok"
    assert replace(_FIGURE, ratio_at_least=3).verdict == "MISSED"
    assert replace(_FIGURE, at_most=0.3).verdict == "ok"
    assert replace(_FIGURE, at_most=0.2).verdict == "MISSED"
    assert _FIGURE.verdict == ""


def test_books_are_repeated_under_new_ids(tmp_path: Path) -> None:
    """As many as are asked for, from one on."""
    few, many = tmp_path / "few.csv", tmp_path / "many.csv"
    generate(few, 3, seed=1)
    write_books(many, few, 7)
    with many.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert rows[0]["title"] == rows[3]["title"] == rows[6]["title"]


def test_without_the_catalogue_books_are_generated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same ones every time."""
    monkeypatch.setenv("BAZAR_GUTENBERG", str(tmp_path / "not there"))
    sizes = FULL._replace(books=QUICK.books)
    assert kind(source(tmp_path, sizes)) == GENERATED
    assert kind(Path("imported.csv")) == CATALOGUE
    again = tmp_path / "again.csv"
    generate(again, sizes.books, sizes.seed)
    assert again.read_bytes() == (tmp_path / "generated.csv").read_bytes()
