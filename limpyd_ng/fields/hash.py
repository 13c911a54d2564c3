"""HashField, a Redis hash of its own; InstanceHashField, an entry of the instance's hash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..call import Call
from ..commands import GENERIC, HASH_ROWS, INSTANCE_HASH_ROWS
from ..exceptions import InvalidValueError
from ..schema import HASH, INSTANCE_HASH
from .base import RedisField
from .many import scan, scan_args
from .native import commands_from

__all__ = ["HashField", "InstanceHashField"]


@commands_from(HASH_ROWS, GENERIC)
class HashField(RedisField):
    """A dict. Indexed, each sub-key can be filtered on: ``headers__from="me"``. ``key_type``:
    what its sub-keys are."""

    kind = HASH
    has_items = True
    proxy_getter = "hgetall"
    proxy_setter = "hmset"
    can_be_unique = False

    def __init__(self, *, key_type: Any = None, **options: Any) -> None:
        super().__init__(**options)
        strict = bool(options.get("strict")) and key_type is not None
        self.key_codec = self._codec(key_type, None, strict)
        self.key_value_type = str if key_type is None else key_type

    def hscan(self, match: str | None = None, count: int | None = None) -> Iterator[tuple[str, str]]:
        """All (or the matching) pairs, as a generator (HSCAN). Several requests."""
        return scan(self, lambda cursor: Call(scan_args("HSCAN", self.key, cursor, match, count)), self._pair)

    def _pair(self, pair: tuple[Any, Any]) -> tuple[Any, Any]:
        return self.schema.decode_key(pair[0]), self.schema.decode(pair[1])

    def content(self, value: Any) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, Mapping):
            raise InvalidValueError(f"{self.schema.label}: give a mapping, not {value!r}")
        flat: list[Any] = []
        for key, item in value.items():
            if item is not None:
                flat += (self.schema.encode_key(key), self.text(item))
        self.check_count(len(flat) // 2)
        return flat

    def taken(self, value: Any, content: list[Any]) -> Any:
        typed = self.coerces or self.key_codec is not None
        return self.value_of(content) if typed and value is not None else value

    def value_of(self, content: list[Any]) -> Any:
        pairs = zip(content[::2], content[1::2], strict=True)
        return {self.schema.decode_key(key): self.schema.decode(value) for key, value in pairs}


@commands_from(INSTANCE_HASH_ROWS)
class InstanceHashField(RedisField):
    """A value in the one hash that all such fields of an instance share."""

    kind = INSTANCE_HASH
    proxy_getter = "hget"
    proxy_setter = "hset"
