"""Plain queries: those that one command of Redis answers, or a script with a compiled head.

Plain is a query of conditions that must all hold, each of one set, one range of numbers or one
range of texts stored as they are indexed, with at most one order and one slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..compiled import MAX_FIELDS
from ..compiled.queries import Columns, Cut, Part, Sort, head, may_decline
from ..schema import HASH, INSTANCE_HASH, STRING, ModelSchema
from .conditions import Condition, Node
from .order import Order

__all__ = ["Plain", "command_for", "plain_query"]

#: with more conditions, what they are about matters more than how they are read
_MOST_PARTS = 10
#: the length of the spec of a field with one index that needs no more than flags, label, transform
_PLAIN_SPEC = 6
_COMMANDS = {
    ("e", "pks"): "SMEMBERS", ("e", "count"): "SCARD", ("e", "exists"): "SCARD",
    ("n", "pks"): "ZRANGEBYSCORE", ("n", "count"): "ZCOUNT", ("n", "exists"): "ZCOUNT",
    ("t", "count"): "ZLEXCOUNT", ("t", "exists"): "ZLEXCOUNT",
}  # fmt: skip


def command_for(model: ModelSchema, conditions: Sequence[Node], what: str) -> list[Any] | None:
    """The native command that answers an unordered query, if one does."""
    if not conditions:
        name = _COMMANDS.get(("e", what))
        return [name, model.keys.pks] if name else None
    found = []
    for condition in conditions:
        key = _set_of(model, condition)
        if key is None:
            break
        found.append(key)
    if len(found) == len(conditions):
        if len(found) > 1:
            return ["SINTER", *found] if what == "pks" else None
        name = _COMMANDS.get(("e", what))
        return [name, *found] if name else None
    one: Any = conditions[0]
    if len(conditions) > 1 or not _is_range(one):
        return None
    name = _COMMANDS.get((one.kind, what))
    return [name, _base(model, one), *one.values] if name else None


class Plain(NamedTuple):
    """A query with a compiled head."""

    #: the Lua code
    head: str
    #: its arguments: the values of the conditions, then start and stop of the slice
    args: list[Any]
    #: whether it may leave the answer to the engine
    declines: bool


def plain_query(
    model: ModelSchema,
    conditions: Sequence[Node],
    what: str,
    orders: Sequence[Order],
    slices: Sequence[tuple[int | None, int | None, int | None]],
    columns: Sequence[tuple[str, str]],
) -> Plain | None:
    """The query as a compiled head, if it is plain."""
    if what not in ("pks", "count", "values") or len(orders) > 1 or len(slices) > 1:
        return None
    if not 0 < len(conditions) <= _MOST_PARTS or len(columns) > MAX_FIELDS:
        return None
    sort = _sort(model, orders[0]) if orders else None
    wanted = _columns(model, columns) if what == "values" else ()
    if (orders and sort is None) or wanted is None or not all(map(_is_known, conditions)):
        return None
    args: list[Any] = []
    parts = []
    for condition in conditions:
        parts.append(_part(model, condition, len(args) + 1))
        if condition.kind != "a":
            args += condition.values  # type: ignore[union-attr]
    cut = _cut(slices[0], len(args) + 1) if slices else None
    if slices and cut is None:
        return None
    args += ["" if bound is None else bound for bound in slices[0][:2]] if slices else ()
    declines = what != "count" and cut is not None and may_decline(sort)
    return Plain(head(tuple(parts), what, sort, cut, wanted), args, declines)


def _is_known(condition: Any) -> bool:
    """Whether a head can be made for it."""
    if condition.kind == "e":
        return _is_plain(condition) and len(condition.values) == 1
    if condition.kind == "t":  # with a transform, entries are not the stored texts
        return _is_range(condition) and condition.spec[3] == "t" and not condition.spec[5]
    return condition.kind == "a" or _is_range(condition)


def _is_plain(condition: Node) -> bool:
    return (
        isinstance(condition, Condition)
        and condition.schema is not None
        and (condition.schema.kind != HASH and len(condition.spec) == _PLAIN_SPEC)
    )


def _base(model: ModelSchema, condition: Any) -> str:
    return model.keys.index(condition.spec[0], condition.spec[4])


def _set_of(model: ModelSchema, condition: Node) -> Any:
    """The key of the set that a condition stands for, if it does."""
    if condition.kind == "a":
        return model.keys.pks
    if condition.kind != "e" or not _is_plain(condition) or len(condition.values) != 1:  # type: ignore[union-attr]
        return None
    value, base = condition.values[0], _base(model, condition) + ":"  # type: ignore[union-attr]
    return base.encode() + value if isinstance(value, bytes) else base + value


def _is_range(condition: Node) -> bool:
    """Whether it is one range of an index in which each object has one entry."""
    return (
        condition.kind in ("n", "t")
        and _is_plain(condition)
        and (
            len(condition.values) == 2 and not condition.schema.multi  # type: ignore[union-attr]
        )
    )


def _part(model: ModelSchema, condition: Any, at: int) -> Part:
    if condition.kind == "a":
        return Part("e", model.keys.pks, 0)
    key = _base(model, condition)
    if condition.kind == "e":
        return Part("e", key + ":", at)
    low, high = map(_end, condition.values)
    if condition.kind == "n":
        return Part("n", key, at, low, high)
    bare = b"\0" not in condition.values[0] and b"\0" not in condition.values[1]
    return Part("t", key, at, low, high, *_cell(model, condition.schema.kind, condition.schema.stored), bare)


def _end(bound: Any) -> str:
    """'[' for the end of a range that is in it, '(' for one that is not, '' for an open one."""
    if bound in ("-inf", "+inf", b"-", b"+"):
        return ""
    return "(" if bound[:1] in ("(", b"(") else "["


def _cell(model: ModelSchema, kind: str, stored: str) -> tuple[str, str]:
    """Where the values of a field are: what their keys start with, and the entry of a hash or ''."""
    if kind == INSTANCE_HASH:
        return model.keys.hash(""), stored
    return model.keys.field(stored, ""), ""


def _sort(model: ModelSchema, order: Order) -> Sort | None:
    if order.missing:
        return None
    if order.by == "pk" and order.type == "auto":
        return Sort(False, order.desc)
    if order.by != "field":
        return None
    stored, kind, indexes, *index = order.arguments
    if order.type == "number":
        return Sort(True, order.desc, key=model.keys.index(stored, index[1])) if indexes else None
    return Sort(False, order.desc, "", *_cell(model, kind, stored))


def _cut(bounds: tuple[int | None, int | None, int | None], at: int) -> Cut | None:
    start, stop, step = bounds
    if (start or 0) < 0 or (stop or 0) < 0 or step not in (None, 1):
        return None
    return Cut(0 if start is None else at, 0 if stop is None else at + 1)


def _columns(model: ModelSchema, columns: Sequence[tuple[str, str]]) -> Columns | None:
    if any(kind not in ("pk", STRING, INSTANCE_HASH) for kind, _ in columns):
        return None
    return tuple(("pk", "") if kind == "pk" else _cell(model, kind, stored) for kind, stored in columns)
