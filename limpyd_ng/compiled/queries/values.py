"""The values of the pks that were found."""

from __future__ import annotations

from collections.abc import Sequence

from ..parts import literal
from .shape import Columns, Part, in_chunks, main_set, read_members

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
    main = main_set(parts)
    if len(parts) == 1:
        return [*read_members(parts, columns), "return flat", "end end"]
    place = next((at for at, (cell, _) in enumerate(columns, 1) if cell == "pk"), 0)
    if not place:
        return []
    return [
        *read_members(parts, columns),
        "local all, pks = true, {}",
        f"for i = {place}, #flat, {len(columns)} do pks[#pks + 1] = flat[i] end",
        *in_chunks("SMISMEMBER", f"k{3 - main}", ["all = all and reply == 1"]),
        "if all then return flat end",
        "end end",
    ]
