"""Order and slice of the pks."""

from __future__ import annotations

from collections.abc import Sequence

from ..parts import literal
from .shape import Cut, Part, Sort, in_chunks, is_one_set, read, read_members

__all__ = ["cut_out", "ordered"]


def cut_out(cut: Cut | None) -> list[str]:
    """Leaves the slice in ``pks``."""
    if cut is None:
        return []
    start = f"tonumber(ARGV[{cut.start}])" if cut.start else "0"
    stop = f"math.min(#pks, tonumber(ARGV[{cut.stop}]))" if cut.stop else "#pks"
    return [
        f"local part, start, stop = {{}}, {start}, {stop}",
        "for i = start + 1, stop do part[i - start] = pks[i] end",
        "pks = part",
    ]


def ordered(parts: Sequence[Part], sort: Sort | None, cut: Cut | None) -> list[str]:
    """Puts the pks in order, as far as they are wanted: what is equal together, so that Lua itself
    compares the keys."""
    if sort is None:
        return []
    first, last, step = ("count", "1", ", -1") if sort.desc else ("1", "count", "")
    one, other = ("#equal", "1") if sort.desc else ("1", "#equal")
    return [
        "local same, keys, count, numeric = {}, {}, 0, " + ("true" if sort.numeric else "false"),
        *_put_all(parts, sort),
        "if numeric or bytewise then table.sort(keys) else table.sort(keys, less) end",
        f"local place, wanted = 0, {f'tonumber(ARGV[{cut.stop}])' if cut and cut.stop else '#pks'}",
        "pks = {}",
        f"for at = {first}, {last}{step} do",
        "if place >= wanted then break end",
        "local equal = same[keys[at]]",
        "if type(equal) == 'table' then",
        "table.sort(equal, less)",
        f"for i = {one}, {other}{step} do place = place + 1 pks[place] = equal[i] end",
        "else place = place + 1 pks[place] = equal end",
        "end",
    ]


def _put(key: str) -> list[str]:
    """Notes ``pk`` under the key that it is ordered by; most keys have one pk."""
    return [
        f"local key = {key}",
        "local others = same[key]",
        "if not others then count = count + 1 keys[count] = key same[key] = pk",
        "elseif type(others) == 'table' then others[#others + 1] = pk",
        "else same[key] = {others, pk} end",
    ]


def _put_all(parts: Sequence[Part], sort: Sort) -> list[str]:
    each = "for _, pk in ipairs(pks) do"
    if sort.key:
        put = _put("reply and (tonumber(reply) or to_score(reply)) or 0")
        ask = in_chunks("ZMSCORE", literal(sort.key), put)
        known = [number for number, part in enumerate(parts, 1) if part.key == sort.key and len(parts) > 1]
        if not known:
            return ask
        scores = f"scores{known[0]}"
        return [f"if {scores} then {each}", *_put(f"{scores}[pk]"), "end else", *ask, "end"]
    if sort.cell:
        value = f"{read(sort.cell, sort.entry)} or ''"
        if not is_one_set(parts):
            return [each, *_put(value), "end"]
        return [*_texts_of_set(parts, sort), each, *_put(f"texts[pk] or {value}"), "end"]
    numbers = "#pk < 16 and string.match(pk, '^%-?%d+$')"
    return [
        "numeric = true",
        f"{each} if not ({numbers}) then numeric = false break end end",
        *[each, *_put("numeric and tonumber(pk) or pk"), "end"],
    ]


def _texts_of_set(parts: Sequence[Part], sort: Sort) -> list[str]:
    return [
        "local texts = {}",
        *read_members(parts, (("pk", ""), (sort.cell, sort.entry))),
        "for i = 1, #flat, 2 do texts[flat[i]] = flat[i + 1] end",
        "end end",
    ]
