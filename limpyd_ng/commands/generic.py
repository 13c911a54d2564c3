"""Commands that every key has."""

from __future__ import annotations

from typing import Any

from .recorder import RECORDER, Recorded
from .row import ALL, Args, Row, Touch, read, write
from .values import unless_taken_apart

__all__ = ["GENERIC", "HASH_ENTRY_GENERIC", "LEFT_OUT", "sort_row"]


def _expiry(args: Args) -> bool:
    return True


def _second(args: Args) -> list[tuple[int, list[Touch]]]:
    return [(2, ALL)]


def _of_one_key(name: str) -> Any:
    """A command that redis-py sends for several keys: what it would do to others, their fields have to do."""

    def build(key: Any) -> Recorded:
        recorded: Recorded = getattr(RECORDER, name)(key)
        return recorded

    build.__qualname__ = name  # which errors show
    return build


def _object(key: Any, infotype: str) -> Recorded:
    recorded: Recorded = RECORDER.object(infotype, key)
    return recorded


def _move(key: Any, db: int) -> Recorded:
    recorded: Recorded = RECORDER.move(key, db)
    return recorded


def _restore_expires(args: Args) -> bool:
    return str(args[2]) != "0"


def _nothing_changes(args: Args) -> list[Touch]:
    return []


def _store_position(args: Args) -> int:
    for position, arg in enumerate(args):
        if position > 1 and arg in ("STORE", b"STORE"):
            return position + 1
    return 0


def _sort_targets(args: Args) -> list[tuple[int, list[Touch]]]:
    position = _store_position(args)
    return [(position, ALL)] if position else []


def sort_row() -> Row:
    """SORT: a read, or with ``store=`` a write of another key."""
    return Row("sort", write=False, touch=None, targets=_sort_targets, decodes=unless_taken_apart)


_EXPIRE = {"touch": _nothing_changes, "expires": _expiry}

GENERIC: tuple[Row, ...] = (
    read("exists", _of_one_key("exists")),
    read("type"),
    read("ttl"),
    read("pttl"),
    read("expiretime", since=("7.0", "7.2")),
    read("pexpiretime", since=("7.0", "7.2")),
    read("dump"),
    read("object", _object),
    read("memory_usage"),
    read("touch", _of_one_key("touch")),
    write("delete", builder=_of_one_key("delete")),
    write("unlink", builder=_of_one_key("unlink")),
    write("expire", **_EXPIRE),
    write("pexpire", **_EXPIRE),
    write("expireat", **_EXPIRE),
    write("pexpireat", **_EXPIRE),
    write("persist", touch=_nothing_changes),
    write("restore", expires=_restore_expires),
    write("rename", targets=_second),
    write("renamenx", targets=_second),
    write("move", builder=_move),
    Row("copy", write=True, touch=None, targets=_second),
)

#: for an entry of the instance's hash, which is no key of its own
HASH_ENTRY_GENERIC: tuple[str, ...] = ("delete", "exists")

#: commands of the server's groups that no field offers, and why
LEFT_OUT: dict[str, str] = {
    "keys": "looks at the whole database: RedisDatabase.scan_keys, Model.scan_model_keys",
    "scan": "looks at the whole database: RedisDatabase.scan_keys",
    "randomkey": "looks at the whole database",
    "migrate": "moves keys to another server, away from their indexes; use database.connection",
    "wait": "is about the connection, not about a key; use database.connection",
    "waitaof": "is about the connection, not about a key; use database.connection",
    "mget": "reads several keys: a pipeline reads several fields in one request",
    "mset": "writes several keys: instance.update() writes several fields at once",
    "msetnx": "writes several keys: instance.update() writes several fields at once",
    "msetex": "writes several keys: instance.update() writes several fields at once",
    "del": "is called delete, as in redis-py",
    "georadius": "deprecated by Redis: geosearch and geosearchstore do the same",
    "georadius_ro": "deprecated by Redis: geosearch does the same",
    "georadiusbymember": "deprecated by Redis: geosearch and geosearchstore do the same",
    "georadiusbymember_ro": "deprecated by Redis: geosearch does the same",
    "pfdebug": "is for those who work on the server itself",
    "pfselftest": "is for those who work on the server itself",
}
