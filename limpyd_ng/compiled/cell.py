"""Writes to fields of one value (StringField, InstanceHashField), or one sub-key, of one object.

New values that are named (HSET, SET, ``update``: see ``updates``) are checked before anything is written,
and need not be read again. Any other command: read, run, read again, check, follow the difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..lua import Script
from ..schema import HASH, INSTANCE_HASH, STRING, FieldSchema, ModelSchema
from .parts import FAILED, Entry, Steps, entries, entry_of, literal, object_is_there, script, value_of

__all__ = ["Cells", "cell_script"]


def cell_script(model: ModelSchema, field: FieldSchema) -> Script:
    """The script for every command on one plain field, or on one sub-key of a hash.

    KEYS 1: the collection, 2: the key of the value. ARGV 1: pk, 2: the command, 3...: its arguments after
    the key, first the sub-key. Reply: that of the command. Errors: those of Redis, or a refusal; nothing
    changed.
    """
    indexes = entries(model, field)
    steps = Steps()
    steps.follow(indexes, "old", "new")
    return script(
        "cell",
        [
            "local pk, key, call = ARGV[1], KEYS[2], redis.pcall",
            *object_is_there(),
            "local sub = ARGV[3]" if field.kind == HASH else "",
            f"local old = {value_of(field, 'key')}",
            f"if {FAILED.format('old')} then return old end",
            "local answer = run_native('', KEYS[1] .. ':scratch', ARGV[2], key, unpack(ARGV, 3))",
            "if type(answer) == 'table' and answer.err then return answer end",
            f"local new = {value_of(field, 'key')}",
            "if new == old then return answer end",
            "local reply",
            *_checked_after(field, indexes),
            *steps.code("answer"),
            *_restored(field, "key", "old"),
            "return failure",
        ],
    )


def _checked_after(field: FieldSchema, indexes: Sequence[Entry]) -> list[str]:
    """Checks of a value that is there already, which goes if it is refused."""
    checks = [check for entry in indexes if (check := entry.check("new"))]
    if not checks:
        return []
    return [
        "local function refusal()",
        *(f"do {check} end" for check in checks),
        "end",
        "local refused = new and refusal()",
        "if refused then",
        *_restored(field, "key", "old"),
        "return refused",
        "end",
    ]


class Cells:
    """Lua code for the values of some fields, by the names of the variables they are in."""

    def __init__(
        self,
        model: ModelSchema,
        given: Sequence[FieldSchema],
        gone: Sequence[FieldSchema],
        keys: Mapping[FieldSchema, str],
    ) -> None:
        self._given, self._gone, self._keys = given, gone, keys
        self._all = (*given, *gone)
        self._entries = {field.stored: entries(model, field) for field in self._all}
        self.new = {field.stored: f"new{number}" for number, field in enumerate(given, 1)}
        self._old = {field.stored: f"old{number}" for number, field in enumerate(self._all, 1)}

    def checked(self) -> list[str]:
        """Ends the script where a value is refused."""
        return [
            f"do {check} end"
            for field in self._given
            for entry in self._entries[field.stored]
            if (check := entry.check(self.new[field.stored]))
        ]

    def read(self) -> list[str]:
        """The values before."""
        in_hash = [field for field in self._all if field.kind == INSTANCE_HASH]
        others = [field for field in self._all if field.kind != INSTANCE_HASH]
        lines = []
        if len(in_hash) > 1:
            names = ", ".join(literal(field.stored) for field in in_hash)
            olds = ", ".join(self._old[field.stored] for field in in_hash)
            lines += [
                f"local olds = call('HMGET', {self._keys[in_hash[0]]}, {names})",
                "if olds.err then return olds end",
                f"local {olds} = unpack(olds, 1, {len(in_hash)})",
            ]
        for field in others if len(in_hash) > 1 else (*in_hash, *others):
            old = self._old[field.stored]
            lines.append(f"local {old} = {value_of(field, self._keys[field])}")
            lines.append(f"if {FAILED.format(old)} then return {old} end")
            if field.kind != INSTANCE_HASH and not field.tracked:
                lines.append(f"local life_{old} = call('PTTL', {self._keys[field]})")
        return lines

    def write(self, steps: Steps) -> None:
        """The values as they shall be."""
        hashed = [field for field in self._given if field.kind == INSTANCE_HASH]
        dropped = [field for field in self._gone if field.kind == INSTANCE_HASH]
        if hashed:
            pairs = ", ".join(f"{literal(field.stored)}, {self.new[field.stored]}" for field in hashed)
            steps.add(f"reply = call('HSET', {self._keys[hashed[0]]}, {pairs})", self._back(hashed))
        if dropped:
            names = ", ".join(literal(field.stored) for field in dropped)
            steps.add(f"reply = call('HDEL', {self._keys[dropped[0]]}, {names})", self._back(dropped))
        for field in self._all:
            if field.kind != INSTANCE_HASH:
                new = self.new.get(field.stored)
                command = f"'SET', {self._keys[field]}, {new}" if new else f"'DEL', {self._keys[field]}"
                steps.add(f"reply = call({command})", self._back([field]))

    def follow(self, steps: Steps) -> None:
        """The entries of the values."""
        for field in self._all:
            old, new = self._old[field.stored], self.new.get(field.stored)
            steps.follow(self._entries[field.stored], old, new)

    def _back(self, fields: Iterable[FieldSchema]) -> list[str]:
        lines = []
        for field in fields:
            old, key = self._old[field.stored], self._keys[field]
            lines += _restored(field, key, old)
            if field.kind != INSTANCE_HASH and not field.tracked:
                lines.append(f"if life_{old} > 0 then call('PEXPIRE', {key}, life_{old}) end")
        return lines


def _restored(field: FieldSchema, key: str, old: str) -> list[str]:
    if field.kind == STRING:
        return [f"if {old} then call('SET', {key}, {old}, 'KEEPTTL') else call('DEL', {key}) end"]
    name = entry_of(field)
    return [f"if {old} then call('HSET', {key}, {name}, {old}) else call('HDEL', {key}, {name}) end"]
