"""The commands of each field type, made from rows; what type checkers know of them is in
``commands.pyi``, which ``tools/stubs.py`` writes from the same rows."""

from __future__ import annotations

from typing import Generic

from ..commands import (
    GENERIC,
    HASH_ROWS,
    INSTANCE_HASH_ROWS,
    LIST_ROWS,
    SET_ROWS,
    SORTED_SET_ROWS,
    STRING_ROWS,
)
from ..static import K, V
from .methods import commands_from
from .native import NativeCommands

__all__ = [
    "EntryCommands",
    "HashCommands",
    "ListCommands",
    "SetCommands",
    "SortedSetCommands",
    "StringCommands",
]


@commands_from(STRING_ROWS, GENERIC)
class StringCommands(NativeCommands, Generic[V]):
    """Of strings, bit strings and HyperLogLogs."""


@commands_from(HASH_ROWS, GENERIC)
class HashCommands(NativeCommands, Generic[K, V]):
    """Of hashes."""


@commands_from(INSTANCE_HASH_ROWS)
class EntryCommands(NativeCommands, Generic[V]):
    """Of one entry of a hash."""


@commands_from(LIST_ROWS, GENERIC)
class ListCommands(NativeCommands, Generic[V]):
    """Of lists."""


@commands_from(SET_ROWS, GENERIC)
class SetCommands(NativeCommands, Generic[V]):
    """Of sets."""


@commands_from(SORTED_SET_ROWS, GENERIC)
class SortedSetCommands(NativeCommands, Generic[V]):
    """Of sorted sets, geographic ones included."""
