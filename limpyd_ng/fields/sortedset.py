"""SortedSetField: a Redis sorted set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack, overload

from ..call import Call
from ..commands.values import paired
from ..exceptions import InvalidValueError, NotANumberError
from ..indexes.order import score
from ..schema import SORTED_SET
from ..static import E, FieldOptions, Items, PlainOptions, Reply, T, V
from .base import RedisField
from .commands import SortedSetCommands
from .many import scan, scan_args

if TYPE_CHECKING:
    from ..codecs import Codec

__all__ = ["SortedSetField"]


class SortedSetField(SortedSetCommands[V], RedisField[V]):
    """Distinct members with a score each, ordered by it; members are indexed if the field is."""

    kind = SORTED_SET
    has_items = True
    proxy_getter = "zrange"
    proxy_setter = "zadd"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: SortedSetField[E], *, choices: type[E], **options: Unpack[PlainOptions]
        ) -> None: ...
        @overload
        def __init__(self: SortedSetField[str], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(self: SortedSetField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(
            self: SortedSetField[Any],
            *,
            type: Any = None,
            codec: Codec | None = None,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, **options: Any) -> None: ...

    def proxy_get(self, start: int = 0, end: int = -1, **kwargs: Any) -> Any:
        """ZRANGE, of the whole set by default."""
        return self.zrange(start, end, **kwargs)

    def zmembers(self) -> Reply[list[V]]:
        """All members in the order of their scores (ZRANGE 0 -1)."""
        return self.zrange(0, -1)

    def zscan(self, match: str | None = None, count: int | None = None) -> Items[tuple[V, float]]:
        """All (or the matching) pairs of member and score, as a generator (ZSCAN)."""
        return scan(self, lambda cursor: Call(scan_args("ZSCAN", self.key, cursor, match, count)), self._pair)

    def _pair(self, pair: tuple[Any, float]) -> tuple[Any, float]:
        return self.schema.decode(pair[0]), pair[1]

    def content(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, Mapping):
            pairs: Iterable[Any] = value.items()
        elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
            pairs = value
        else:
            raise InvalidValueError(f"{self.schema.label}: give a mapping of member to score, not {value!r}")
        flat = []
        for pair in pairs:
            if not isinstance(pair, Sequence) or isinstance(pair, str | bytes) or len(pair) != 2:
                raise InvalidValueError(f"{self.schema.label}: {pair!r} is not a pair of member and score")
            flat += [self._score(pair[1]), self.text(pair[0])]
        self.schema.check_count(len(set(flat[1::2])))
        return flat

    def value_of(self, content: list[Any]) -> Any:
        pairs = zip(content[::2], content[1::2], strict=True)
        return paired((self.schema.decode(member), float(score)) for score, member in pairs)

    def _score(self, value: Any) -> str:
        try:
            return score(value, self.schema.label)
        except NotANumberError:
            raise InvalidValueError(f"{self.schema.label}: {value!r} is not a score") from None
