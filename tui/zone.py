"""The name of the time zone that the person is in."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_LOCAL: Final = Path("/etc/localtime")
_FOLDER: Final = "zoneinfo/"
_NAME: Final = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
UTC: Final = "UTC"


def local_zone(environ: Mapping[str, str] = os.environ, local: Path = _LOCAL) -> str | None:
    """As the machine knows it, such as `Europe/Berlin`; None if it knows none by name."""
    if "TZ" in environ:
        # ":Europe/Berlin" is the same; no name at all means UTC.
        found = environ["TZ"].removeprefix(":") or UTC
    else:
        try:
            found = str(local.readlink())
        except OSError:  # a copy of a zone's file, or nothing
            return None
    found = found.rpartition(_FOLDER)[2]
    return found if _NAME.fullmatch(found) else None
