"""Elements that are all added to, or all taken out of, a set or a list: SADD, RPUSH, SREM..."""

from __future__ import annotations

from ..lua import Script
from ..schema import FieldSchema, ModelSchema
from .parts import Entry, entries, script

__all__ = ["adding_script", "removing_script"]

# KEYS   1: the collection, 2: the key of the value
# ARGV   1: pk, 2: the command, 3: its key, 4...: the elements
# Reply  that of the write engine for one native step


def adding_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which all elements named are in the value.

    The entries come first: once they are there, only the command itself can fail.
    """
    indexes = entries(model, field)
    return script(
        "adding",
        [
            "local pk, call, pcall = ARGV[1], redis.call, pcall",
            "local undo = {}",
            "local function main()",
            "if call('SISMEMBER', KEYS[1], pk) == 0 then return {1, 'NOSUCH', '1'} end",
            "for i = 4, #ARGV do",
            "local element = ARGV[i]",
            *(f"do {entry.check('element')} end" for entry in indexes if entry.check("element")),
            *(_enter(entry) for entry in indexes),
            "end",
            "local reply = redis.pcall(unpack(ARGV, 2))",
            "if type(reply) == 'table' and reply.err then error(reply) end",
            "return {0, pk, reply}",
            "end",
            "local ok, outcome = pcall(main)",
            "if ok then return outcome end",
            "for i = #undo, 1, -1 do redis.pcall(unpack(undo[i])) end",
            "return failed(outcome)",
        ],
    )


def _enter(entry: Entry) -> str:
    added = f"{entry.add('element')} == 1"
    if entry.kind == "e":
        back = f"'SREM', {entry.base} .. ':' .. element, pk"
    elif entry.kind == "eu":
        back = f"'HDEL', {entry.base}, element"
    else:
        back = f"'ZREM', {entry.base}, {entry.member('element')}"
    return f"if {added} then undo[#undo + 1] = {{{back}}} end"


def removing_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which none of the elements named is in the value."""
    return script(
        "removing",
        [
            "local pk, call = ARGV[1], redis.call",
            "if call('SISMEMBER', KEYS[1], pk) == 0 then return {1, 'NOSUCH', '1'} end",
            "local reply = redis.pcall(unpack(ARGV, 2))",
            "if type(reply) == 'table' and reply.err then return reply end",
            "for i = 4, #ARGV do",
            "local element = ARGV[i]",
            *(entry.remove("element") for entry in entries(model, field)),
            "end",
            "return {0, pk, reply}",
        ],
    )
