"""Primary keys that are known before anything is written: ULIDPKField, UUIDPKField."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Unpack, overload

from ..codec import to_text
from ..codecs import Codec
from ..codecs.base import as_text, refuse
from ..exceptions import ImplementationError
from ..static import PKOptions, T, V
from .pk import PKField

__all__ = ["ULIDPKField", "UUIDPKField", "ulid"]

#: Crockford's base 32: no I, L, O, U
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(f"[0-7][{_DIGITS}]{{25}}")


def ulid() -> str:
    """A new ULID: 48 bits of time in milliseconds, 80 random bits, 26 characters in order of time."""
    number = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def _ulid_text(value: Any) -> str:
    text = as_text(to_text(value)).upper()
    if not _ULID.fullmatch(text):
        raise refuse("is no ULID")
    return text


def _uuid_text(value: Any) -> str:
    """Lower case, with hyphens."""
    if isinstance(value, uuid.UUID):
        return str(value)
    try:
        return str(uuid.UUID(as_text(to_text(value))))
    except ValueError:
        raise refuse("is no UUID") from None


_ULIDS = Codec(_ulid_text, str, name="ULID")
_UUIDS = Codec(_uuid_text, uuid.UUID, name="UUID")
_UUID_TEXTS = Codec(_uuid_text, str, name="UUID")


class ULIDPKField(PKField[str]):
    """A ULID, made without a request: sorts by the time it was made. One may be given, too."""

    def __init__(self, *, generator: Callable[[], Any] = ulid, **options: Any) -> None:
        options.setdefault("codec", _ULIDS)
        super().__init__(generator=generator, **options)


class UUIDPKField(PKField[V]):
    """A UUID (version 4 unless ``generator`` makes others), made without a request.

    Given as a UUID or a text, read as a text, or with ``type=UUID`` as a UUID.
    """

    @overload
    def __init__(
        self: UUIDPKField[str], *, generator: Callable[[], Any] = ..., **options: Unpack[PKOptions]
    ) -> None: ...
    @overload
    def __init__(
        self: UUIDPKField[T],
        *,
        generator: Callable[[], Any] = ...,
        type: type[T],
        **options: Unpack[PKOptions],
    ) -> None: ...
    def __init__(
        self, *, generator: Callable[[], Any] = uuid.uuid4, type: Any = None, **options: Any
    ) -> None:
        if type not in (None, str, uuid.UUID):
            raise ImplementationError(f"UUIDPKField: type= is str or UUID, not {type!r}")
        options.setdefault("codec", _UUIDS if type is uuid.UUID else _UUID_TEXTS)
        super().__init__(generator=generator, **options)
        self._value_type = type or str
