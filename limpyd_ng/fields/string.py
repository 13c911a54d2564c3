"""StringField: a Redis string (text, counter, bits, HyperLogLog)."""

from __future__ import annotations

from typing import Any

from redis.commands.core import BitFieldOperation

from ..commands import GENERIC, KEY, STRING_ROWS
from ..commands.row import write
from ..schema import STRING
from .base import RedisField
from .native import commands_from

__all__ = ["StringField"]


@commands_from(STRING_ROWS, GENERIC)
class StringField(RedisField):
    """A value of its own key, with the commands of Redis strings."""

    kind = STRING
    proxy_getter = "get"
    proxy_setter = "set"

    def bitfield(self, default_overflow: str | None = None) -> BitFieldOperation:
        """Starts a BITFIELD; its ``execute()`` sends it. One request."""
        return BitFieldOperation(_BitFieldClient(self), KEY, default_overflow)  # type: ignore[arg-type]


class _BitFieldClient:
    """What redis-py's BITFIELD builder takes for a client: it runs the command on the field."""

    def __init__(self, field: StringField) -> None:
        self._field = field

    def execute_command(self, *args: Any, **options: Any) -> Any:
        row = write("bitfield", builder=lambda key: (args, options))
        return self._field._command(row, (), {})
