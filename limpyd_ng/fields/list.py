"""ListField: a Redis list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from ..schema import LIST
from ..static import E, FieldOptions, PlainOptions, Reply, T, V
from .base import RedisField
from .commands import ListCommands
from .many import listed

if TYPE_CHECKING:
    from ..codecs import Codec
    from .commands import Given

__all__ = ["ListField"]


class ListField(ListCommands[V], RedisField[V]):
    """Elements in order, each distinct value indexed once if the field is."""

    kind = LIST
    has_items = True
    proxy_getter = "lrange"
    proxy_setter = "rpush"

    if TYPE_CHECKING:

        @overload
        def __init__(self: ListField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
        @overload
        def __init__(self: ListField[str], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(self: ListField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(
            self: ListField[Any],
            *,
            type: Any = None,
            codec: Codec | None = None,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, **options: Any) -> None: ...

    def proxy_get(self, start: int = 0, end: int = -1) -> Reply[list[V]]:
        """LRANGE, of the whole list by default."""
        return self.lrange(start, end)

    def lmembers(self) -> Reply[list[V]]:
        """The whole list (LRANGE 0 -1)."""
        return self.lrange(0, -1)

    def lrank(self, value: Given[V]) -> Reply[int | None]:
        """The position of the first element of this value, or None (LPOS). O(N)."""
        return self.lpos(value)

    def lcontains(self, value: Given[V]) -> Reply[bool]:
        """Whether an element has this value (LPOS). O(N)."""
        found: bool = self._command(self.rows["lpos"], (value,), {}, lambda position: position is not None)
        return found

    def lcount(self, value: Given[V]) -> Reply[int]:
        """How many elements have this value (LPOS COUNT 0). O(N)."""
        count: int = self._command(self.rows["lpos"], (value,), {"count": 0}, len)
        return count

    def content(self, value: Any) -> list[Any]:
        texts = self.texts(listed(value))
        if value is not None:
            self.schema.check_count(len(texts))
        return texts

    def value_of(self, content: list[Any]) -> Any:
        return [self.schema.decode(item) for item in content]
