"""What compiled scripts are put together from: how each plain index follows a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..indexes.base import BaseIndex
from ..lua import Script, functions
from ..schema import FieldSchema, ModelSchema

__all__ = ["Entry", "entries", "is_plain", "literal", "script", "value_of"]

#: the flags of plain indexes (see lua/lib/fields.lua): equal, unique equal, text, number
_PLAIN = {"e", "eu", "t", "n"}


def is_plain(field: FieldSchema) -> bool:
    """Whether the field's indexes are of the kinds that can be compiled, and none depends on others.

    The values of a relation have to be looked for in another model: that is the engine's work.
    """
    return field.relation is None and not field.followers and all(_is_plain(index) for index in field.indexes)


def _is_plain(index: BaseIndex) -> bool:
    spec: tuple[Any, ...] = index.spec()
    return spec[0] in _PLAIN and spec[2:] == ("",)


def literal(text: str) -> str:
    """A text as a Lua string."""
    quoted = "".join(f"\\{ord(char):03d}" if char in "\\'\n\r\0" else char for char in text)
    return f"'{quoted}'"


class Entry(NamedTuple):
    """Lua code for one index of a field, by the names of the variables it works on."""

    kind: str
    base: str
    stored: str
    multi: bool

    def check(self, value: str) -> str:
        """Refuses a value that cannot be entered."""
        if self.kind == "n":
            return f"if not is_number({value}) then refuse('NAN', {self.stored}, hex({value})) end"
        if self.kind == "eu":
            return (
                f"local holder = call('HGET', {self.base}, {value}) "
                f"if holder and holder ~= pk then refuse('UNIQUE', {self.stored}, hex({value}), holder) end"
            )
        return ""

    def add(self, value: str) -> str:
        """Adds the entry."""
        if self.kind == "e":
            return f"call('SADD', {self.base} .. ':' .. {value}, pk)"
        if self.kind == "eu":
            return f"call('HSET', {self.base}, {value}, pk)"
        score = value if self.kind == "n" else "'0'"
        return f"call('ZADD', {self.base}, {score}, {self.member(value)})"

    def remove(self, value: str) -> str:
        """Removes the entry, if it is this object's."""
        if self.kind == "e":
            return f"removed('SREM', {self.base} .. ':' .. {value}, pk)"
        if self.kind == "eu":
            return (
                f"if removed('HGET', {self.base}, {value}) == pk then call('HDEL', {self.base}, {value}) end"
            )
        return f"removed('ZREM', {self.base}, {self.member(value)})"

    def member(self, value: str) -> str:
        """The member of a sorted set."""
        if self.kind == "t" or self.multi:
            return f"escape({value}) .. '\\0' .. pk"
        return "pk"

    @property
    def replaces(self) -> bool:
        """Whether adding the new entry replaces the old one."""
        return self.kind == "n" and not self.multi


def entries(model: ModelSchema, field: FieldSchema) -> list[Entry]:
    """The indexes of a plain field."""
    return [
        Entry(
            index.flags,
            literal(model.keys.index(field.stored, index.label)),
            literal(field.stored),
            field.multi,
        )
        for index in field.indexes
    ]


def value_of(field: FieldSchema, key: str) -> str:
    """Lua code that reads a single value."""
    if field.kind == "s":
        return f"call('GET', {key})"
    return f"call('HGET', {key}, {literal(field.stored)})"


def script(name: str, lines: Sequence[str]) -> Script:
    """A script of these lines, with the functions of ``lua/lib`` that they use before them."""
    body = "\n".join(line for line in lines if line)
    return Script(name, functions(body) + body)
