"""An object that comes into being with values for certain fields. Many at once: see ``batches``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..lua import Script
from ..schema import INSTANCE_HASH, STRING, FieldSchema, ModelSchema
from .parts import FAILED, Entry, entries, literal, script
from .wholes import Elements

__all__ = ["Creation", "creating_script"]

_STOP = f"if {FAILED.format('reply')} then break end"


def creating_script(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that makes an object with values for these fields, or refuses and writes nothing.

    KEYS 1: the collection. ARGV 1: pk, '' for the next automatic one; then the value of each
    field of one value; then, for each other field, the number of its arguments and these.
    Reply: the pk. Errors: those of Redis, or a refusal: ENGINE if a key is there that should not be.
    """
    one = Creation(model, fields)
    lines = [f"local call, base, pk, at = redis.pcall, 0, ARGV[1], {one.size + 1}"]
    for each in one.lists.values():
        lines += each.taken()
    return script("creating", [*lines, *one.made()])


class Creation:
    """Lua code for one object, whose arguments begin after ``base``. With ``gaps`` it may lack some of the
    fields."""

    def __init__(self, model: ModelSchema, fields: Sequence[FieldSchema], gaps: bool = False) -> None:
        self.fields = fields
        self.single = [field for field in fields if field.single]
        others = [field for field in fields if not field.single]
        first = 3 if gaps and self.single else 2
        #: how many arguments come before the lists
        self.size = first - 1 + len(self.single)
        self.lists = {field.stored: Elements(field, number) for number, field in enumerate(others, 1)}
        self.values = {field.stored: f"ARGV[base + {at}]" for at, field in enumerate(self.single, first)}
        #: how it is found out whether the object has a value for a field; no entry where it is known
        self._has: dict[str, str] = {}
        if gaps:
            for at, field in enumerate(self.single, 1):
                self._has[field.stored] = f"string.byte(ARGV[base + 2], {at}) == 49"
            for stored, one in self.lists.items():
                self._has[stored] = f"{one.first} <= {one.last}"
        endings = ("hash:" if f.kind == INSTANCE_HASH else f"field:{f.stored}:" for f in fields)
        starts = {ending: literal(model.keys.prefix + ending) for ending in dict.fromkeys(endings)}
        #: the variables of the keys of the object, by how they end before the pk
        self.keys = {ending: f"key{number}" for number, ending in enumerate(starts, 1)}
        self.named = [f"{start} .. pk" for start in starts.values()]
        self.entries = {field.stored: entries(model, field) for field in fields}
        self.seq = literal(model.keys.seq)

    def taken(self) -> list[str]:
        """Sets where the lists are of the object of a ``number``."""
        if not self.lists:
            return []
        return [
            f"local span = (number - 1) * {2 * len(self.lists)}",
            *(
                f"local {one.first}, {one.last} = ranges[span + {2 * at - 1}], ranges[span + {2 * at}]"
                for at, one in enumerate(self.lists.values(), 1)
            ),
        ]

    def made(self) -> list[str]:
        """Makes the object, and returns its pk or what stopped it; then nothing is left of it."""
        keys = ", ".join(self.keys.values())
        return [
            "if pk ~= '' then",
            "local there = call('SISMEMBER', KEYS[1], pk)",
            "if there ~= 0 then return there == 1 and refused('EXISTS', pk) or there end",
            "end",
            *self.of_each(lambda entry, value: entry.check(value)),
            "local counted, entered, stored, reply = 0, false, false, nil",
            "repeat",
            *self._numbered(),
            "entered = true",
            *([f"local {keys} = {', '.join(self.named)}", *_refused_if_there(keys)] if keys else ()),
            "stored = true",
            *self.stored(self.keys, lambda command: f"reply = call({command}) {_STOP}", strings=True),
            *self.of_each(lambda entry, value: f"reply = {entry.add(value)} {_STOP}", _STOP),
            "return pk",
            "until true",
            "local failure = reply",
            "if stored then",
            *self.taken_back(),
            "end",
            "if entered then call('SREM', KEYS[1], pk) end",
            f"if counted > 0 and call('DECRBY', {self.seq}, counted) == 0 then call('DEL', {self.seq}) end",
            "return failure",
        ]

    def _numbered(self) -> list[str]:
        """Puts the pk in the collection, the next one that is free if it is to be counted."""
        return [
            "if pk == '' then",
            "repeat",
            f"reply = call('INCR', {self.seq})",
            "if type(reply) == 'table' then break end",
            "counted = counted + 1",
            "pk = string.format('%.0f', reply)",
            "reply = call('SADD', KEYS[1], pk)",
            "until reply ~= 0",
            "else reply = call('SADD', KEYS[1], pk) end",
            "if type(reply) == 'table' then break end",
        ]

    def stored(self, keys: Mapping[str, str], run: Callable[[str], str], strings: bool = False) -> list[str]:
        """Stores the values under these keys; ``run`` gives the code for a command."""
        lines = self._stored_in_hash(keys, run)
        for field in self.fields:
            key = keys.get(f"field:{field.stored}:", "")
            if field.kind == STRING and strings:
                lines.append(self.if_given(field, run(f"'SET', {key}, {self.values[field.stored]}")))
            elif field.stored in self.lists:
                lines.append(self.if_given(field, run(self.lists[field.stored].written(key))))
        return lines

    def _stored_in_hash(self, keys: Mapping[str, str], run: Callable[[str], str]) -> list[str]:
        hashed = [field for field in self.single if field.kind == INSTANCE_HASH]
        pairs = [(literal(field.stored), self.values[field.stored]) for field in hashed]
        if not hashed:
            return []
        if not self._has:
            return [run(f"'HSET', {keys['hash:']}, {', '.join(f'{name}, {value}' for name, value in pairs)}")]
        command = f"'HSET', {keys['hash:']}, unpack(cells)"
        puts = [f"cells[#cells + 1] = {name} cells[#cells + 1] = {value}" for name, value in pairs]
        return [
            "local cells = {}",
            *(self.if_given(field, put) for field, put in zip(hashed, puts, strict=True)),
            f"if #cells > 0 then {run(command)} end",
        ]

    def if_given(self, field: FieldSchema, code: str) -> str:
        """The code, for objects that have a value for the field."""
        has = self._has.get(field.stored)
        return f"if {has} then {code} end" if has else code

    def taken_back(self) -> list[str]:
        """Removes the values and entries of the object."""
        return [
            *self.of_each(lambda entry, value: entry.remove(value)),
            *(f"call('UNLINK', {key})" for key in self.named),
        ]

    def of_each(self, code: Callable[[Entry, str], str], after: str = "") -> list[str]:
        """Lua code for each index of each value; ``after`` comes after loops over elements."""
        lines = []
        for field in self.fields:
            codes = self.of_field(
                field, [code(entry, self.value(field)) for entry in self.entries[field.stored]]
            )
            lines += [*codes, after] if codes and field.stored in self.lists else codes
        return lines

    def value(self, field: FieldSchema) -> str:
        """The value of a field, or each of its elements."""
        return "element" if field.stored in self.lists else self.values[field.stored]

    def of_field(self, field: FieldSchema, codes: Iterable[str]) -> list[str]:
        """Lua code about the value of a field, or each of its elements."""
        codes = [f"do {each} end" for each in codes if each]
        one, has = self.lists.get(field.stored), self._has.get(field.stored)
        if one and codes:
            return [one.each, *codes, "end"]
        return [f"if {has} then", *codes, "end"] if has and codes else codes


def _refused_if_there(keys: str) -> list[str]:
    return [
        f"reply = call('EXISTS', {keys})",
        "if reply ~= 0 and type(reply) ~= 'table' then reply = redis.error_reply('REFUSED ENGINE') end",
        "if reply ~= 0 then break end",
    ]
