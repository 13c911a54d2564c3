"""Commands of a SortedSetField, those of geographic sets included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .generic import sort_row
from .recorder import RECORDER, Recorded
from .row import SINGLES, Args, Row, Touch, read, write
from .values import after, at, members, members_from_key, none, since, unless_taken_apart

__all__ = ["SORTED_SET_ROWS"]

_ZADD_FLAGS = {"NX", "XX", "GT", "LT", "CH", "INCR"}


def _flags(args: Args) -> list[str]:
    flags: list[str] = []
    for arg in args[2:]:
        word = arg.decode() if isinstance(arg, bytes) else arg
        if not isinstance(word, str) or word not in _ZADD_FLAGS:
            break
        flags.append(word)
    return flags


def _zadd_members(args: Args) -> list[Any]:
    return list(args[3 + len(_flags(args)) :: 2])


def _zadd_parts(args: Args) -> tuple[int, int]:
    return 2 + len(_flags(args)), 2


def _geoadd_members(args: Args) -> list[Any]:
    return list(args[4 + len(_flags(args)) :: 3])


def _zadd_positions(args: Args) -> range:
    return range(3 + len(_flags(args)), len(args), 2)


def _geoadd_positions(args: Args) -> range:
    return range(4 + len(_flags(args)), len(args), 3)


def _has_no_flags(args: Args) -> bool:
    return not _flags(args)


def _zadded(args: Args) -> list[Touch]:
    return [("add" if "XX" in _flags(args) else "sure", _zadd_members(args))]


def _geoadded(args: Args) -> list[Touch]:
    return [("add" if "XX" in _flags(args) else "sure", _geoadd_members(args))]


def _incremented(args: Args) -> list[Touch]:
    return [("sure", [args[3]])]


def _third(args: Args) -> list[Any]:
    return [args[3]]


def _removed(args: Args) -> list[Touch]:
    return [("gone", list(args[2:]))]


def _taken(args: Args) -> list[Touch]:
    return [("taken", [])]


def _zadd(key: Any, mapping: Mapping[Any, Any] | None = None, /, **kwargs: Any) -> Recorded:
    """zadd({member: score}, nx=..., ...), or zadd(member=score) for members that are words.

    A keyword that redis-py knows as a flag and whose value is a bool is the flag.
    """
    options = {name: kwargs.pop(name) for name in tuple(kwargs) if _is_flag(name, kwargs[name])}
    recorded: Recorded = RECORDER.zadd(key, {**(mapping or {}), **kwargs}, **options)
    return recorded


def _is_flag(name: str, value: Any) -> bool:
    return name in ("nx", "xx", "gt", "lt", "ch", "incr") and isinstance(value, bool)


def _aggregate(name: str) -> Any:
    """ZINTER and its like: the field itself is the first of the keys."""

    def build(key: Any, others: Any = (), **kwargs: Any) -> Recorded:
        keys = {key: 1, **others} if isinstance(others, Mapping) else [key, *_as_list(others)]
        recorded: Recorded = getattr(RECORDER, name)(keys, **kwargs)
        return recorded

    return build


def _as_list(others: Any) -> Iterable[Any]:
    return [others] if isinstance(others, str | bytes) else others


def _zintercard(key: Any, others: Any = (), limit: int = 0) -> Recorded:
    keys = [key, *_as_list(others)]
    recorded: Recorded = RECORDER.zintercard(len(keys), keys, limit)
    return recorded


def _zmpop(key: Any, min: bool = False, max: bool = False, count: int | None = 1) -> Recorded:
    recorded: Recorded = RECORDER.zmpop(1, [key], min=min, max=max, count=count)
    return recorded


def _bzmpop(
    key: Any, timeout: float = 0, min: bool = False, max: bool = False, count: int | None = 1
) -> Recorded:
    recorded: Recorded = RECORDER.bzmpop(timeout, 1, [key], min=min, max=max, count=count)
    return recorded


SORTED_SET_ROWS: tuple[Row, ...] = (
    read("zcard"),
    read("zcount"),
    read("zscore", encodes=at(2)),
    read("zmscore", encodes=since(2)),
    read("zrank", encodes=at(2)),
    read("zrevrank", encodes=at(2)),
    read("zrange", decodes=members),
    read("zrevrange", decodes=members),
    read("zrangebyscore", decodes=members),
    read("zrevrangebyscore", decodes=members),
    read("zrangebylex", decodes=members),
    read("zrevrangebylex", decodes=members),
    read("zlexcount"),
    read("zrandmember", decodes=members),
    read("zinter", _aggregate("zinter"), decodes=members),
    read("zunion", _aggregate("zunion"), decodes=members),
    read("zdiff", _aggregate("zdiff"), decodes=members),
    read("zintercard", _zintercard, since=("7.0", "7.2")),
    sort_row(),
    read("sort_ro", since=("7.0", "7.2"), decodes=unless_taken_apart),
    read("geodist", encodes=at(2, 3)),
    read("geohash", encodes=since(2)),
    read("geopos", encodes=since(2)),
    read("geosearch", encodes=after("FROMMEMBER"), decodes=members),
    write(
        "zadd",
        _zadded,
        builder=_zadd,
        news=_zadd_members,
        resp3=True,
        alone_if=_has_no_flags,
        parts=_zadd_parts,
        encodes=_zadd_positions,
    ),
    write("zincrby", _incremented, news=_third, resp3=True, encodes=at(3)),
    write("zrem", _removed, parts=SINGLES, encodes=since(2), stores=none),
    write("zremrangebyrank"),
    write("zremrangebyscore"),
    write("zremrangebylex"),
    write("zpopmin", _taken, resp3=True, decodes=members),
    write("zpopmax", _taken, resp3=True, decodes=members),
    write("zmpop", builder=_zmpop, resp3=True, since=("7.0", "7.2"), decodes=members_from_key),
    write("zinterstore"),
    write("zunionstore"),
    write("zdiffstore"),
    write("zrangestore"),
    write("geoadd", _geoadded, news=_geoadd_members, encodes=_geoadd_positions),
    write("geosearchstore", encodes=after("FROMMEMBER"), stores=none),
    write("bzpopmin", blocking=True, decodes=members_from_key),
    write("bzpopmax", blocking=True, decodes=members_from_key),
    write("bzmpop", builder=_bzmpop, blocking=True, since=("7.0", "7.2"), decodes=members_from_key),
)
