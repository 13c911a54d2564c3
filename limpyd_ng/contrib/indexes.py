"""Indexes of dates and times, under redis-limpyd's names, and the indexes made of several.

Dates are stored as ``YYYY-MM-DD``, times as ``HH:MM:SS``, both together as ``YYYY-MM-DD
HH:MM:SS`` (or with any one character between). Every part is cut out by the server, so a
write stays one request.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, ClassVar

from ..codec import to_text
from ..codecs.base import NUMBERS
from ..exceptions import ImplementationError, InvalidValueError
from ..indexes import (
    CaseInsensitiveIndex,
    ContainsIndex,
    EndsWithIndex,
    EqualIndex,
    EqualIndexWith,
    GeoIndex,
    MultiIndexes,
    NumberRangeIndex,
    ScoredEqualIndex,
    Slice,
    TextRangeIndex,
    WordsIndex,
)

if TYPE_CHECKING:
    from ..schema import FieldSchema

__all__ = [
    "CaseInsensitiveIndex",
    "ContainsIndex",
    "DateIndex",
    "DateIndexParts",
    "DateRangeIndex",
    "DateSimpleTimeIndex",
    "DateTimeIndex",
    "DateTimeRangeIndex",
    "EndsWithIndex",
    "EqualIndex",
    "EqualIndexWith",
    "GeoIndex",
    "MultiIndexes",
    "NumberRangeIndex",
    "ScoredEqualIndex",
    "SimpleDateTimeIndex",
    "TextRangeIndex",
    "TimeIndex",
    "TimeIndexParts",
    "TimeRangeIndex",
    "WordsIndex",
]


class _MomentIndex(TextRangeIndex):
    """A range of texts, whose filters take date, time and datetime objects too."""

    #: the objects that filters take, and which part of their text is in the index
    takes: ClassVar[dict[type, slice]] = {}

    def __init__(self, field: FieldSchema) -> None:
        super().__init__(field)
        if field.codec is not None and field.codec.order == NUMBERS:
            raise ImplementationError(
                f"{self.where}: {type(self).__name__} needs texts, and a {field.codec.name} is stored as a "
                "number: leave type= out, or use a NumberRangeIndex"
            )

    def query_value(self, value: Any, where: str) -> str | bytes:
        if isinstance(value, date | time):
            kind = next(kind for kind in (datetime, date, time) if isinstance(value, kind))
            if kind not in self.takes:
                taken = " or a ".join(sorted(kind.__name__ for kind in self.takes))
                raise InvalidValueError(f"{where}: give a {taken} (or a text), not {value!r}")
            value = to_text(value, where)[self.takes[kind]]
        return super().query_value(value, where)


class DateTimeRangeIndex(_MomentIndex):
    """The date and time up to the second; a date alone in a filter stands before all its times."""

    key = "full"
    takes: ClassVar[dict[type, slice]] = {datetime: slice(19), date: slice(10)}


class DateRangeIndex(_MomentIndex):
    """The first ten characters of the value, a date."""

    key = "date"
    transform = Slice(0, 10)
    takes: ClassVar[dict[type, slice]] = {datetime: slice(10), date: slice(10)}


class TimeRangeIndex(_MomentIndex):
    """The first eight characters of the value, a time."""

    key = "time"
    transform = Slice(0, 8)
    takes: ClassVar[dict[type, slice]] = {datetime: slice(11, 19), time: slice(8)}


def _number(prefix: str, start: int, stop: int) -> Any:
    return NumberRangeIndex.configure(
        prefix=prefix,
        transform=Slice(start, stop),
        handle_uniqueness=False,
        name=f"{prefix.title()}Index",
    )


#: ``field__year``, ``field__month``, ``field__day``, each with all suffixes of numbers
DateIndexParts = MultiIndexes.compose(
    [_number("year", 0, 4), _number("month", 5, 7), _number("day", 8, 10)], name="DateIndexParts"
)

#: ``field__hour``, ``field__minute``, ``field__second``, each with all suffixes of numbers
TimeIndexParts = MultiIndexes.compose(
    [_number("hour", 0, 2), _number("minute", 3, 5), _number("second", 6, 8)], name="TimeIndexParts"
)

#: dates: ``field__gt="2015"``, ``field__year=2015``
DateIndex = MultiIndexes.compose([DateRangeIndex, DateIndexParts], name="DateIndex")

#: times: ``field__lt="08:30"``, ``field__hour=8``
TimeIndex = MultiIndexes.compose([TimeRangeIndex, TimeIndexParts], name="TimeIndex")

_PrefixedDate = DateRangeIndex.configure(prefix="date", handle_uniqueness=False, name="DateRangeIndex")
_PrefixedTime = TimeRangeIndex.configure(
    prefix="time", transform=Slice(11, 19), handle_uniqueness=False, name="TimeRangeIndex"
)

#: dates with times: the whole, ``field__date``, the parts of the date, ``field__time``
DateSimpleTimeIndex = MultiIndexes.compose(
    [DateTimeRangeIndex, _PrefixedDate, DateIndexParts, _PrefixedTime],
    name="DateSimpleTimeIndex",
    transform=Slice(0, 19),
)

#: the same with the parts of the time
DateTimeIndex = MultiIndexes.compose(
    [DateSimpleTimeIndex, TimeIndexParts.configure(transform=Slice(11, 19), name="TimeIndexParts")],
    name="DateTimeIndex",
)

#: the whole, ``field__date`` and ``field__time``, no parts
SimpleDateTimeIndex = MultiIndexes.compose(
    [DateTimeRangeIndex, _PrefixedDate, _PrefixedTime],
    name="SimpleDateTimeIndex",
    transform=Slice(0, 19),
)
