"""JSON as the shop writes it, in requests and in answers."""

from typing import Any, Final

import msgspec

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """JSON bytes in UTF-8; a Decimal is a number, digit for digit."""
    return _ENCODER.encode(value)
