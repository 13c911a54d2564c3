"""Many objects that come into being at once: all together, or one by one. One alone: see ``creation``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..lua import Script
from ..schema import STRING, FieldSchema, ModelSchema
from .creation import Creation
from .parts import script

__all__ = ["creating_many_script"]


def creating_many_script(model: ModelSchema, fields: Sequence[FieldSchema], gaps: bool) -> Script:
    """The script that makes many such objects, each as a whole or not at all.

    All together, if all can be made, which takes a fraction of the calls. If not, one by one, which finds
    those that cannot. ARGV: those of ``creating_script``, one object after the other; with ``gaps`` each may
    lack some of the fields, see ``Contents.with_gaps``. Reply: for each its pk, or a list with the error.
    """
    one = Creation(model, fields, gaps)
    together = _Together(one)
    return script(
        "creating many",
        [
            # after which argument those of each object begin, and where its lists are
            "local bases, ranges, at = {}, {}, 1",
            "while at <= #ARGV do",
            "bases[#bases + 1] = at - 1",
            f"at = at + {one.size}",
            *(_RANGE for _ in one.lists),
            "end",
            *together.lines(),
            "local function create(number)",
            "local call, base = redis.pcall, bases[number]",
            "local pk = ARGV[base + 1]",
            *one.taken(),
            *one.made(),
            "end",
            "local replies = {}",
            "for number = 1, #bases do",
            "local reply = create(number)",
            "replies[number] = type(reply) == 'table' and {reply.err} or reply",
            "end",
            "return replies",
        ],
    )


_RANGE = """local size = tonumber(ARGV[at])
ranges[#ranges + 1] = at + 1
ranges[#ranges + 1] = at + size
at = at + size + 1"""


class _Together:
    """Lua code that makes all objects with few calls, or finds that something is in the way.

    It looks before it writes, so what is left to fail is what hardly ever fails; then all is taken back.
    """

    def __init__(self, one: Creation) -> None:
        self._one = one
        self._indexed = [(field, entry) for field in one.fields for entry in one.entries[field.stored]]

    def lines(self) -> list[str]:
        """Returns the pks if all objects were made."""
        seq = self._one.seq
        return [
            "local pks, counted, entered = {}, 0, false",
            "local function together()",
            "local call, count = redis.call, #bases",
            *self._checks(),
            "if ARGV[1] == '' then",
            f"local last = call('INCRBY', {seq}, count)",
            "counted = count",
            "for number = 1, count do pks[number] = string.format('%.0f', last - count + number) end",
            "else",
            "local seen = {}",
            "for number = 1, count do",
            "local pk = ARGV[bases[number] + 1]",
            "if seen[pk] then return false end",
            "pks[number], seen[pk] = pk, true",
            "end end",
            "if finds_any('SMISMEMBER', KEYS[1], pks) then return false end",
            *self._stored(),
            *self._entered(),
            "return true",
            "end",
            "local ok, made = pcall(together)",
            "if ok and made then return pks end",
            "if entered then",
            "local call, reply = redis.pcall, nil",
            *self._loop(self._one.taken_back()),
            "for _, pk in ipairs(pks) do call('SREM', KEYS[1], pk) end",
            "end",
            "local call = redis.pcall",
            f"if counted > 0 and call('DECRBY', {seq}, counted) == 0 then call('DEL', {seq}) end",
        ]

    def _loop(self, codes: Iterable[str], lists: bool = True) -> list[str]:
        """Lua code for each object."""
        start = ["for number = 1, #bases do", "local base, pk = bases[number], pks[number]"]
        return [*start, *(self._one.taken() if lists else ()), *codes, "end"]

    def _of_each_value(self, field: FieldSchema, code: str) -> list[str]:
        """Lua code for each value of a field, or element, of each object."""
        codes = self._one.of_field(field, [f"local value = {self._one.value(field)} {code}"])
        return self._loop(codes, field.stored in self._one.lists)

    def _checks(self) -> list[str]:
        """Finds values that would be refused."""
        lines = []
        for field, entry in self._indexed:
            if fits := entry.fits("value"):
                lines += self._of_each_value(field, f"if not {fits} then return false end")
            elif entry.kind == "eu":
                seen = "if seen[value] then return false end seen[value], values[#values + 1] = true, value"
                lines += ["do", "local seen, values = {}, {}", *self._of_each_value(field, seen)]
                lines += [f"if finds_any('HMGET', {entry.base}, values) then return false end", "end"]
        return lines

    def _stored(self) -> list[str]:
        """The values, unless there is something under a key already; strings all at once."""
        one = self._one
        width = len(one.keys)
        places = {ending: f"keys[number * {width} - {width - at}]" for at, ending in enumerate(one.keys, 1)}
        lines = [
            "local keys, left = {}, 0",
            *self._loop(
                [f"{place} = {key}" for place, key in zip(places.values(), one.named, strict=True)], False
            ),
            "in_parts(keys, function(...) left = left + call('EXISTS', ...) end)",
            "if left > 0 then return false end",
            "entered = true",
            "call_all('SADD', KEYS[1], pks)",
        ]
        stored = one.stored(places, lambda command: f"call({command})")
        if stored:
            lines += self._loop(stored)
        strings = [field for field in one.single if field.kind == STRING]
        if strings:
            puts = [
                one.if_given(
                    field,
                    f"parts[#parts + 1] = {places[f'field:{field.stored}:']} "
                    f"parts[#parts + 1] = {one.value(field)}",
                )
                for field in strings
            ]
            lines += ["local parts = {}", *self._loop(puts, False)]
            lines.append("in_parts(parts, function(...) call('MSET', ...) end)")
        return lines

    def _entered(self) -> list[str]:
        """The entries, all of an index or of one of its keys at once."""
        lines = []
        for field, entry in self._indexed:
            lines.append("do")
            if entry.of_pairs:
                lines += self._of_each_value(field, entry.add("value"))
            elif entry.kind == "e":
                group = (
                    "local pks = of[value] if pks then pks[#pks + 1] = pk "
                    "else of[value] = {pk} values[#values + 1] = value end"
                )
                lines += ["local of, values = {}, {}", *self._of_each_value(field, group)]
                add = f"call_all('SADD', {entry.base_of_values} .. value, of[value])"
                lines.append(f"for _, value in ipairs(values) do {add} end")
            else:
                first, second = entry.pair("value")
                put = f"parts[#parts + 1] = {first} parts[#parts + 1] = {second}"
                lines += ["local parts = {}", *self._of_each_value(field, put)]
                lines.append(f"call_all('{entry.command}', {entry.base}, parts)")
            lines.append("end")
        return lines
