"""ListField: a Redis list."""

from __future__ import annotations

from typing import Any

from ..commands import GENERIC, LIST_ROWS
from ..schema import LIST
from .base import RedisField
from .many import listed
from .native import commands_from

__all__ = ["ListField"]


@commands_from(LIST_ROWS, GENERIC)
class ListField(RedisField):
    """Elements in order, each distinct value indexed once if the field is."""

    kind = LIST
    has_items = True
    proxy_getter = "lrange"
    proxy_setter = "rpush"

    def proxy_get(self, start: int = 0, end: int = -1) -> Any:
        """LRANGE, of the whole list by default."""
        return self.lrange(start, end)

    def lmembers(self) -> Any:
        """The whole list (LRANGE 0 -1)."""
        return self.lrange(0, -1)

    def lrank(self, value: Any) -> Any:
        """The position of the first element of this value, or None (LPOS). O(N)."""
        return self.lpos(value)

    def lcontains(self, value: Any) -> Any:
        """Whether an element has this value (LPOS). O(N)."""
        return self._command(self.rows["lpos"], (value,), {}, lambda position: position is not None)

    def lcount(self, value: Any) -> Any:
        """How many elements have this value (LPOS COUNT 0). O(N)."""
        return self._command(self.rows["lpos"], (value,), {"count": 0}, len)

    def content(self, value: Any) -> list[Any]:
        texts = [self.text(item) for item in listed(value)]
        if value is not None:
            self.check_count(len(texts))
        return texts

    def value_of(self, content: list[Any]) -> Any:
        return [self.schema.decode(item) for item in content]
