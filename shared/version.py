"""Which Bazar.com this is; the changelog says what is new in it."""

from typing import Final

VERSION: Final = "1.0.0"
