"""JSON as the shop writes and reads it, in requests, in answers and in cells."""

from decimal import Decimal
from typing import Any, Final

import msgspec

_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)


def encode(value: Any) -> bytes:
    """JSON bytes in UTF-8; a Decimal is a number, digit for digit."""
    return _ENCODER.encode(value)


def decode(text: str | bytes) -> Any:
    """What JSON says; a number with decimals is a Decimal. Raises msgspec.DecodeError."""
    return _DECODER.decode(text)
