"""What compiled scripts are put together from: how each plain index follows a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..indexes.base import BaseIndex
from ..indexes.geo import Geohash
from ..lua import Script, functions
from ..schema import HASH, STRING, FieldSchema, ModelSchema

__all__ = [
    "FAILED",
    "NOT_REMOVED",
    "Entry",
    "Steps",
    "entries",
    "entry_of",
    "is_plain",
    "literal",
    "object_is_there",
    "script",
    "value_of",
]

#: the kinds of plain indexes, by their flags and transform (see lua/lib/fields.lua): equal, unique equal,
#: text, number, place
_KINDS = {("e", ""): "e", ("eu", ""): "eu", ("t", ""): "t", ("n", ""): "n", ("n", Geohash.spec): "g"}


def is_plain(field: FieldSchema) -> bool:
    """Whether the field's indexes are of the kinds that can be compiled, and none depends on others.

    The values of a relation have to be looked for in another model: that is the engine's work.
    """
    return field.relation is None and not field.followers and all(map(_kind, field.indexes))


def _kind(index: BaseIndex) -> str | None:
    flags, _, *rest = index.spec()
    return _KINDS.get((flags, *rest))


def literal(text: str) -> str:
    """A text as a Lua string."""
    quoted = "".join(f"\\{ord(char):03d}" if char in "\\'\n\r\0" else char for char in text)
    return f"'{quoted}'"


class Entry(NamedTuple):
    """Lua code for one index of a field, by the names of the variables it works on. In a hash each sub-key,
    which is in ``sub``, has an index of its own.

    In these scripts ``call`` is ``redis.pcall``: an error is a reply, and what follows decides.
    """

    kind: str
    base: str
    stored: str
    multi: bool
    of_pairs: bool

    def fits(self, value: str) -> str:
        """Whether a value is of the kind that is entered; '' if any is."""
        test = {"n": "is_number", "g": "place_of"}.get(self.kind)
        return f"{test}({value})" if test else ""

    def check(self, value: str) -> str:
        """Ends the script where a value cannot be entered."""
        if fits := self.fits(value):
            return f"if not {fits} then return refused('NAN', {self.stored}, {value}) end"
        if self.kind == "eu":
            return (
                f"local holder = call('HGET', {self.base}, {value}) "
                f"if holder and holder ~= pk then "
                f"if holder.err then return holder end "
                f"return refused('UNIQUE', {self.stored}, {value}, holder) end"
            )
        return ""

    def add(self, value: str) -> str:
        """An expression that adds the entry."""
        return f"call({self.addition(value)})"

    def addition(self, value: str) -> str:
        """The command that adds the entry."""
        if self.kind == "e":
            return f"'SADD', {self.base_of_values} .. {value}, pk"
        first, second = self.pair(value)
        return f"'{self.command}', {self.base}, {first}, {second}"

    @property
    def command(self) -> str:
        """What adds entries to an index of one key."""
        return "HSET" if self.kind == "eu" else "ZADD"

    def pair(self, value: str) -> tuple[str, str]:
        """An entry of an index of one key."""
        if self.kind == "eu":
            return value, "pk"
        score = {"n": value, "g": f"geohash({value})"}.get(self.kind, "'0'")
        return score, self.member(value)

    def remove(self, value: str, reply: str = "reply") -> str:
        """Removes the entry, if it is this object's; ``reply`` is what Redis says."""
        if self.kind != "eu":
            return f"{reply} = call({self.removal(value)})"
        return (
            f"{reply} = call('HGET', {self.base}, {value}) "
            f"if {reply} == pk then {reply} = call({self.removal(value)}) end"
        )

    def removal(self, value: str) -> str:
        """The command that removes the entry, which is this object's."""
        if self.kind == "e":
            return f"'SREM', {self.base_of_values} .. {value}, pk"
        if self.kind == "eu":
            return f"'HDEL', {self.base}, {value}"
        return f"'ZREM', {self.base}, {self.member(value)}"

    @property
    def base_of_values(self) -> str:
        """How the keys start of an index that has one for each value."""
        return f"{self.base} .. ':'" if self.of_pairs else f"{self.base[:-1]}:'"

    def member(self, value: str) -> str:
        """The member of a sorted set."""
        if self.kind == "t" or self.multi:
            return f"escape({value}) .. '\\0' .. pk"
        return "pk"

    @property
    def replaces(self) -> bool:
        """Whether adding the new entry replaces the old one."""
        return self.kind in ("n", "g") and not self.multi


#: whether what a command said is an error; whether it is, and not that somebody gave our key another
#: type (then no entry of ours is in it)
FAILED = "type({0}) == 'table' and {0}.err"
NOT_REMOVED = "type({0}) == 'table' and not string.find({0}.err, 'WRONGTYPE', 1, true)"


