"""The values of the pks that were found."""

from __future__ import annotations

from collections.abc import Sequence

from ..parts import literal
from .shape import Columns, Part, read_members

__all__ = ["values", "values_of_set"]


def values(columns: Columns) -> list[str]:
    """Values one object after the other; all entries of a hash at once."""
    entries: dict[str, list[str]] = {}
    for cell, entry in columns:
        if entry:
            entries.setdefault(cell, []).append(literal(entry))
    lines = ["local flat, at = {}, 0", "for _, pk in ipairs(pks) do"]
    for number, (cell, names) in enumerate(entries.items(), 1):
        lines.append(f"local hash{number} = call('HMGET', {literal(cell)} .. pk, {', '.join(names)})")
    hashes = {cell: [f"hash{number}", 0] for number, cell in enumerate(entries, 1)}
    for place, (cell, entry) in enumerate(columns, 1):
        if entry:
            hashes[cell][1] += 1  # type: ignore[operator]
            value = f"{hashes[cell][0]}[{hashes[cell][1]}]"
        else:
            value = "pk" if cell == "pk" else f"call('GET', {literal(cell)} .. pk)"
        lines.append(f"flat[at + {place}] = {value}")
    return [*lines, f"at = at + {len(columns)}", "end", "return flat"]


def values_of_set(parts: Sequence[Part], columns: Columns) -> list[str]:
    """Answers with the values of all members of the one set, if the server may read them at once and each
    is in the collection, where that is asked."""
    all_there = f"#flat == {len(columns)} * call('SINTERCARD', 2, k1, k2)"
    answer = "return flat" if len(parts) == 1 else f"if {all_there} then return flat end"
    return [*read_members(parts, columns), answer, "end end"]
