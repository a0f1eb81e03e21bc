"""All mutants, and the campaign that claims each."""

from typing import Final

from tests.mutants.imports import IMPORT
from tests.mutants.mutant import Mutant
from tests.mutants.protocol import PROTOCOL
from tests.mutants.repository import REPOSITORY

MUTANTS: Final[dict[str, Mutant]] = {
    mutant.name: mutant for mutant in REPOSITORY + PROTOCOL + IMPORT
}
