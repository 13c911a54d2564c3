"""Commands of a StringField: strings, bit strings and HyperLogLogs."""

from __future__ import annotations

from typing import Any

from .recorder import RECORDER, Recorded
from .row import Args, Row, read, write
from .values import after, at, none, old_value, one

__all__ = ["STRING_ROWS"]

_EXPIRY_WORDS = {"EX", "PX", "EXAT", "PXAT"}


def _second(args: Args) -> list[Any]:
    return [args[2]]


def _third(args: Args) -> list[Any]:
    return [args[3]]


def _has_expiry(args: Args) -> bool:
    first = 3 if args[0] == "SET" else 2
    return any(arg in _EXPIRY_WORDS for arg in args[first:] if isinstance(arg, str))


def _always(args: Args) -> bool:
    return True


def _set_values(args: Args) -> list[int]:
    return [2, *after("IFEQ", "IFNE", first=3)(args)]


def _bitop(key: Any, operation: str, *keys: Any) -> Recorded:
    recorded: Recorded = RECORDER.bitop(operation, key, *keys)
    return recorded


def _lcs(key: Any, other: Any, *args: Any, **kwargs: Any) -> Recorded:
    recorded: Recorded = RECORDER.lcs(key, other, *args, **kwargs)
    return recorded


def _delifeq(key: Any, value: Any) -> Recorded:
    return ("DELIFEQ", key, value), {}


STRING_ROWS: tuple[Row, ...] = (
    read("get", decodes=one),
    read("getrange"),
    read("substr"),
    read("strlen"),
    read("getbit"),
    read("bitcount"),
    read("bitpos"),
    read("bitfield_ro"),
    read("lcs", _lcs, since=("7.0", "7.2")),
    read("digest", since=("8.4", "none yet")),
    Row("pfcount"),
    write("set", news=_second, expires=_has_expiry, encodes=_set_values, stores=at(2), decodes=old_value),
    write("setnx", news=_second, encodes=at(2)),
    write("setex", news=_third, expires=_always, encodes=at(3)),
    write("psetex", news=_third, expires=_always, encodes=at(3)),
    write("getset", news=_second, encodes=at(2), decodes=one),
    write("getdel", decodes=one),
    write("getex", expires=_has_expiry, decodes=one),
    write("append"),
    write("setrange"),
    write("incr"),
    write("incrby"),
    write("incrbyfloat"),
    write("increx", expires=_has_expiry, since=("8.8", "none yet")),
    write("decr"),
    write("decrby"),
    write("setbit"),
    write("bitop", builder=_bitop),
    write("delex", since=("8.4", "none yet"), encodes=after("IFEQ", "IFNE"), stores=none),
    write("delifeq", builder=_delifeq, since=("none yet", "9.0"), encodes=at(2), stores=none),
    write("pfadd"),
    write("pfmerge"),
)
