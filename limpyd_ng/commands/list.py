"""Commands of a ListField."""

from __future__ import annotations

from typing import Any

from .generic import sort_row
from .recorder import RECORDER, Recorded
from .row import ALL, SINGLES, Args, Row, Touch, read, write

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
    read("lindex"),
    read("llen"),
    read("lrange"),
    read("lpos"),
    sort_row(),
    read("sort_ro", since=("7.0", "7.2")),
    write("lpush", _pushed, news=_rest, parts=SINGLES),
    write("rpush", _pushed, news=_rest, parts=SINGLES),
    write("lpushx", _maybe_pushed, news=_rest),
    write("rpushx", _maybe_pushed, news=_rest),
    write("linsert", _inserted, news=_inserted_value),
    write("lset", _replaced, news=_replacing_value),
    write("lrem", _removed),
    write("ltrim"),
    write("lpop", _taken),
    write("rpop", _taken),
    write("lmpop", builder=_lmpop, since=("7.0", "7.2")),
    write("lmove", targets=_second),
    write("lmovem", targets=_second, since=("8.8", "none yet")),
    write("rpoplpush", targets=_second),
    write("blpop", blocking=True),
    write("brpop", blocking=True),
    write("blmove", targets=_second, blocking=True),
    write("blmovem", targets=_second, blocking=True, since=("8.8", "none yet")),
    write("brpoplpush", targets=_second, blocking=True),
    write("blmpop", builder=_blmpop, blocking=True, since=("7.0", "7.2")),
)
