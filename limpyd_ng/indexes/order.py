"""How texts and numbers are ordered in an index: the Python side of ``lua/lib/text.lua``."""

from __future__ import annotations

import math
import re
from typing import Any

from ..codec import to_text
from ..exceptions import InvalidValueError, NotANumberError

__all__ = ["DECIMAL", "escape", "score", "text_bounds", "to_bytes"]

#: a number as people write it
DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def to_bytes(value: Any, where: str) -> bytes:
    """A text as bytes. Raises InvalidValueError if it is no valid text."""
    text = to_text(value, where)
    try:
        return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    except UnicodeEncodeError as error:
        raise InvalidValueError(f"{where}: {value!r} is not valid text ({error.reason})") from error


def escape(value: bytes) -> bytes:
    """The value as the start of a member: NUL becomes ``00 FF``, so ``00`` can end it."""
    return value.replace(b"\0", b"\0\xff")


def _after_prefix(prefix: bytes) -> bytes:
    """The first byte string after all that start with ``prefix`` (``+`` when there is none)."""
    stripped = prefix.rstrip(b"\xff")
    if not stripped:
        return b"+"
    return b"(" + stripped[:-1] + bytes([stripped[-1] + 1])


def text_bounds(suffix: str, value: Any, where: str) -> tuple[bytes, bytes]:
    """The ZRANGEBYLEX bounds of ``eq gt gte lt lte startswith`` for members ``value 00 pk``.

    A pk is UTF-8 and not empty, so it never starts with ``FF``: ``value 00 FF`` is after
    every member of this value, and not after any of a greater one.
    """
    text = escape(to_bytes(value, where))
    if suffix == "startswith":
        return (b"[" + text, _after_prefix(text)) if text else (b"-", b"+")
    first, after = b"[" + text + b"\0", b"(" + text + b"\0\xff"
    if suffix == "eq":
        return first, after
    if suffix == "gt":
        return b"[" + after[1:], b"+"
    if suffix == "gte":
        return first, b"+"
    if suffix == "lt":
        return b"-", b"(" + first[1:]
    return b"-", after


def score(value: Any, where: str) -> str:
    """A number as the text of a score; raises NotANumberError for anything else."""
    text = to_text(value, where)
    if type(text) is str and len(text) < 16 and text.isascii() and text.isdigit():
        return text
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise NotANumberError(f"{where}: {value!r} is not a number, and this filter uses a number index")
    if math.isinf(number):
        return "+inf" if number > 0 else "-inf"
    plain = text.decode() if isinstance(text, bytes) else text
    return plain if DECIMAL.fullmatch(plain) else repr(number)
