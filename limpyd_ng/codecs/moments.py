"""Codecs of dates, times, moments and spans."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from .base import NUMBERS, TEXTS, Codec, refuse

__all__ = ["MOMENTS", "DateTimeCodec"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_COUNT = re.compile(r"-?\d+", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d{6})?", re.ASCII)


def _date(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise refuse("is no date")
    return value.isoformat()


def _read_date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _time(value: Any) -> str:
    if not isinstance(value, time):
        raise refuse("is no time")
    if value.tzinfo is not None:
        raise refuse("has a time zone, which a time without a date cannot follow")
    return value.isoformat()


def _read_time(text: str) -> time:
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return time.fromisoformat(text)


def _span(value: Any) -> str:
    if not isinstance(value, timedelta):
        raise refuse("is no timedelta")
    return str(value // _MICROSECOND)


def _read_span(text: str) -> timedelta:
    if not _COUNT.fullmatch(text):
        raise ValueError(text)
    return timedelta(microseconds=int(text))


class DateTimeCodec(Codec):
    """A datetime as the microseconds since 1970 in UTC; read back aware, in UTC.

    ``naive``: the time zone that a datetime without one is taken to be in; without it such a
    datetime is refused.
    """

    __slots__ = ("naive",)

    def __init__(self, *, naive: tzinfo | None = None) -> None:
        self.naive = naive
        super().__init__(self._to_text, self._from_text, name="datetime", order=NUMBERS)

    def _to_text(self, value: Any) -> str:
        if not isinstance(value, datetime):
            raise refuse("is no datetime")
        if value.utcoffset() is None:
            if self.naive is None:
                raise refuse("has no time zone: give an aware datetime, or declare DateTimeCodec(naive=...)")
            value = value.replace(tzinfo=self.naive)
        return str((value.astimezone(UTC) - _EPOCH) // _MICROSECOND)

    def _from_text(self, text: str) -> datetime:
        return _EPOCH + _read_span(text)


MOMENTS: dict[type, Codec] = {
    date: Codec(_date, _read_date, name="date", order=TEXTS),
    time: Codec(_time, _read_time, name="time", order=TEXTS),
    datetime: DateTimeCodec(),
    timedelta: Codec(_span, _read_span, name="timedelta", order=NUMBERS),
}
