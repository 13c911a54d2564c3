"""Commands on a field of one value (StringField, InstanceHashField).

Any command: read, run, read again, follow the difference. HSET and SET name the new value, so
that it can be checked before anything is written, and need not be read again.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lua import Script
from ..schema import FieldSchema, ModelSchema
from .parts import Entry, entries, literal, script, value_of

__all__ = ["assigning_script", "cell_script"]

# KEYS   1: the collection, 2: the key of the value
# ARGV   1: pk, 2...: the command
# Reply  that of the write engine for one native step


def cell_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for every command on one plain field."""
    indexes = entries(model, field)
    return script(
        "cell",
        [
            "local pk, key, call, pcall = ARGV[1], KEYS[2], redis.call, pcall",
            "local old, new, done = nil, nil, -1",
            "local function main()",
            "if call('SISMEMBER', KEYS[1], pk) == 0 then return {1, 'NOSUCH', '1'} end",
            f"old = {value_of(field, 'key')}",
            "local reply = run_native('', KEYS[1] .. ':scratch', unpack(ARGV, 2))",
            "if type(reply) == 'table' and reply.err then return reply end",
            f"new = {value_of(field, 'key')}",
            "if new == old then return {0, pk, reply} end",
            "done = 0",
            "if new then",
            *(f"do {entry.check('new')} end" for entry in indexes if entry.check("new")),
            "end",
            *_followed(field, indexes),
        ],
    )


def assigning_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for HSET and SET of one value, without options."""
    indexes = entries(model, field)
    command = f"'HSET', key, {literal(field.stored)}, new" if field.kind == "i" else "'SET', key, new"
    return script(
        "assigning",
        [
            "local pk, key, call, pcall = ARGV[1], KEYS[2], redis.call, pcall",
            "local old, new, done = nil, ARGV[#ARGV], -1",
            "local function main()",
            "if call('SISMEMBER', KEYS[1], pk) == 0 then return {1, 'NOSUCH', '1'} end",
            *(f"do {entry.check('new')} end" for entry in indexes if entry.check("new")),
            f"old = {value_of(field, 'key')}",
            f"local reply = call({command})",
            "if new == old then return {0, pk, reply} end",
            *_followed(field, indexes),
        ],
    )


def _followed(field: FieldSchema, indexes: Sequence[Entry]) -> list[str]:
    """The end of both: the entries follow, and if that fails all is as it was."""
    return [
        "done = 0",
        *(_follow(number, entry) for number, entry in enumerate(indexes, 1)),
        "return {0, pk, reply}",
        "end",
        "local ok, outcome = pcall(main)",
        "if ok then return outcome end",
        *(_take_back(number, entry) for number, entry in reversed(list(enumerate(indexes, 1)))),
        f"if done >= 0 then {_restore(field)} end",
        "return failed(outcome)",
    ]


def _follow(number: int, entry: Entry) -> str:
    gone = f"{entry.remove('old')}"
    if entry.replaces:
        return f"if new then {entry.add('new')} else {gone} end done = {number}"
    return f"if new then {entry.add('new')} end done = {number} if old then {gone} end"


def _take_back(number: int, entry: Entry) -> str:
    # an addition may have been done when the removal after it failed
    back = f"if new then {entry.remove('new')} end if old then {entry.add('old')} end"
    return f"if done >= {number} then {back} end"


def _restore(field: FieldSchema) -> str:
    if field.kind == "s":
        return "if old then call('SET', key, old, 'KEEPTTL') else call('DEL', key) end"
    name = literal(field.stored)
    return f"if old then call('HSET', key, {name}, old) else call('HDEL', key, {name}) end"
