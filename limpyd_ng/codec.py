"""What a Python value is as text in Redis."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from .exceptions import InvalidValueError

__all__ = ["to_text"]


def to_text(value: Any, where: str = "value") -> str | bytes:
    """``value`` as redis-py would send it: str and bytes as they are, numbers by ``repr``;
    and dates and times as ISO texts with a blank between, aware ones in UTC.

    Raises InvalidValueError for None, bool and anything that has no plain text.
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int or kind is float:
        return _digits(value, where)
    if isinstance(value, bool) or value is None:
        raise InvalidValueError(f"{where}: {value!r} cannot be stored; give a text or a number")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return _digits(int(value), where)
    if isinstance(value, float):
        return float.__repr__(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, date | time):
        return _moment(value, where)
    raise InvalidValueError(
        f"{where}: a {kind.__name__} cannot be stored as it is; convert it to a text or a number"
    )


def _digits(value: float, where: str) -> str:
    try:
        return repr(value)
    except ValueError as error:  # Python writes no int of some thousand digits
        raise InvalidValueError(f"{where}: {error}") from None


def _in_utc(value: datetime, where: str) -> datetime:
    """An aware datetime in UTC. Raises InvalidValueError where the year is none of Python's there."""
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidValueError(f"{where}: {value!r} is before the year 1 or after 9999 in UTC") from None


def _moment(value: date | time, where: str) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = _in_utc(value, where).replace(tzinfo=None)
    if isinstance(value, time) and value.tzinfo is not None:
        raise InvalidValueError(
            f"{where}: {value!r} has a time zone, which a time without a date cannot follow"
        )
    return str(value)
