"""The methods of native commands: one for each row (``commands/``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..commands import Row
from ..commands.recorder import Recorded
from ..static import T

if TYPE_CHECKING:
    from .native import NativeCommands

__all__ = ["commands_from"]


def commands_from(*groups: Sequence[Row]) -> Callable[[type[T]], type[T]]:
    """Class decorator: a method for each row, and the ``available_*`` names."""

    def decorate(made: type[T]) -> type[T]:
        cls: Any = made
        rows = {row.name: row for group in groups for row in group}
        cls.rows = rows
        cls.available_getters = tuple(name for name, row in rows.items() if not row.write)
        cls.available_modifiers = tuple(name for name, row in rows.items() if row.write)
        cls.available_commands = cls.available_getters + cls.available_modifiers
        for row in rows.values():
            if row.name not in vars(cls):
                setattr(cls, row.name, _method(row))
        return made

    return decorate


def _method(row: Row) -> Callable[..., Any]:
    # SORT may write another key
    reads = not row.write and row.touch is None and row.name != "sort"
    same = reads or row.alone
    bare: Recorded | None = None

    def method(self: NativeCommands, /, *args: Any, **kwargs: Any) -> Any:
        nonlocal bare
        if args or kwargs or not same:
            return self._command(row, args, kwargs)
        if bare is None:  # the same for every call without arguments
            bare = row.build()
        return self._bare(row, reads, *bare)

    method.__name__ = row.name
    method.__qualname__ = f"RedisField.{row.name}"
    method.__doc__ = f"The Redis command {row.name.upper()} on this field. One request."
    return method
