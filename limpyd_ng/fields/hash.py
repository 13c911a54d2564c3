"""HashField, a Redis hash of its own; InstanceHashField, an entry of the instance's hash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Unpack, overload

from ..call import Call
from ..exceptions import InvalidValueError
from ..schema import HASH, INSTANCE_HASH
from ..static import E, FieldOptions, Items, K, PlainOptions, T, U, V
from .base import RedisField
from .commands import EntryCommands, HashCommands
from .many import scan, scan_args

if TYPE_CHECKING:
    from ..codecs import Codec

__all__ = ["HashField", "InstanceHashField"]


class HashField(HashCommands[K, V], RedisField[V], Generic[K, V]):
    """A dict. Indexed, each sub-key can be filtered on: ``headers__from="me"``. ``key_type``:
    what its sub-keys are."""

    kind = HASH
    has_items = True
    parameters = ("key_type", "type")
    proxy_getter = "hgetall"
    proxy_setter = "hmset"
    can_be_unique = False

    @overload
    def __init__(self: HashField[str, str], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: HashField[str, T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(self: HashField[T, str], *, key_type: type[T], **options: Unpack[FieldOptions]) -> None: ...
    @overload
    def __init__(
        self: HashField[T, U], *, key_type: type[T], type: type[U], **options: Unpack[FieldOptions]
    ) -> None: ...
    @overload
    def __init__(
        self: HashField[Any, Any],
        *,
        key_type: Any = None,
        type: Any = None,
        codec: Codec | None = None,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(self, *, key_type: Any = None, **options: Any) -> None:
        super().__init__(**options)
        if key_type is None:
            key_type = self.in_brackets.get("key_type")
        strict = bool(options.get("strict")) and key_type is not None
        self.key_codec = self._codec(key_type, None, strict)
        self.key_value_type = str if key_type is None else key_type

    def hscan(self, match: str | None = None, count: int | None = None) -> Items[tuple[K, V]]:
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
        self.schema.check_count(len(flat) // 2)
        return flat

    def taken(self, value: Any, content: list[Any]) -> Any:
        typed = self.coerces or self.key_codec is not None
        return self.value_of(content) if typed and value is not None else value

    def value_of(self, content: list[Any]) -> Any:
        return self.schema.decode_pairs(content)


class InstanceHashField(EntryCommands[V], RedisField[V]):
    """A value in the one hash that all such fields of an instance share."""

    kind = INSTANCE_HASH
    proxy_getter = "hget"
    proxy_setter = "hset"

    if TYPE_CHECKING:

        @overload
        def __init__(
            self: InstanceHashField[E], *, choices: type[E], **options: Unpack[PlainOptions]
        ) -> None: ...
        @overload
        def __init__(self: InstanceHashField[str], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(
            self: InstanceHashField[T], *, type: type[T], **options: Unpack[FieldOptions]
        ) -> None: ...
        @overload
        def __init__(
            self: InstanceHashField[Any],
            *,
            type: Any = None,
            codec: Codec | None = None,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, **options: Any) -> None: ...
