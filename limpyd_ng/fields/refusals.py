"""What native commands must not do, and how a server's refusal reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..commands import Row
from ..exceptions import CommandError, ImplementationError, InvalidValueError, UnsupportedCommandError
from ..runners.errors import is_unknown
from ..schema import FieldSchema

__all__ = ["named", "refuse_unfit", "refuse_waiting"]


def refuse_unfit(schema: FieldSchema, row: Row, wire: Sequence[Any]) -> None:
    """Raises InvalidValueError for None as a value, ImplementationError for a lifetime of an indexed one."""
    if None in wire:
        raise InvalidValueError(
            f"{schema.label}.{row.name}: None cannot be stored; use delete() to remove a value"
        )
    if schema.tracked and row.expires(wire):
        raise ImplementationError(
            f"{schema.label} is indexed (or part of an index): {row.name} would let the value "
            "expire while its index entries stay; use a field without indexes"
        )


def refuse_waiting(row: Row, schemas: Sequence[FieldSchema]) -> None:
    """Raises ImplementationError for a command that waits on fields whose writes are more than it."""
    if any(schema.limits is not None for schema in schemas):
        raise ImplementationError(
            f"{row.name} waits for a value, so it cannot be one atomic step with counting what is there; "
            f"use {row.name.removeprefix('b')} on fields with min_items or max_items"
        )
    if any(schema.tracked for schema in schemas):
        raise ImplementationError(
            f"{row.name} waits for a value, so it cannot be one atomic step with its index entries; "
            f"use {row.name.removeprefix('b')} on indexed fields"
        )


def named(error: CommandError, row: Row) -> Exception:
    """An unknown command as an error that says which version has it; one that lacks arguments by its name,
    which scripts do not tell."""
    if "Wrong number of args" in str(error):
        return CommandError(f"wrong number of arguments for '{row.name}' command")
    if not is_unknown(error):
        return error
    servers = zip(("Redis", "Valkey"), row.since, strict=True)
    needed = " or ".join(f"{name} {version}" for name, version in servers if version != "none yet")
    return UnsupportedCommandError(
        f"{row.name.upper()} needs {needed} or later; the connected server does not have it"
    )
