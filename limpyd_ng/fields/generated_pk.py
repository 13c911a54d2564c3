"""Primary keys that are known before anything is written: ULIDPKField, UUIDPKField."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from ..exceptions import InvalidValueError
from .pk import PKField

__all__ = ["ULIDPKField", "UUIDPKField", "ulid"]

#: Crockford's base 32: no I, L, O, U
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(f"[0-7][{_DIGITS}]{{25}}")


def ulid() -> str:
    """A new ULID: 48 bits of time in milliseconds, 80 random bits, 26 characters in order of time."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


class ULIDPKField(PKField[str]):
    """A ULID, made without a request: sorts by the time it was made. One may be given, too."""

    def __init__(self, *, generator: Callable[[], Any] = ulid, **options: Any) -> None:
        super().__init__(generator=generator, **options)

    def normalize(self, value: Any) -> str:
        """A ULID in upper case. Raises InvalidValueError for anything else."""
        text = super().normalize(value).upper()
        if not _ULID.fullmatch(text):
            raise InvalidValueError(f"{self.schema.label}: {value!r} is no ULID")
        return text


class UUIDPKField(PKField[str]):
    """A UUID (version 4 unless ``generator`` makes others), made without a request."""

    def __init__(self, *, generator: Callable[[], Any] = uuid.uuid4, **options: Any) -> None:
        super().__init__(generator=generator, **options)

    def normalize(self, value: Any) -> str:
        """A UUID as lower case text with hyphens. Raises InvalidValueError for anything else."""
        if isinstance(value, uuid.UUID):
            return str(value)
        text = super().normalize(value)
        try:
            return str(uuid.UUID(text))
        except ValueError:
            raise InvalidValueError(f"{self.schema.label}: {value!r} is no UUID") from None
