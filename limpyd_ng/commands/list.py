"""Commands of a ListField."""

from __future__ import annotations

from typing import Any

from .generic import sort_row
from .recorder import RECORDER, Recorded
from .row import ALL, SINGLES, Args, Row, Touch, read, write
from .values import at, from_key, none, one, since, some, unless_taken_apart

__all__ = ["LIST_ROWS"]


def _pushed(args: Args) -> list[Touch]:
    return [("sure", list(args[2:]))]


def _maybe_pushed(args: Args) -> list[Touch]:
    return [("add", list(args[2:]))]


def _inserted(args: Args) -> list[Touch]:
    return [("add", [args[4]])]


def _replaced(args: Args) -> list[Touch]:
    return [("at", [args[2]]), ("add", [args[3]])]


def _removed(args: Args) -> list[Touch]:
    return [("gone", [args[3]])]


def _taken(args: Args) -> list[Touch]:
    return [("taken", [])]


def _rest(args: Args) -> list[Any]:
    return list(args[2:])


def _inserted_value(args: Args) -> list[Any]:
    return [args[4]]


def _replacing_value(args: Args) -> list[Any]:
    return [args[3]]


def _second(args: Args) -> list[tuple[int, list[Touch]]]:
    return [(2, ALL)]


def _lmpop(key: Any, direction: str = "LEFT", count: int | None = 1) -> Recorded:
    recorded: Recorded = RECORDER.lmpop(1, key, direction=direction, count=count)
    return recorded


def _blmpop(key: Any, timeout: float = 0, direction: str = "LEFT", count: int | None = 1) -> Recorded:
    recorded: Recorded = RECORDER.blmpop(timeout, 1, key, direction=direction, count=count)
    return recorded


LIST_ROWS: tuple[Row, ...] = (
    read("lindex", decodes=one),
    read("llen"),
    read("lrange", decodes=some),
    read("lpos", encodes=at(2)),
    sort_row(),
    read("sort_ro", since=("7.0", "7.2"), decodes=unless_taken_apart),
    write("lpush", _pushed, news=_rest, parts=SINGLES, encodes=since(2)),
    write("rpush", _pushed, news=_rest, parts=SINGLES, encodes=since(2)),
    write("lpushx", _maybe_pushed, news=_rest, encodes=since(2)),
    write("rpushx", _maybe_pushed, news=_rest, encodes=since(2)),
    write("linsert", _inserted, news=_inserted_value, encodes=at(3, 4), stores=at(4)),
    write("lset", _replaced, news=_replacing_value, encodes=at(3)),
    write("lrem", _removed, encodes=at(3), stores=none),
    write("ltrim"),
    write("lpop", _taken, decodes=some),
    write("rpop", _taken, decodes=some),
    write("lmpop", builder=_lmpop, since=("7.0", "7.2"), decodes=from_key),
    write("lmove", targets=_second, decodes=one),
    write("lmovem", targets=_second, since=("8.8", "none yet"), decodes=some),
    write("rpoplpush", targets=_second, decodes=one),
    write("blpop", blocking=True, decodes=from_key),
    write("brpop", blocking=True, decodes=from_key),
    write("blmove", targets=_second, blocking=True, decodes=one),
    write("blmovem", targets=_second, blocking=True, since=("8.8", "none yet"), decodes=some),
    write("brpoplpush", targets=_second, blocking=True, decodes=one),
    write("blmpop", builder=_blmpop, blocking=True, since=("7.0", "7.2"), decodes=from_key),
)
