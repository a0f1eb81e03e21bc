"""Ways to break an import into a running shop."""

from typing import Final

from tests.mutants.mutant import Mutant

_STOCKROOM: Final = "servers/catalog/stockroom.py"
_LISTED: Final = "servers/importer/listed.py"
_SENDING: Final = "servers/importer/sending.py"

IMPORT: Final = (
    Mutant(
        "import-keys-of-one-run",
        "an import that is run again doubles every book",
        "import",
        _LISTED,
        "        return str(uuid.uuid5(_NAMESPACE, name))",
        "        return str(uuid.uuid5(uuid.uuid4(), name))",
    ),
    Mutant(
        "rows-alike-are-one",
        "of several rows that are alike the shop gets one",
        "import",
        _LISTED,
        "json.dumps([*known_by, self._seen[known_by]], ensure_ascii=False)",
        "json.dumps([*known_by], ensure_ascii=False)",
    ),
    Mutant(
        "bad-row-takes-others-with-it",
        "a row that the shop refuses costs those before it",
        "import",
        _SENDING,
        "        return batch[:at] + batch[at + 1 :]",
        "        return batch[at + 1 :]",
    ),
    Mutant(
        "lost-answer-taken-for-done",
        "a batch that never arrived is not sent again",
        "import",
        _SENDING,
        "                pause = min(2 * pause, LONGEST_PAUSE_S)\n",
        "                return [Placed(book.key, 0, 'added') for book in batch]\n",
    ),
    Mutant(
        "batch-not-remembered",
        "a batch whose answer was lost is added twice",
        "import",
        _STOCKROOM,
        "        before = change.get(CHANGES, asked.key)\n        if before:\n",
        "        before = None\n        if before:\n",
    ),
)
