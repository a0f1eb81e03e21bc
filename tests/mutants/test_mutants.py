"""Every mutant is caught by the campaign that claims it, and by nothing else being broken."""

import pytest

from tests.conftest import Campaign as Note
from tests.mutants.__main__ import main
from tests.mutants.campaigns import COMMANDS
from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import Campaign
from tests.mutants.run import mutated, run


@pytest.mark.parametrize("campaign_name", COMMANDS)
def test_without_a_mutant_each_campaign_passes(campaign_name: Campaign) -> None:
    """At the very size, and in the very way, that mutants are caught."""
    ended = run(campaign_name)
    assert not ended.failed, ended.said


@pytest.mark.parametrize("name", MUTANTS)
def test_a_mutant_is_caught_by_the_campaign_that_claims_it(name: str, campaign: Note) -> None:
    """Again by hand: `python -m tests.mutants NAME`."""
    mutant = MUTANTS[name]
    ended = run(mutant.campaign, mutant)
    caught = f"{name:<45} {mutant.campaign:<13} caught after {ended.seconds:.1f} s"
    campaign("mutants", *([caught] if ended.failed else []), mutants=1, caught=int(ended.failed))
    assert ended.failed, f"{name} ({mutant.breaks}) was not seen by the campaign {mutant.campaign}"
    # A campaign that cannot even begin has caught nothing.
    for broken in ("SyntaxError", "ImportError", "ModuleNotFoundError", "NameError"):
        assert broken not in ended.said, ended.said


def test_a_campaign_that_does_not_end_has_caught_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 would say that it had."""
    monkeypatch.setattr("tests.mutants.run._SECONDS", 0.01)
    assert main(["torn-end-left-in-place"]) == 2
    assert "the campaign crashes did not end in 0 s" in capsys.readouterr().err


def test_a_name_that_no_mutant_has_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nix"]) == 2
    assert "no mutant 'nix'; --list shows them all" in capsys.readouterr().err


def test_every_mutant_is_a_program() -> None:
    """Which compiles, and differs from the house's."""
    for mutant in MUTANTS.values():
        compile(mutated(mutant), mutant.file, "exec")
        assert mutant.old != mutant.new
