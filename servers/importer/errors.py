"""Why an import cannot be done; a file that was to be made is as it was."""


class CannotImport(Exception):
    """The import stops here; the text is one line for the person at the terminal."""


class NoSource(CannotImport):
    """The catalogue cannot be read, or is not Project Gutenberg's."""


class NoSuchChoice(CannotImport):
    """What was asked for is nowhere in the catalogue, or nothing is left of it."""


class NoOutput(CannotImport):
    """The file cannot be written there, or must not be."""


class NoToken(CannotImport):
    """There is no admin's token to send, or the shop doesn't take it."""


class ShopAway(CannotImport):
    """The shop has not answered for long; what it said yes to is in it."""


class NotTaken(CannotImport):
    """The shop will not have what is sent, whoever sends it."""
