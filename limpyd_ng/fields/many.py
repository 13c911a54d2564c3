"""What fields of many values share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..call import Call, Op

if TYPE_CHECKING:
    from .base import RedisField

__all__ = ["listed", "scan", "scan_args"]


_PLAIN = {list, tuple, set}


def listed(value: Any) -> list[Any]:
    """The elements of a value given for a set or list; a text is one element."""
    if value is None:
        return []
    if type(value) in _PLAIN:
        return list(value)
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def scan_args(command: str, key: str, cursor: Any, match: str | None, count: int | None) -> list[Any]:
    """The wire arguments of HSCAN, SSCAN or ZSCAN."""
    args: list[Any] = [command, key, cursor]
    if match is not None:
        args += ("MATCH", match)
    if count is not None:
        args += ("COUNT", count)
    return args


def scan(
    field: RedisField[Any], page: Callable[[Any], Call], read: Callable[[Any], Any] | None = None
) -> Iterator[Any]:
    """All items of a cursor command, page by page; an item may come twice, as in Redis.

    ``read`` makes what is given of an item, where the field is typed.

    Sent at once, even inside a pipeline. Raises DoesNotExist if nothing is found because
    the object is missing.
    """

    def pages(state: Any) -> Op:
        cursor, found = state or (0, field.holder.connected)
        cursor, items = yield page(cursor)
        found = found or bool(items)
        last = int(cursor) == 0
        if last and not found:
            yield from field.holder._fetch()
        items = items.items() if isinstance(items, dict) else items
        if read is not None and field.schema.typed:
            items = [read(item) for item in items]
        return None if last else (cursor, found), items

    items: Iterator[Any] = field.database.iterate(pages)
    return items
