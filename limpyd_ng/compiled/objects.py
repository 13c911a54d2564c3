"""Objects as a whole: how they go, and how they are read. How they come is in ``creation``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..lua import Script
from ..schema import INSTANCE_HASH, SORTED_SET, STRING, FieldSchema, ModelSchema
from .parts import FAILED, NOT_REMOVED, Entry, entries, literal, object_is_there, script
from .wholes import READERS, each

__all__ = ["deleting_script", "loading_script"]

#: how many entries of a hash are named in one call
_AT_ONCE = 100
#: how whole values are read, scores and sub-keys included
_LOADERS = {
    **READERS,
    STRING: "'GET', {}",
    SORTED_SET: "'ZRANGE', {}, 0, -1, 'WITHSCORES'",
}


def deleting_script(model: ModelSchema) -> Script:
    """The script that removes an object of a model whose indexes are all plain.

    KEYS 1: the collection. ARGV 1: pk. Reply: 1. Errors: those of Redis, or a refusal; nothing changed.
    """
    fields = list(model.fields.values())
    indexed = [field for field in fields if field.indexes]
    values = {field.name: f"old{at}" for at, field in enumerate(indexed, 1)}
    keys = _keys(model, [field for field in fields if field.kind != INSTANCE_HASH])
    keys.append(_key(model, "hash:"))
    stop = f"if {NOT_REMOVED.format('reply')} then break end"
    return script(
        "deleting",
        [
            "local pk, call = ARGV[1], redis.pcall",
            *object_is_there(),
            *_read(model, indexed, values),
            "local reply",
            "repeat",
            *_of_each_value(
                model, indexed, values, lambda entry, value: f"{entry.remove(value)} {stop}", stop
            ),
            f"reply = call('SREM', KEYS[1], pk) {stop}",
            f"reply = call('UNLINK', {', '.join(keys)}) {stop}",
            "return 1",
            "until true",
            *_of_each_value(model, indexed, values, Entry.add),
            "call('SADD', KEYS[1], pk)",
            "return reply",
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


def _read(model: ModelSchema, indexed: Sequence[FieldSchema], values: dict[str, str]) -> list[str]:
    in_hash = [field for field in indexed if field.kind == INSTANCE_HASH]
    lines = []
    if in_hash:
        names = ", ".join(literal(field.stored) for field in in_hash)
        taken = ", ".join(values[field.name] for field in in_hash)
        lines.append(f"local olds = call('HMGET', {_key(model, 'hash:')}, {names})")
        lines.append("if olds.err then return olds end")
        lines.append(f"local {taken} = unpack(olds, 1, {len(in_hash)})")
    for field in indexed:
        if field.kind != INSTANCE_HASH:
            old, key = values[field.name], _key(model, f"field:{field.stored}:")
            command = "'GET', {}" if field.kind == STRING else READERS[field.kind]
            lines.append(f"local {old} = call({command.format(key)})")
            lines.append(f"if {FAILED.format(old)} then return {old} end")
    return lines


def _of_each_value(
    model: ModelSchema,
    fields: Iterable[FieldSchema],
    values: dict[str, str],
    code: Callable[[Entry, str], str],
    after: str = "",
) -> list[str]:
    """Lua code for each index of each value there is; ``after`` comes after loops over elements."""
    lines = []
    for field in fields:
        value = values[field.name]
        single = field.single
        codes = [f"do {code(entry, value if single else 'element')} end" for entry in entries(model, field)]
        if single:
            lines += [f"if {value} then", *codes, "end"]
        else:
            lines += [each(field, value), *codes, "end", after]
    return lines
