"""SetField: a Redis set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..call import Call
from ..commands import GENERIC, SET_ROWS
from ..commands.values import collected
from ..schema import SET
from .base import RedisField
from .many import listed, scan, scan_args
from .native import commands_from

__all__ = ["SetField"]


@commands_from(SET_ROWS, GENERIC)
class SetField(RedisField):
    """Distinct members, each indexed if the field is."""

    kind = SET
    has_items = True
    proxy_getter = "smembers"
    proxy_setter = "sadd"

    def sscan(self, match: str | None = None, count: int | None = None) -> Iterator[str]:
        """All (or the matching) members, as a generator (SSCAN). Several requests."""
        return scan(
            self, lambda cursor: Call(scan_args("SSCAN", self.key, cursor, match, count)), self.schema.decode
        )

    def content(self, value: Any) -> list[Any]:
        texts = [self.text(item) for item in listed(value)]
        if value is not None:
            self.check_count(len(set(texts)))
        return texts

    def value_of(self, content: list[Any]) -> Any:
        return collected(map(self.schema.decode, content))
