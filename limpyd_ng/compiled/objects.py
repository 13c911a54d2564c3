"""Objects that come into being with values for certain fields, and objects that go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..lua import Script
from ..schema import HASH, INSTANCE_HASH, LIST, SET, SORTED_SET, STRING, FieldSchema, ModelSchema
from .parts import entries, literal, script

__all__ = ["creating_many_script", "creating_script", "deleting_script", "is_single", "loading_script"]

#: how many entries of a hash are named in one call
_AT_ONCE = 100
_WRITERS = {SET: "SADD", LIST: "RPUSH", SORTED_SET: "ZADD", HASH: "HSET"}
_READERS = {SET: "'SMEMBERS', {}", LIST: "'LRANGE', {}, 0, -1", SORTED_SET: "'ZRANGE', {}, 0, -1"}
#: how whole values are read, scores and sub-keys included
_LOADERS = {
    **_READERS,
    STRING: "'GET', {}",
    HASH: "'HGETALL', {}",
    SORTED_SET: "'ZRANGE', {}, 0, -1, 'WITHSCORES'",
}


def is_single(field: FieldSchema) -> bool:
    """Whether the field holds one value."""
    return field.kind in (STRING, INSTANCE_HASH)


def creating_script(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that makes an object with values for these fields, or refuses and writes nothing.

    KEYS 1: the collection. ARGV 1: pk, '' for the next automatic one; then the value of each
    field of one value; then, for each other field, the number of its arguments and these.
    Reply: that of the write engine; ``{1, 'ENGINE'}`` if a key is there that should not be.
    """
    take, main, undo = _creation(model, fields)
    return script(
        "creating",
        [
            *_CREATION_STATE,
            *take,
            *main,
            "local ok, outcome = pcall(main)",
            "if ok then return {0, pk} end",
            *undo,
            "return failed(outcome)",
        ],
    )