class Steps:
    """Lua code that changes one thing after another, and takes all back where one fails.

    Each step leaves in ``reply`` what Redis says. What comes after the code finds the error in ``failure``.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._undo: list[list[str]] = []

    def add(self, code: str, undo: Sequence[str]) -> None:
        """One step, and what takes it back."""
        self._lines += [f"{code} if {FAILED.format('reply')} then break end"]
        self._done(undo)

    def _done(self, undo: Sequence[str]) -> None:
        self._undo.append(list(undo))
        self._lines.append(f"done = {len(self._undo)}")

    def keep(self, name: str) -> None:
        """Puts what the last step said into a variable."""
        self._lines.append(f"{name} = reply")

    def follow(self, indexes: Iterable[Entry], old: str, new: str | None) -> None:
        """The entries of a value that was ``old`` and is ``new`` (None: none). The new entry comes first."""
        indexes = list(indexes)
        if not indexes:
            return
        self._lines.append(f"if {new} ~= {old} then" if new else f"if {old} then")
        for entry in indexes:
            self._follow(entry, old, new)
        self._lines.append("end")

    def _follow(self, entry: Entry, old: str, new: str | None) -> None:
        undo = [f"if {old} then {entry.add(old)} end"]
        leave = f"{entry.remove(old)} if {NOT_REMOVED.format('reply')} then break end"
        if new is not None:
            enter = f"reply = {entry.add(new)} if type(reply) == 'table' then break end"
            self._lines.append(f"if {new} then {enter} end")
            undo.insert(0, f"if {new} then {entry.remove(new)} end")
        self._done(undo)
        there = f"not {new}" if new is not None and entry.replaces else old
        self._lines.append(f"if {there} then {leave} end")

    def follow_each(self, indexes: Sequence[Entry], come: str, gone: str, gone_first: bool = False) -> None:
        """The entries of elements: those in the loop ``come`` ('': none) get theirs, those in ``gone`` lose
        them."""
        if not indexes:
            return
        failed = f"if {FAILED.format('reply')} then break end"
        kept = f"if {NOT_REMOVED.format('reply')} then break end"
        enter = [f"reply = {entry.add('element')} {failed}" for entry in indexes]
        leave = [f"{entry.remove('element')} {kept}" for entry in indexes]
        coming = (come, enter, failed, [entry.remove("element") for entry in indexes])
        going = (gone, leave, kept, [entry.add("element") for entry in indexes])
        for turn in (going, coming) if gone_first else (coming, going):
            if turn[0]:
                self._each(*turn)

    def _each(self, loop: str, codes: Sequence[str], stop: str, undo: Sequence[str]) -> None:
        self._done([loop, *undo, "end"])  # it may stop half-way
        self._lines += ["reply = nil", loop, *codes, "end", stop]

    def code(self, answer: str) -> list[str]:
        """All of it; the script ends with the answer if nothing fails."""
        undo = [
            line
            for number, lines in reversed(list(enumerate(self._undo, 1)))
            if lines
            for line in (f"if done >= {number} then", *lines, "end")
        ]
        return [
            "local done = 0",
            "repeat",
            *self._lines,
            f"return {answer}",
            "until true",
            "local failure = reply",
            *undo,
        ]


def object_is_there() -> list[str]:
    """Ends the script if the object is not in the collection."""
    return [
        "local there = call('SISMEMBER', KEYS[1], pk)",
        "if there ~= 1 then return there == 0 and redis.error_reply('REFUSED NOSUCH') or there end",
    ]


def entries(model: ModelSchema, field: FieldSchema) -> list[Entry]:
    """The indexes of a plain field."""
    return [
        Entry(
            _kind(index) or "",
            _base(model.keys.index(field.stored, index.label), field),
            literal(field.stored),
            field.multi,
            field.kind == HASH,
        )
        for index in field.indexes
    ]


def _base(start: str, field: FieldSchema) -> str:
    """An expression for where the entries are; the length of a sub-key before it tells where it ends."""
    return f"{literal(start + ':')} .. #sub .. ':' .. sub" if field.kind == HASH else literal(start)


def value_of(field: FieldSchema, key: str) -> str:
    """Lua code that reads a single value."""
    return f"call('GET', {key})" if field.kind == STRING else f"call('HGET', {key}, {entry_of(field)})"


def entry_of(field: FieldSchema) -> str:
    """The entry of a hash that a single value is in: of the instance's hash, or ``sub`` of its own."""
    return "sub" if field.kind == HASH else literal(field.stored)


def script(name: str, lines: Sequence[str]) -> Script:
    """A script of these lines, with the functions of ``lua/lib`` that they use before them."""
    body = "\n".join(line for line in lines if line)
    return Script(name, functions(body) + body)
