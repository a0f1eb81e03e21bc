"""Why an import cannot be done; nothing was written."""


class CannotImport(Exception):
    """The import stops here; the text is one line for the person at the terminal."""


class NoSource(CannotImport):
    """The catalogue cannot be read, or is not Project Gutenberg's."""


class NoSuchChoice(CannotImport):
    """What was asked for is nowhere in the catalogue, or nothing is left of it."""


class NoOutput(CannotImport):
    """The file cannot be written there, or must not be."""
