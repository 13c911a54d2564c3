"""Elements that are all added to, or all taken out of, a set or a list: SADD, RPUSH, SREM...

The entries come first: once they are as they shall be, only the command itself can fail. Of what was
done, ``undo`` has what takes it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..lua import Script
from ..schema import FieldSchema, ModelSchema
from .parts import NOT_REMOVED, Entry, entries, object_is_there, script

__all__ = ["adding_script", "removing_script"]

# KEYS   1: the collection, 2: the key of the value
# ARGV   1: pk, 2: the command, 3...: the elements
# Reply  that of the command
# Errors those of Redis, or a refusal; nothing changed


def adding_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which all elements named are in the value."""
    indexes = entries(model, field)
    return _script("adding", _checked(indexes), [_enter(entry) for entry in indexes])


def removing_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for commands after which none of the elements named is in the value."""
    return _script("removing", [], [_leave(entry) for entry in entries(model, field)])


def _script(name: str, checks: Sequence[str], steps: Sequence[str]) -> Script:
    return script(
        name,
        [
            "local pk, call = ARGV[1], redis.pcall",
            *object_is_there(),
            *checks,
            "local undo, reply = {}, nil",
            "repeat",
            *_each(steps),
            "if reply then break end",
            "reply = call(ARGV[2], KEYS[2], unpack(ARGV, 3))",
            "if type(reply) == 'table' then break end",
            "return reply",
            "until true",
            "for i = #undo, 1, -1 do call(unpack(undo[i])) end",
            "return reply",
        ],
    )


def _each(codes: Sequence[str]) -> list[str]:
    return ["for i = 3, #ARGV do", "local element = ARGV[i]", *codes, "end"]


def _checked(indexes: Sequence[Entry]) -> list[str]:
    checks = [f"do {check} end" for entry in indexes if (check := entry.check("element"))]
    return _each(checks) if checks else []


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
