"""SetField: a Redis set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from ..call import Call
from ..commands.values import collected
from ..schema import SET
from ..static import E, FieldOptions, Items, PlainOptions, T, V
from .base import RedisField
from .commands import SetCommands
from .many import listed, scan, scan_args

if TYPE_CHECKING:
    from ..codecs import Codec

__all__ = ["SetField"]


class SetField(SetCommands[V], RedisField[V]):
    """Distinct members, each indexed if the field is."""

    kind = SET
    has_items = True
    proxy_getter = "smembers"
    proxy_setter = "sadd"

    if TYPE_CHECKING:

        @overload
        def __init__(self: SetField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
        @overload
        def __init__(self: SetField[str], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(self: SetField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(
            self: SetField[Any],
            *,
            type: Any = None,
            codec: Codec | None = None,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, **options: Any) -> None: ...

    def sscan(self, match: str | None = None, count: int | None = None) -> Items[V]:
        """All (or the matching) members, as a generator (SSCAN). Several requests."""
        return scan(
            self, lambda cursor: Call(scan_args("SSCAN", self.key, cursor, match, count)), self.schema.decode
        )

    def content(self, value: Any) -> list[Any]:
        texts = self.texts(listed(value))
        if value is not None:
            self.schema.check_count(len(set(texts)))
        return texts

    def value_of(self, content: list[Any]) -> Any:
        return collected(map(self.schema.decode, content))
