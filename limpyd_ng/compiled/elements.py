"""Elements that are all added to, or all taken out of, a field of many: SADD, RPUSH, ZADD, SREM...

The entries come first: once they are as they shall be, only the command itself can fail. Of what was
done, ``undo`` has what takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lua import Script
from ..schema import SORTED_SET, FieldSchema, ModelSchema
from .parts import NOT_REMOVED, Entry, entries, object_is_there, script

__all__ = ["adding_script", "removing_script"]

_EACH = "for i = 3, #ARGV do local element = ARGV[i]"
_EACH_SCORED = "for i = 4, #ARGV, 2 do local element = ARGV[i]"

# KEYS   1: the collection, 2: the key of the value
# ARGV   1: pk, 2: the command, 3...: the elements; for ZADD each after its score
# Reply  that of the command
# Errors those of Redis, or a refusal; nothing changed


def adding_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which all elements named are in the value."""
    indexes, each = entries(model, field), _EACH_SCORED if field.kind == SORTED_SET else _EACH
    checks = [f"do {check} end" for entry in indexes if (check := entry.check("element"))]
    return _script(
        "adding", [each, *checks, "end"] if checks else [], each, [_enter(entry) for entry in indexes]
    )


def removing_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which none of the elements named is in the value."""
    return _script("removing", [], _EACH, [_leave(entry) for entry in entries(model, field)])


def _script(name: str, checks: Sequence[str], each: str, steps: Sequence[str]) -> Script:
    return script(
        name,
        [
            "local pk, call = ARGV[1], redis.pcall",
            *object_is_there(),
            *checks,
            "local undo, reply = {}, nil",
            "repeat",
            each,
            *steps,
            "end",
            "if reply then break end",
            "reply = call(ARGV[2], KEYS[2], unpack(ARGV, 3))",
            "if type(reply) == 'table' then break end",
            "return reply",
            "until true",
            "for i = #undo, 1, -1 do call(unpack(undo[i])) end",
            "return reply",
        ],
    )


def _enter(entry: Entry) -> str:
    return _step(f"local done = {entry.add('element')}", "type(done) == 'table'", entry.removal("element"))


def _leave(entry: Entry) -> str:
    return _step(
        f"local done {entry.remove('element', 'done')}", NOT_REMOVED.format("done"), entry.addition("element")
    )


def _step(code: str, failed: str, undo: str) -> str:
    """Lua code that stops with what failed in ``reply``; 1 says that there is something to take back."""
    back = f"if done == 1 then undo[#undo + 1] = {{{undo}}} end"
    return f"do {code} if {failed} then reply = done break end {back} end"
