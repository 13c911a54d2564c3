"""StringField: a Redis string (text, counter, bits, HyperLogLog)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from redis.commands.core import BitFieldOperation

from ..commands import KEY
from ..commands.row import write
from ..schema import STRING
from ..static import E, FieldOptions, PlainOptions, T, V
from .base import RedisField
from .commands import StringCommands

if TYPE_CHECKING:
    from ..codecs import Codec

__all__ = ["StringField"]


class StringField(StringCommands[V], RedisField[V]):
    """A value of its own key, with the commands of Redis strings."""

    kind = STRING
    proxy_getter = "get"
    proxy_setter = "set"

    if TYPE_CHECKING:

        @overload
        def __init__(self: StringField[E], *, choices: type[E], **options: Unpack[PlainOptions]) -> None: ...
        @overload
        def __init__(self: StringField[str], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(self: StringField[T], *, type: type[T], **options: Unpack[FieldOptions]) -> None: ...
        @overload
        def __init__(
            self: StringField[Any],
            *,
            type: Any = None,
            codec: Codec | None = None,
            **options: Unpack[FieldOptions],
        ) -> None: ...
        def __init__(self, **options: Any) -> None: ...

    def bitfield(self, default_overflow: str | None = None) -> BitFieldOperation:
        """Starts a BITFIELD; its ``execute()`` sends it. One request."""
        return BitFieldOperation(_BitFieldClient(self), KEY, default_overflow)  # type: ignore[arg-type]


class _BitFieldClient:
    """What redis-py's BITFIELD builder takes for a client: it runs the command on the field."""

    def __init__(self, field: StringField[Any]) -> None:
        self._field = field

    def execute_command(self, *args: Any, **options: Any) -> Any:
        row = write("bitfield", builder=lambda key: (args, options))
        return self._field._command(row, (), {})
