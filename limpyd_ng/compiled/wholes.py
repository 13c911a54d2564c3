"""Whole contents of fields of many values: where their arguments are, and how they replace others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..schema import HASH, LIST, SET, SORTED_SET, FieldSchema, ModelSchema
from .parts import Steps, entries, literal

__all__ = ["READERS", "Elements", "Wholes", "each"]

_WRITERS = {SET: "SADD", LIST: "RPUSH", SORTED_SET: "ZADD", HASH: "HSET"}
#: how the elements of a key are read, scores not included
READERS = {
    SET: "'SMEMBERS', {}",
    LIST: "'LRANGE', {}, 0, -1",
    SORTED_SET: "'ZRANGE', {}, 0, -1",
    HASH: "'HGETALL', {}",
}


def each(field: FieldSchema, elements: str) -> str:
    """The start of a loop over the elements in a list, as ``READERS`` give it."""
    if field.kind == HASH:
        return f"for i = 1, #{elements}, 2 do local sub, element = {elements}[i], {elements}[i + 1]"
    return f"for _, element in ipairs({elements}) do"


class Elements:
    """Where the arguments of a field are: from one place to another."""

    def __init__(self, field: FieldSchema, number: int) -> None:
        self._command = _WRITERS[field.kind]
        self.first, self.last = f"from{number}", f"upto{number}"
        span = f"{self.first}, {self.last}"
        self._difference = f"pair_difference(old, {span})"
        #: the start of a loop over the elements
        self.each = f"for sub, element in pairs(named({span})) do"
        if field.kind != HASH:  # from where to where they are, and the step from one to the next
            span = f"{self.first} + 1, {self.last}, 2" if field.kind == SORTED_SET else f"{span}, 1"
            self._difference = f"difference(old, {span})"
            self.each = f"for i = {span} do local element = ARGV[i]"

    def taken(self) -> list[str]:
        """Finds the places: ``at`` is that of their number, and becomes that of what comes after them."""
        return [
            f"local {self.first}, {self.last} = at + 1, at + tonumber(ARGV[at])",
            f"at = {self.last} + 1",
        ]

    def compared(self, read: str, there: str, come: str, gone: str) -> list[str]:
        """Finds how many there are before, which come, which go; ends the script if it cannot be read."""
        return [
            f"local {there}, {come}, {gone}",
            "do",
            f"local old = call({read})",
            "if old.err then return old end",
            f"{there}, {come}, {gone} = #old, {self._difference}",
            "end",
        ]

    def written(self, key: str) -> str:
        """The command that writes them."""
        return f"'{self._command}', {key}, unpack(ARGV, {self.first}, {self.last})"


class Wholes:
    """Lua code that gives some fields other contents, and takes those of others away.

    The old content is only moved aside, so that it can come back as it was, until all is done.
    """

    def __init__(
        self,
        model: ModelSchema,
        given: Sequence[FieldSchema],
        gone: Sequence[FieldSchema],
        keys: Mapping[FieldSchema, str],
    ) -> None:
        self._keys = keys
        self._entries = {field: entries(model, field) for field in (*given, *gone)}
        self._numbers = {field: number for number, field in enumerate((*given, *gone), 1)}
        self._given = {field: Elements(field, self._numbers[field]) for field in given}
        self._gone = gone
        self._spares = {
            field: literal(f"{model.keys.prefix}scratch:{self._numbers[field]}") for field in given
        }

    def taken(self, first: int) -> list[str]:
        """Finds the contents, which begin with the argument of that number."""
        lines = [line for elements in self._given.values() for line in elements.taken()]
        return [f"local at = {first}", *lines] if lines else []

    def read(self) -> list[str]:
        """What there is before, and what changes; ends the script where an element is refused."""
        lines = []
        for field, elements in self._given.items():
            if self._entries[field]:
                lines += self._compared(field, elements)
            else:
                there = f"there{self._numbers[field]}"
                lines.append(f"local {there} = call('EXISTS', {self._keys[field]})")
                lines.append(f"if type({there}) == 'table' then return {there} end")
        for field in self._gone:
            if self._entries[field]:
                gone = f"gone{self._numbers[field]}"
                lines.append(f"local {gone} = call({READERS[field.kind].format(self._keys[field])})")
                lines.append(f"if {gone}.err then return {gone} end")
        return lines

    def _compared(self, field: FieldSchema, elements: Elements) -> list[str]:
        number = self._numbers[field]
        checks = [f"do {check} end" for entry in self._entries[field] if (check := entry.check("element"))]
        read = READERS[field.kind].format(self._keys[field])
        lines = elements.compared(read, f"there{number}", f"come{number}", f"gone{number}")
        return [*lines, each(field, f"come{number}"), *checks, "end"] if checks else lines

    def follow(self, steps: Steps) -> None:
        """The entries of the elements."""
        for field, number in self._numbers.items():
            come = each(field, f"come{number}") if field in self._given else ""
            # a number replaces that of the same sub-key, so that the new entry has to be last
            steps.follow_each(self._entries[field], come, each(field, f"gone{number}"), field.kind == HASH)

    def write(self, steps: Steps) -> None:
        """The new contents; that the old ones go is the end, after which nothing may fail."""
        there = []
        for field, elements in self._given.items():
            key, spare, found = self._keys[field], self._spares[field], f"there{self._numbers[field]}"
            steps.add(
                f"if {found} > 0 then reply = call('RENAME', {key}, {spare}) end",
                [f"if {found} > 0 then call('RENAME', {spare}, {key}) else call('UNLINK', {key}) end"],
            )
            steps.add(f"reply = call({elements.written(key)})", [])
            there.append(found)
        last = [*self._spares.values(), *(self._keys[field] for field in self._gone)]
        unlink = f"reply = call('UNLINK', {', '.join(last)})"
        if last:
            steps.add(unlink if self._gone else f"if {' + '.join(there)} > 0 then {unlink} end", [])
