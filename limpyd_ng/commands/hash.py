"""Commands of a HashField, and of an InstanceHashField, which is one entry of a hash."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exceptions import InvalidValueError
from .recorder import RECORDER, Recorded
from .row import PAIRS, SINGLES, Args, Row, Touch, read, write
from .values import at, keys, mapping, one, random_keys, since, some

__all__ = ["ENTRY", "HASH_ROWS", "INSTANCE_HASH_ROWS"]

_V9 = ("7.4", "9.0")
_V8 = ("8.0", "9.0")
_EXPIRY_WORDS = {"EX", "PX", "EXAT", "PXAT"}


# Which sub-keys a command names.


def _one(args: Args) -> list[Touch]:
    return [("named", [args[2]])]


def _rest(args: Args) -> list[Touch]:
    return [("named", list(args[2:]))]


def _pairs(args: Args) -> list[Touch]:
    return [("named", list(args[2::2]))]


def _fields_at(args: Args) -> int:
    for position, arg in enumerate(args):
        if position > 1 and arg == "FIELDS":
            return position + 2
    return len(args)


def _after_fields(args: Args) -> list[Touch]:
    return [("named", list(args[_fields_at(args) :]))]


def _pairs_after_fields(args: Args) -> list[Touch]:
    return [("named", list(args[_fields_at(args) :: 2]))]


def _pair_values(args: Args) -> list[Any]:
    return list(args[3::2])


def _pair_values_after_fields(args: Args) -> list[Any]:
    return list(args[_fields_at(args) + 1 :: 2])


def _named_keys(args: Args) -> range:
    return range(_fields_at(args), len(args))


def _keys_of_pairs(args: Args) -> range:
    return range(_fields_at(args), len(args), 2)


def _named_values(args: Args) -> range:
    return range(_fields_at(args) + 1, len(args), 2)


def _third(args: Args) -> list[Any]:
    return [args[3]]


def _always(args: Args) -> bool:
    return True


def _has_expiry(args: Args) -> bool:
    return any(arg in _EXPIRY_WORDS for arg in args[2 : _fields_at(args) - 2] if isinstance(arg, str))


def _unchanged(args: Args) -> list[Touch]:
    return []


def _checked_pairs(mapping: Mapping[Any, Any] | None, kwargs: Mapping[str, Any]) -> dict[Any, Any]:
    pairs = {**(mapping or {}), **kwargs}
    if not pairs:
        raise InvalidValueError("hmset: give at least one value")
    return pairs


def _hmset(key: Any, mapping: Mapping[Any, Any] | None = None, /, **kwargs: Any) -> Recorded:
    # the wire form is HSET's, which takes the same pairs; the reply is HMSET's
    pairs = _checked_pairs(mapping, kwargs)
    flat = [item for pair in pairs.items() for item in pair]
    return ("HMSET", key, *flat), {}


HASH_ROWS: tuple[Row, ...] = (
    read("hget", encodes_keys=at(2), decodes=one),
    read("hmget", encodes_keys=since(2), decodes=some),
    read("hgetall", decodes=mapping),
    read("hkeys", decodes=keys),
    read("hvals", decodes=some),
    read("hexists", encodes_keys=at(2)),
    read("hlen"),
    read("hstrlen", encodes_keys=at(2)),
    read("hrandfield", decodes=random_keys),
    read("httl", since=_V9, encodes_keys=_named_keys),
    read("hpttl", since=_V9, encodes_keys=_named_keys),
    read("hexpiretime", since=_V9, encodes_keys=_named_keys),
    read("hpexpiretime", since=_V9, encodes_keys=_named_keys),
    write("hset", _pairs, news=_pair_values, parts=PAIRS, encodes=since(3, 2), encodes_keys=since(2, 2)),
    write("hsetnx", _one, news=_third, encodes=at(3), encodes_keys=at(2)),
    write(
        "hmset",
        _pairs,
        builder=_hmset,
        news=_pair_values,
        parts=PAIRS,
        encodes=since(3, 2),
        encodes_keys=since(2, 2),
    ),
    write("hdel", _rest, parts=SINGLES, encodes_keys=since(2)),
    write("hincrby", _one, encodes_keys=at(2)),
    write("hincrbyfloat", _one, encodes_keys=at(2)),
    write("hgetdel", _after_fields, since=("8.0", "9.1"), encodes_keys=_named_keys, decodes=some),
    write("hgetex", _after_fields, expires=_has_expiry, since=_V8, encodes_keys=_named_keys, decodes=some),
    write(
        "hsetex",
        _pairs_after_fields,
        news=_pair_values_after_fields,
        expires=_has_expiry,
        since=_V8,
        encodes=_named_values,
        encodes_keys=_keys_of_pairs,
    ),
    write("hexpire", _unchanged, expires=_always, since=_V9, encodes_keys=_named_keys),
    write("hpexpire", _unchanged, expires=_always, since=_V9, encodes_keys=_named_keys),
    write("hexpireat", _unchanged, expires=_always, since=_V9, encodes_keys=_named_keys),
    write("hpexpireat", _unchanged, expires=_always, since=_V9, encodes_keys=_named_keys),
    write("hpersist", _unchanged, since=_V9, encodes_keys=_named_keys),
)


# The same commands for one entry: the name of the entry is not given by the caller.
# ENTRY stands for it in the wire arguments, as KEY does for the key.


class _Entry(str):
    __slots__ = ()


ENTRY = _Entry("\0the name of the entry")


# redis-py's methods take several entries: others of the object's hash are other fields, with their own
# values, rules and indexes. So these take what is about the one entry alone.


def _entry(name: str) -> Any:
    def build(key: Any) -> Recorded:
        recorded: Recorded = getattr(RECORDER, name)(key, ENTRY)
        return recorded

    build.__qualname__ = name  # which errors show
    return build


def _entry_last(name: str, time: str) -> Any:
    def build(key: Any, *when: Any, **conditions: Any) -> Recorded:
        when += tuple(conditions.pop(word) for word in (time,) if word in conditions)
        if len(when) != 1:
            raise TypeError(f"{name}() takes {time}, and conditions by their names; {len(when)} were given")
        recorded: Recorded = getattr(RECORDER, name)(key, *when, ENTRY, **conditions)
        return recorded

    build.__qualname__ = name
    return build


def _hset(key: Any, value: Any) -> Recorded:
    recorded: Recorded = RECORDER.hset(key, ENTRY, value)
    return recorded


def _hsetnx(key: Any, value: Any) -> Recorded:
    recorded: Recorded = RECORDER.hsetnx(key, ENTRY, value)
    return recorded


def _hincrby(key: Any, amount: Any = 1) -> Recorded:
    recorded: Recorded = RECORDER.hincrby(key, ENTRY, amount)
    return recorded


def _hincrbyfloat(key: Any, amount: Any = 1.0) -> Recorded:
    recorded: Recorded = RECORDER.hincrbyfloat(key, ENTRY, amount)
    return recorded


def _hdel(key: Any) -> Recorded:
    return ("HDEL", key, ENTRY), {}


def _hexists(key: Any) -> Recorded:
    return ("HEXISTS", key, ENTRY), {}


def _hgetex(key: Any, **expiry: Any) -> Recorded:
    recorded: Recorded = RECORDER.hgetex(key, ENTRY, **expiry)
    return recorded


def _hsetex(key: Any, value: Any, **options: Any) -> Recorded:
    if not options.keys().isdisjoint(("mapping", "items")):
        raise TypeError("hsetex() is about the value of this field alone: it takes no mapping and no items")
    recorded: Recorded = RECORDER.hsetex(key, ENTRY, value, **options)
    return recorded


def _entry_value(args: Args) -> list[Any]:
    return [args[3]]


INSTANCE_HASH_ROWS: tuple[Row, ...] = (
    read("hget", _entry("hget"), decodes=one),
    read("hexists", _hexists),
    read("exists", _hexists),
    read("hstrlen", _entry("hstrlen")),
    read("httl", _entry("httl"), since=_V9),
    read("hpttl", _entry("hpttl"), since=_V9),
    read("hexpiretime", _entry("hexpiretime"), since=_V9),
    read("hpexpiretime", _entry("hpexpiretime"), since=_V9),
    write("hset", builder=_hset, news=_entry_value, encodes=at(3)),
    write("hsetnx", builder=_hsetnx, news=_entry_value, encodes=at(3)),
    write("hincrby", builder=_hincrby),
    write("hincrbyfloat", builder=_hincrbyfloat),
    write("hdel", builder=_hdel),
    write("delete", builder=_hdel),
    write("hgetdel", builder=_entry("hgetdel"), since=("8.0", "9.1"), decodes=some),
    write("hgetex", builder=_hgetex, expires=_has_expiry, since=_V8, decodes=some),
    write("hsetex", builder=_hsetex, expires=_has_expiry, since=_V8, encodes=_named_values),
    write("hexpire", builder=_entry_last("hexpire", "seconds"), expires=_always, since=_V9),
    write("hpexpire", builder=_entry_last("hpexpire", "milliseconds"), expires=_always, since=_V9),
    write("hexpireat", builder=_entry_last("hexpireat", "unix_time_seconds"), expires=_always, since=_V9),
    write(
        "hpexpireat", builder=_entry_last("hpexpireat", "unix_time_milliseconds"), expires=_always, since=_V9
    ),
    write("hpersist", builder=_entry("hpersist"), since=_V9),
)
