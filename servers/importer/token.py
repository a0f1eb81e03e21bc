"""The admin's token: from the environment or a file, never from the command line.

A command line is there to be read by everyone on the machine, in `ps` and in the shell's history.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from servers.importer.errors import NoToken
from shared.tokens import SHAPE, VARIABLE, is_token, read_tokens

HOW: Final = f"give it by the variable {VARIABLE} or --token-file FILE"


def find_token(path: str | None, environment: Mapping[str, str]) -> str:
    """The token of the file at `path`, or else the environment's; raises NoToken."""
    if path is None:
        token = environment.get(VARIABLE, "").strip()
        where = VARIABLE
    else:
        token = _read(path)
        where = path
    if not token:
        raise NoToken(f"books are added with the admin's token: {HOW}")
    if not is_token(token):
        raise NoToken(f"{where}: a token is {SHAPE}")
    return token


def _read(path: str) -> str:
    try:
        tokens = read_tokens(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise NoToken(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise NoToken(f"{path}: this is not text in UTF-8") from None
    except ValueError as error:
        raise NoToken(f"{path}: {error}") from None
    if len(tokens) > 1:
        raise NoToken(f"{path} has the tokens of {len(tokens)} admins; name a file with one")
    return next(iter(tokens.values()))
