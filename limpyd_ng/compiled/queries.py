"""Straight code for plain queries: what stands at the head of a query script.

``lua/query.lua`` takes any tree of conditions, and reads it from its arguments. Most queries
are a few plain conditions, all of which must hold, perhaps one order and one slice. For each
shape of these the head has the keys and the places of the arguments as constants. It answers
with the rules of the engine that follows it in the script, or lets the engine go on where that
has a better way (walking an index in its order, to stop early).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from ..lua import functions
from .parts import literal

__all__ = ["Columns", "Cut", "Part", "Sort", "head", "may_decline"]

#: what to give of each object: ('pk', ''), or where a value is: start of the keys, entry of a hash or ''
Columns = tuple[tuple[str, str], ...]

#: with more candidates than this, walking an index may be cheaper than sorting them
_FEW = 1000
#: how many arguments a command is given at once
_CHUNK = 1000
#: the commands of a range: how many, and which
_RANGES = {"n": ("ZCOUNT", "ZRANGEBYSCORE"), "t": ("ZLEXCOUNT", "ZRANGEBYLEX")}


class Part(NamedTuple):
    """One condition: 'e' a set (its key ends with the value, if it has an argument), 'n' a range of
    numbers or 't' of texts."""

    kind: str
    #: the key, or its start
    key: str
    #: the place of the first value in ARGV; 0 without
    at: int
    #: of a range, how each end stands: '[' in it, '(' not, '' open
    low: str = ""
    high: str = ""
    #: where the values of a 't' are: the start of their keys, the entry of a hash or ''
    cell: str = ""
    entry: str = ""
    #: whether the texts themselves can be compared with the bounds, as in these is no NUL
    bare: bool = False


class Sort(NamedTuple):
    """The one order: by the scores in the index ``key``, the texts in cells, or ('') the pk."""

    numeric: bool
    desc: bool
    key: str = ""
    cell: str = ""
    entry: str = ""


class Cut(NamedTuple):
    """The one slice: the places in ARGV of its start and stop, 0 where it has none."""

    start: int
    stop: int


def may_decline(sort: Sort | None) -> bool:
    """Whether the head of a query with a slice leaves it to the engine if there are many candidates."""
    return sort is not None and bool(sort.key or sort.cell)


@cache
def head(
    parts: tuple[Part, ...],
    what: str,
    sort: Sort | None = None,
    cut: Cut | None = None,
    columns: Columns = (),
) -> str:
    """The Lua code for queries of this shape; ``what`` is 'pks', 'count' or 'values' (of ``columns``)."""
    sort = None if what == "count" else sort
    limited = cut is not None and may_decline(sort)
    lines = [*_candidates(parts), *_filtered(parts), *_ordered(parts, sort, cut), *_cut(cut)]
    if what == "count":
        lines.append("return #pks")
    else:
        lines += _values(columns) if columns else ["return pks"]
    if limited:
        lines = [f"if least <= {_FEW} then", *lines, "end"]
    counts = _counts(parts) if limited or _has_choice(parts) else []
    if columns and sort is None and cut is None and _is_one_set(parts):
        counts = _values_of_set(parts, columns)
    body = "\n".join(filter(None, ["local call = redis.call", *_keys(parts), *counts, *lines]))
    return f"do\n{functions(body)}{body}\nend\n"


def _keys(parts: Sequence[Part]) -> list[str]:
    lines = []
    for number, part in enumerate(parts, 1):
        end = f" .. ARGV[{part.at}]" if part.kind == "e" and part.at else ""
        lines.append(f"local k{number} = {literal(part.key)}{end}")
    return lines


# candidates


def _has_choice(parts: Sequence[Part]) -> bool:
    """Whether there are several ways to get candidates; Redis itself chooses among sets."""
    return len(parts) > 1 and any(part.kind != "e" for part in parts)


def _counts(parts: Sequence[Part]) -> list[str]:
    """How many objects meet each part, and the least of it."""
    lines = []
    for number, part in enumerate(parts, 1):
        if part.kind == "e":
            lines.append(f"local n{number} = call('SCARD', k{number})")
        else:
            asked = f"'{_RANGES[part.kind][0]}', k{number}, ARGV[{part.at}], ARGV[{part.at + 1}]"
            lines.append(f"local n{number} = call({asked})")
    names = ", ".join(f"n{number}" for number in range(1, len(parts) + 1))
    return [*lines, f"local least = math.min({names})"]


def _candidates(parts: Sequence[Part]) -> list[str]:
    """``pks``, and in ``by`` the part that gave them: 0 for all the sets together."""
    sets = [number for number, part in enumerate(parts, 1) if part.kind == "e"]
    ranges = [(number, part) for number, part in enumerate(parts, 1) if part.kind != "e"]
    lines = ["local pks, by"]
    if not _has_choice(parts):
        return [*lines, *_source(sets, ranges[0] if ranges else None)]
    if sets:
        smallest = " or ".join(f"n{number} == least" for number in sets)
        lines += [f"if {smallest} then", *_source(sets, None), "end"]
    for number, part in ranges:
        lines += [f"if not by and n{number} == least then", *_source([], (number, part)), "end"]
    return lines


def _source(sets: Sequence[int], one: tuple[int, Part] | None) -> list[str]:
    if one is None:
        keys = ", ".join(f"k{number}" for number in sets)
        return [f"pks, by = call('{'SMEMBERS' if len(sets) == 1 else 'SINTER'}', {keys}), 0"]
    number, part = one
    read = f"call('{_RANGES[part.kind][1]}', k{number}, ARGV[{part.at}], ARGV[{part.at + 1}])"
    lines = [f"pks, by = {read}, {number}"]
    if part.kind == "t":  # the pk follows the first NUL that is not an escaped one
        lines.append("for i = 1, #pks do pks[i] = string.match(pks[i], '^.-%z([^\\255].*)$') end")
    return lines


# filters


def _filtered(parts: Sequence[Part]) -> list[str]:
    """Every part but those that gave the candidates; sets and scores, which are asked for many
    objects at once, before texts."""
    if len(parts) == 1:
        return []
    lines = [f"local scores{number}" for number, part in enumerate(parts, 1) if part.kind == "n"]
    for number, part in sorted(enumerate(parts, 1), key=lambda item: "ent".index(item[1].kind)):
        unmet = "by ~= 0" if part.kind == "e" else f"by ~= {number}"
        lines += [f"if {unmet} then", *_FILTERS[part.kind](number, part), "end"]
    return lines


def _in_chunks(command: str, key: str, body: Sequence[str]) -> list[str]:
    """Runs ``body`` for each ``pk`` and its ``reply``, asked for many at once."""
    return [
        f"for first = 1, #pks, {_CHUNK} do",
        f"local replies = call('{command}', {key}, unpack(pks, first, math.min(first + {_CHUNK - 1}, #pks)))",
        "for i = 1, #replies do",
        "local pk, reply = pks[first + i - 1], replies[i]",
        *body,
        "end end",
    ]


def _filter_set(number: int, part: Part) -> list[str]:
    keep = ["if reply == 1 then kept = kept + 1 found[kept] = pk end"]
    return ["local found, kept = {}, 0", *_in_chunks("SMISMEMBER", f"k{number}", keep), "pks = found"]


def _filter_numbers(number: int, part: Part) -> list[str]:
    tests, bounds = ["reply"], ["local low, high"]
    for name, place, how, sign in (("low", part.at, part.low, ">"), ("high", part.at + 1, part.high, "<")):
        if how:
            text = f"ARGV[{place}]" if how == "[" else f"string.sub(ARGV[{place}], 2)"
            bounds.append(f"{name} = to_score({text})")
            tests.append(f"score {sign}{'=' if how == '[' else ''} {name}")
    keep = [
        "local score = reply and (tonumber(reply) or to_score(reply))",
        f"if {' and '.join(tests)} then",
        "kept = kept + 1",
        "found[kept], scores[pk] = pk, score",
        "end",
    ]
    asked = _in_chunks("ZMSCORE", f"k{number}", keep)
    return ["local found, kept, scores = {}, 0, {}", *bounds, *asked, f"pks, scores{number} = found, scores"]


def _filter_texts(number: int, part: Part) -> list[str]:
    fast, safe = ["bytewise"], ["not bytewise"]
    if part.low:
        fast.append("member >= low" if part.low == "[" else "member > low")
        safe.append("not less(member, low)" if part.low == "[" else "less(low, member)")
    if part.high:
        fast.append("member <= high" if part.high == "[" else "member < high")
        safe.append("not less(high, member)" if part.high == "[" else "less(member, high)")
    return [
        f"local low, high = string.sub(ARGV[{part.at}], 2), string.sub(ARGV[{part.at + 1}], 2)",
        "local found, kept = {}, 0",
        "for i = 1, #pks do",
        "local pk = pks[i]",
        f"local member = {_read(part.cell, part.entry)}",
        "if member then",
        "" if part.bare else "member = escape(member) .. '\\0' .. pk",
        f"if {' and '.join(fast)} or {' and '.join(safe)} then kept = kept + 1 found[kept] = pk end",
        "end end",
        "pks = found",
    ]


_FILTERS = {"e": _filter_set, "n": _filter_numbers, "t": _filter_texts}


def _read(cell: str, entry: str) -> str:
    key = f"{literal(cell)} .. pk"
    return f"call('HGET', {key}, {literal(entry)})" if entry else f"call('GET', {key})"


# order and slice


def _cut(cut: Cut | None) -> list[str]:
    if cut is None:
        return []
    start = f"tonumber(ARGV[{cut.start}])" if cut.start else "0"
    stop = f"math.min(#pks, tonumber(ARGV[{cut.stop}]))" if cut.stop else "#pks"
    return [
        f"local part, start, stop = {{}}, {start}, {stop}",
        "for i = start + 1, stop do part[i - start] = pks[i] end",
        "pks = part",
    ]


def _ordered(parts: Sequence[Part], sort: Sort | None, cut: Cut | None) -> list[str]:
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
        ask = _in_chunks("ZMSCORE", literal(sort.key), put)
        known = [number for number, part in enumerate(parts, 1) if part.key == sort.key and len(parts) > 1]
        if not known:
            return ask
        scores = f"scores{known[0]}"
        return [f"if {scores} then {each}", *_put(f"{scores}[pk]"), "end else", *ask, "end"]
    if sort.cell:
        return [each, *_put(f"{_read(sort.cell, sort.entry)} or ''"), "end"]
    numbers = "#pk < 16 and string.match(pk, '^%-?%d+$')"
    return [
        "numeric = true",
        f"{each} if not ({numbers}) then numeric = false break end end",
        *[each, *_put("numeric and tonumber(pk) or pk"), "end"],
    ]


# values


def _is_one_set(parts: Sequence[Part]) -> bool:
    """Whether the objects are those in one set, which also have to be in the collection or not."""
    of_values = sum(part.at > 0 for part in parts)
    return len(parts) < 3 and of_values == 1 and all(part.kind == "e" for part in parts)


def _values(columns: Columns) -> list[str]:
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


def _values_of_set(parts: Sequence[Part], columns: Columns) -> list[str]:
    """The server's own way to read values of the members of a set, from Redis 7 on and where it
    may be used: not by users who may not read every key, and not in a cluster."""
    number = next(number for number, part in enumerate(parts, 1) if part.at)
    patterns = ["#" if cell == "pk" else f"{cell}*{entry and '->'}{entry}" for cell, entry in columns]
    gets = ", ".join(f"'GET', {literal(pattern)}" for pattern in patterns)
    lines = [
        "if redis.REDIS_VERSION_NUM then",
        f"local flat = redis.pcall('SORT_RO', k{number}, 'BY', 'nosort', {gets})",
        "if not flat.err then",
    ]
    if len(parts) == 1:
        return [*lines, "return flat", "end end"]
    place = next((at for at, (cell, _) in enumerate(columns, 1) if cell == "pk"), 0)
    if not place:
        return []
    width = len(columns)
    return [
        *lines,
        "local all, pks = true, {}",
        f"for i = {place}, #flat, {width} do pks[#pks + 1] = flat[i] end",
        *_in_chunks("SMISMEMBER", f"k{3 - number}", ["all = all and reply == 1"]),
        "if all then return flat end",
        "end end",
    ]
