"""A catalogue's wanted works, read with a line of progress on the terminal."""

import sys

from servers.importer.options import Options
from servers.importer.progress import Progress
from servers.importer.source import Catalogue, source_name
from servers.importer.works import Choice, Choices, Works


def gather(options: Options, content: bytes) -> Works:
    """The works of a catalogue that were asked for; raises NoSource, NoSuchChoice."""
    catalogue = Catalogue(source_name(options.source), content)
    choices = Choices(
        Choice("type", options.types),
        Choice("language", options.languages),
        Choice("shelf", options.shelves),
    )
    works = Works(choices, options.column, options.keep_doubles)
    progress = Progress(sys.stderr, len(catalogue))
    try:
        for row in catalogue.rows():
            works.add(row)
            progress.at(row.line, works.rows)
    finally:
        progress.end()
    choices.check()
    return works
