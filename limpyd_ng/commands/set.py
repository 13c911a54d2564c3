"""Commands of a SetField."""

from __future__ import annotations

from typing import Any

from .generic import sort_row
from .recorder import RECORDER, Recorded
from .row import SINGLES, Args, Row, Touch, read, write
from .values import at, none, since, some, unless_taken_apart

__all__ = ["SET_ROWS"]


def _added(args: Args) -> list[Touch]:
    return [("sure", list(args[2:]))]


def _removed(args: Args) -> list[Touch]:
    return [("gone", list(args[2:]))]


def _taken(args: Args) -> list[Touch]:
    return [("taken", [])]


def _moved(args: Args) -> list[Touch]:
    return [("gone", [args[3]])]


def _moved_to(args: Args) -> list[tuple[int, list[Touch]]]:
    return [(2, [("add", [args[3]])])]


def _rest(args: Args) -> list[Any]:
    return list(args[2:])


def _third(args: Args) -> list[Any]:
    return [args[3]]


def _sintercard(key: Any, *others: Any, limit: int = 0) -> Recorded:
    keys = [key, *others]
    recorded: Recorded = RECORDER.sintercard(len(keys), keys, limit)
    return recorded


def _with_others(name: str) -> Any:
    """SINTER and its like: the field itself is the first of the keys."""

    def build(key: Any, *others: Any) -> Recorded:
        flat = [
            item for other in others for item in (other if isinstance(other, list | tuple | set) else [other])
        ]
        recorded: Recorded = getattr(RECORDER, name)(key, *flat)
        return recorded

    return build


def _card(name: str) -> Any:
    def build(key: Any, *others: Any, **kwargs: Any) -> Recorded:
        recorded: Recorded = getattr(RECORDER, name)(1 + len(others), [key, *others], **kwargs)
        return recorded

    return build


SET_ROWS: tuple[Row, ...] = (
    read("scard"),
    read("sismember", encodes=at(2)),
    read("smismember", encodes=since(2)),
    read("smembers", decodes=some),
    read("srandmember", decodes=some),
    read("sinter", _with_others("sinter"), decodes=some),
    read("sunion", _with_others("sunion"), decodes=some),
    read("sdiff", _with_others("sdiff"), decodes=some),
    read("sintercard", _sintercard, since=("7.0", "7.2")),
    read("sunioncard", _card("sunioncard"), since=("8.8", "none yet")),
    read("sdiffcard", _card("sdiffcard"), since=("8.8", "none yet")),
    sort_row(),
    read("sort_ro", since=("7.0", "7.2"), decodes=unless_taken_apart),
    write("sadd", _added, news=_rest, parts=SINGLES, encodes=since(2)),
    write("srem", _removed, parts=SINGLES, encodes=since(2), stores=none),
    write("spop", _taken, resp3=True, decodes=some),
    write("smove", _moved, targets=_moved_to, news=_third, encodes=at(3), stores=none),
    write("sinterstore"),
    write("sunionstore"),
    write("sdiffstore"),
)
