"""Every mutant is caught by the campaign that claims it, and by nothing else being broken."""

import pytest

from tests.conftest import Campaign as Note
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


def test_every_mutant_is_a_program() -> None:
    """Which compiles, and differs from the house's."""
    for mutant in MUTANTS.values():
        compile(mutated(mutant), mutant.file, "exec")
        assert mutant.old != mutant.new