def creating_many_script(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that makes many such objects, each as a whole or not at all.

    ARGV: those of ``creating_script``, one object after the other. Reply: for each its pk, or why it
    was refused, as ``lua/create.lua`` says it.
    """
    take, main, undo = _creation(model, fields)
    return script(
        "creating many",
        [
            *_CREATION_STATE,
            "local replies = {}",
            *main,
            "while base < #ARGV do",
            "pk, counted, entered, stored = ARGV[base + 1], 0, false, false",
            *take,
            "local ok, outcome = pcall(main)",
            "if not ok then",
            *undo,
            "outcome = reason_of(outcome)",
            "else outcome = pk end",
            "replies[#replies + 1] = outcome",
            "base = at - 1",
            "end",
            "return replies",
        ],
    )


#: where the arguments of the object start, how far its creation is
_CREATION_STATE = [
    "local call, pcall, base, at, lists = redis.call, pcall, 0, 0, nil",
    "local pk, counted, entered, stored = ARGV[1], 0, false, false",
]


def _creation(model: ModelSchema, fields: Sequence[FieldSchema]) -> tuple[list[str], list[str], list[str]]:
    """Lua code that takes the arguments of an object, the function ``main`` that makes it, and
    what takes back what was done of it."""
    single = [field for field in fields if is_single(field)]
    others = [field for field in fields if not is_single(field)]
    values = {field.name: f"ARGV[base + {at}]" for at, field in enumerate(single, 2)}
    values |= {field.name: f"lists[{at}]" for at, field in enumerate(others, 1)}
    keys = _keys(model, fields)
    seq = literal(model.keys.seq)
    main = [
        "local function main()",
        "if pk ~= '' and call('SISMEMBER', KEYS[1], pk) == 1 then refuse('EXISTS', pk) end",
        *_of_each_value(model, fields, values, "check"),
        "if pk == '' then",
        f"repeat pk = string.format('%.0f', call('INCR', {seq}))",
        "counted = counted + 1",
        "until call('SADD', KEYS[1], pk) == 1",
        "else call('SADD', KEYS[1], pk) end",
        "entered = true",
        f"if call('EXISTS', {', '.join(keys)}) > 0 then refuse('ENGINE') end" if keys else "",
        "stored = true",
        *_store(model, single, others, values),
        *_of_each_value(model, fields, values, "add"),
        "end",
    ]
    undo = [
        "if stored then",
        *_of_each_value(model, fields, values, "remove"),
        *(f"redis.call('UNLINK', {key})" for key in keys),
        "end",
        "if entered then call('SREM', KEYS[1], pk) end",
        f"if counted > 0 and call('DECRBY', {seq}, counted) == 0 then call('DEL', {seq}) end",
    ]
    return _take_lists(len(single) + 2, len(others)), main, undo


def deleting_script(model: ModelSchema) -> Script:
    """The script that removes an object of a model whose indexes are all plain.

    KEYS 1: the collection. ARGV 1: pk. Reply: that of the write engine.
    """
    fields = list(model.fields.values())
    indexed = [field for field in fields if field.indexes]
    values = {field.name: f"old{at}" for at, field in enumerate(indexed, 1)}
    keys = _keys(model, [field for field in fields if field.kind != INSTANCE_HASH])
    keys.append(_key(model, "hash:"))
    return script(
        "deleting",
        [
            "local pk, call, pcall = ARGV[1], redis.call, pcall",
            "local function main()",
            "if call('SISMEMBER', KEYS[1], pk) == 0 then return {1, 'NOSUCH', '1'} end",
            *_read(model, indexed, values),
            "call('SREM', KEYS[1], pk)",
            f"call('UNLINK', {', '.join(keys)})",
            *_of_each_value(model, indexed, values, "remove"),
            "return {0, pk}",
            "end",
            "local ok, outcome = pcall(main)",
            "if ok then return outcome end",
            "return failed(outcome)",
        ],
    )


def loading_script(model: ModelSchema, fields: Sequence[FieldSchema]) -> Script:
    """The script that reads these fields of objects, and nothing else.

    KEYS 1: the collection, then keys of the objects. ARGV: pks. Reply: for each nothing if there is
    no such object, else for each field its content: a text (or nothing), or a list as SMEMBERS,
    LRANGE, HGETALL or ZRANGE WITHSCORES give it.
    """
    in_hash = [literal(field.stored) for field in fields if field.kind == INSTANCE_HASH]
    lines = ["local call, replies = redis.call, {}"]
    lines += ["for i = 1, #ARGV do", "local pk, found = ARGV[i], false"]
    lines += ["if call('SISMEMBER', KEYS[1], pk) == 1 then", "found = {}"]
    for first in range(0, len(in_hash), _AT_ONCE):  # a call of Lua takes some 200 arguments
        names = ", ".join(in_hash[first : first + _AT_ONCE])
        lines.append(f"local cells{first} = call('HMGET', {_key(model, 'hash:')}, {names})")
    at = 0
    for place, field in enumerate(fields, 1):
        if field.kind == INSTANCE_HASH:
            content = f"cells{at - at % _AT_ONCE}[{at % _AT_ONCE + 1}]"
            at += 1
        else:
            content = f"call({_LOADERS[field.kind].format(_key(model, f'field:{field.stored}:'))})"
        lines.append(f"found[{place}] = {content}")
    return Script("loading", "\n".join([*lines, "end", "replies[i] = found", "end", "return replies"]), True)


def _key(model: ModelSchema, ending: str) -> str:
    return f"{literal(model.keys.prefix + ending)} .. pk"


def _keys(model: ModelSchema, fields: Iterable[FieldSchema]) -> list[str]:
    """The keys of an object that hold these fields, each once, as Lua code."""
    endings = ("hash:" if field.kind == INSTANCE_HASH else f"field:{field.stored}:" for field in fields)
    return [_key(model, ending) for ending in dict.fromkeys(endings)]


def _take_lists(first: int, count: int) -> list[str]:
    """Sets ``lists``, and ``at`` to the place after the last argument."""
    lines = [f"at = base + {first}"]
    if not count:
        return lines
    return [
        *lines,
        "lists = {}",
        f"for i = 1, {count} do",
        "local size = tonumber(ARGV[at])",
        "lists[i] = {unpack(ARGV, at + 1, at + size)}",
        "at = at + 1 + size",
        "end",
    ]


def _store(
    model: ModelSchema, single: Sequence[FieldSchema], others: Sequence[FieldSchema], values: dict[str, str]
) -> list[str]:
    in_hash = [
        f"{literal(field.stored)}, {values[field.name]}" for field in single if field.kind == INSTANCE_HASH
    ]
    lines = [f"call('HSET', {_key(model, 'hash:')}, {', '.join(in_hash)})"] if in_hash else []
    for field in (*single, *others):
        key, value = _key(model, f"field:{field.stored}:"), values[field.name]
        if field.kind == STRING:
            lines.append(f"call('SET', {key}, {value})")
        elif field.kind in _WRITERS:
            lines.append(f"call('{_WRITERS[field.kind]}', {key}, unpack({value}))")
    return lines


def _read(model: ModelSchema, indexed: Sequence[FieldSchema], values: dict[str, str]) -> list[str]:
    in_hash = [field for field in indexed if field.kind == INSTANCE_HASH]
    lines = []
    if in_hash:
        names = ", ".join(literal(field.stored) for field in in_hash)
        taken = ", ".join(values[field.name] for field in in_hash)
        lines.append(f"local {taken} = unpack(call('HMGET', {_key(model, 'hash:')}, {names}))")
    for field in indexed:
        key = _key(model, f"field:{field.stored}:")
        if field.kind == STRING:
            lines.append(f"local {values[field.name]} = call('GET', {key})")
        elif field.multi:
            lines.append(f"local {values[field.name]} = call({_READERS[field.kind].format(key)})")
    return lines


def _of_each_value(
    model: ModelSchema, fields: Iterable[FieldSchema], values: dict[str, str], what: str
) -> list[str]:
    """Lua code that checks, adds or removes the entries of each value of each field."""
    lines = []
    for field in fields:
        value = values[field.name]
        single = is_single(field)
        codes = [getattr(entry, what)(value if single else "element") for entry in entries(model, field)]
        codes = [f"do {code} end" for code in codes if code]
        if not codes:
            continue
        if single:
            lines.append(" ".join(codes) if what != "remove" else f"if {value} then {' '.join(codes)} end")
        elif field.kind == SORTED_SET and what != "remove":
            lines += [f"for i = 2, #{value}, 2 do local element = {value}[i]", *codes, "end"]
        else:
            lines += [f"for _, element in ipairs({value}) do", *codes, "end"]
    return lines
