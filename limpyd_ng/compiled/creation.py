"""Objects that come into being with values for certain fields: one, or many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from ..lua import Script
from ..schema import HASH, INSTANCE_HASH, LIST, SET, SORTED_SET, STRING, FieldSchema, ModelSchema
from .parts import FAILED, Entry, entries, literal, script

__all__ = ["creating_many_script", "creating_script"]

_WRITERS = {SET: "SADD", LIST: "RPUSH", SORTED_SET: "ZADD", HASH: "HSET"}
_STOP = f"if {FAILED.format('reply')} then break end"


def creating_script(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that makes an object with values for these fields, or refuses and writes nothing.

    KEYS 1: the collection. ARGV 1: pk, '' for the next automatic one; then the value of each
    field of one value; then, for each other field, the number of its arguments and these.
    Reply: the pk. Errors: those of Redis, or a refusal: ENGINE if a key is there that should not be.
    """
    one = _Creation(model, fields)
    lines = [f"local call, base, pk, at = redis.pcall, 0, ARGV[1], {one.size + 1}"]
    for each in one.lists.values():
        lines.append(f"local {each.first}, {each.last} = at + 1, at + tonumber(ARGV[at])")
        lines.append(f"at = {each.last} + 1")
    return script("creating", [*lines, *one.made()])


def creating_many_script(model: ModelSchema, fields: Sequence[FieldSchema], gaps: bool) -> Script:
    """The script that makes many such objects, each as a whole or not at all.

    All together, if all can be made, which takes a fraction of the calls. If not, one by one, which finds
    those that cannot. ARGV: those of ``creating_script``, one object after the other; with ``gaps`` each may
    lack some of the fields, see ``Contents.with_gaps``. Reply: for each its pk, or a list with the error.
    """
    one = _Creation(model, fields, gaps)
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


class _List:
    """Where the arguments of a field of many values are: from one place to another."""

    def __init__(self, field: FieldSchema, number: int) -> None:
        self.first, self.last = f"from{number}", f"upto{number}"
        self.values = f"unpack(ARGV, {self.first}, {self.last})"
        start = (
            f"{self.first} + 1, {self.last}, 2" if field.kind == SORTED_SET else f"{self.first}, {self.last}"
        )
        #: the start of a loop over the elements
        self.each = f"for i = {start} do local element = ARGV[i]"


class _Creation:
    """Lua code for one object, whose arguments begin after ``base``. With ``gaps`` it may lack some of the
    fields."""

    def __init__(self, model: ModelSchema, fields: Sequence[FieldSchema], gaps: bool = False) -> None:
        self.fields = fields
        self.single = [field for field in fields if field.single]
        others = [field for field in fields if not field.single]
        first = 3 if gaps and self.single else 2
        #: how many arguments come before the lists
        self.size = first - 1 + len(self.single)
        self.lists = {field.stored: _List(field, number) for number, field in enumerate(others, 1)}
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
            key = keys.get(f"field:{field.stored}:")
            if field.kind == STRING and strings:
                lines.append(self.if_given(field, run(f"'SET', {key}, {self.values[field.stored]}")))
            elif field.stored in self.lists:
                command = f"'{_WRITERS[field.kind]}', {key}, {self.lists[field.stored].values}"
                lines.append(self.if_given(field, run(command)))
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


class _Together:
    """Lua code that makes all objects with few calls, or finds that something is in the way.

    It looks before it writes, so what is left to fail is what hardly ever fails; then all is taken back.
    """

    def __init__(self, one: _Creation) -> None:
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
            if entry.kind == "n":
                lines += self._of_each_value(field, "if not is_number(value) then return false end")
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
                    f"pairs[#pairs + 1] = {places[f'field:{field.stored}:']} "
                    f"pairs[#pairs + 1] = {one.value(field)}",
                )
                for field in strings
            ]
            lines += ["local pairs = {}", *self._loop(puts, False)]
            lines.append("in_parts(pairs, function(...) call('MSET', ...) end)")
        return lines

    def _entered(self) -> list[str]:
        """The entries, all of an index or of one of its keys at once."""
        lines = []
        for field, entry in self._indexed:
            lines.append("do")
            if entry.kind == "e":
                group = (
                    "local pks = of[value] if pks then pks[#pks + 1] = pk "
                    "else of[value] = {pk} values[#values + 1] = value end"
                )
                lines += ["local of, values = {}, {}", *self._of_each_value(field, group)]
                add = f"call_all('SADD', {entry.base_of_values} .. value, of[value])"
                lines.append(f"for _, value in ipairs(values) do {add} end")
            else:
                first, second = entry.pair("value")
                put = f"pairs[#pairs + 1] = {first} pairs[#pairs + 1] = {second}"
                lines += ["local pairs = {}", *self._of_each_value(field, put)]
                lines.append(f"call_all('{entry.command}', {entry.base}, pairs)")
            lines.append("end")
        return lines
