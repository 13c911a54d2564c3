"""SortedSetField: a Redis sorted set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..call import Call
from ..commands import GENERIC, SORTED_SET_ROWS
from ..exceptions import InvalidValueError
from ..schema import SORTED_SET
from .base import RedisField
from .many import scan, scan_args
from .native import commands_from

__all__ = ["SortedSetField"]


@commands_from(SORTED_SET_ROWS, GENERIC)
class SortedSetField(RedisField):
    """Distinct members with a score each, ordered by it; members are indexed if the field is."""

    kind = SORTED_SET
    proxy_getter = "zrange"
    proxy_setter = "zadd"

    def proxy_get(self, start: int = 0, end: int = -1, **kwargs: Any) -> Any:
        """ZRANGE, of the whole set by default."""
        return self.zrange(start, end, **kwargs)

    def zmembers(self) -> Any:
        """All members in the order of their scores (ZRANGE 0 -1)."""
        return self.zrange(0, -1)

    def zscan(self, match: str | None = None, count: int | None = None) -> Iterator[tuple[str, float]]:
        """All (or the matching) pairs of member and score, as a generator (ZSCAN)."""
        return scan(self, lambda cursor: Call(scan_args("ZSCAN", self.key, cursor, match, count)))

    def content(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, Mapping):
            pairs: Iterable[Any] = value.items()
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
            pairs = value
        else:
            raise InvalidValueError(f"{self.schema.label}: give a mapping of member to score, not {value!r}")
        return [self.text(part) for member, score in pairs for part in (score, member)]
