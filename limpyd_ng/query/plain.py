"""Plain queries: those that one command of Redis answers, or a script with a compiled head.

Plain is a query of conditions that must all hold, each of one set, one range of numbers or one
range of texts stored as they are indexed, with at most one order and one slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from ..call import Call
from ..compiled import MAX_FIELDS
from ..compiled.queries import Columns, Cut, Part, Sort, head, may_decline
from ..lua import Script
from ..schema import HASH, INSTANCE_HASH, STRING, ModelSchema
from .conditions import EVERYTHING, Node
from .order import Order

__all__ = ["Command", "Compiled", "command_for", "form_of", "head_for"]

Slices: TypeAlias = Sequence[tuple[int | None, int | None, int | None]]
#: kind and stored name of each field whose values are wanted
Wanted: TypeAlias = tuple[tuple[str, str], ...]

#: with more conditions, what they are about matters more than how they are read
_MOST_PARTS = 10
#: the length of the spec of a field with one index that needs no more than flags, label, transform
_PLAIN_SPEC = 6
_COMMANDS = {
    ("e", "pks"): "SMEMBERS", ("e", "count"): "SCARD", ("e", "exists"): "SCARD",
    ("n", "pks"): "ZRANGEBYSCORE", ("n", "count"): "ZCOUNT", ("n", "exists"): "ZCOUNT",
    ("t", "count"): "ZLEXCOUNT", ("t", "exists"): "ZLEXCOUNT",
}  # fmt: skip


class Command(NamedTuple):
    """Answers queries of one form by a native command."""

    name: str
    #: of each condition: its key, or what its key starts with if the value follows
    keys: tuple[tuple[str, bool], ...]

    def call(self, conditions: Sequence[Any], slices: Slices) -> Call:
        """The request."""
        args: list[Any] = [self.name]
        for (key, follows), condition in zip(self.keys, conditions or (EVERYTHING,), strict=True):
            if not follows:
                args += (key, *condition.values) if condition.kind != "a" else (key,)
            else:
                value = condition.values[0]
                args.append(key.encode() + value if isinstance(value, bytes) else key + value)
        return Call(args)


class Compiled(NamedTuple):
    """Answers queries of one form by a script with a compiled head."""

    script: Script
    pks: str

    def call(self, conditions: Sequence[Any], slices: Slices) -> Call:
        """The request: the values of the conditions, then start and stop of the slice."""
        args: list[Any] = [1, self.pks]
        for condition in conditions:
            if condition.kind != "a":
                args += condition.values
        for start, stop, _ in slices:
            args += ("" if start is None else start, "" if stop is None else stop)
        return Call(args, script=self.script)


def form_of(
    what: str, conditions: Sequence[Node], orders: Sequence[Order], slices: Slices, columns: Wanted
) -> Any:
    """All that an answer depends on, but for the values; None if it is not plain for sure."""
    forms = [condition.form for condition in conditions]
    if None in forms or len(slices) > 1:
        return None
    cut = None
    if slices:
        start, stop, step = slices[0]
        if (start or 0) < 0 or (stop or 0) < 0 or step not in (None, 1):
            return None
        cut = (start is None, stop is None)
    return what, tuple(forms), orders, cut, columns


def command_for(model: ModelSchema, conditions: Sequence[Any], what: str) -> Command | None:
    """The native command that answers an unordered query, if one does."""
    conditions = conditions or (EVERYTHING,)
    sets = tuple(_set_of(model, condition) for condition in conditions)
    if all(sets):
        if len(sets) > 1:
            return Command("SINTER", sets) if what == "pks" else None  # type: ignore[arg-type]
        name = _COMMANDS.get(("e", what))
        return Command(name, sets) if name else None  # type: ignore[arg-type]
    if len(conditions) > 1 or not _is_range(conditions[0]):
        return None
    name = _COMMANDS.get((conditions[0].kind, what))
    return Command(name, ((_base(model, conditions[0]), False),)) if name else None


def head_for(
    model: ModelSchema,
    conditions: Sequence[Any],
    what: str,
    orders: Sequence[Order],
    slices: Slices,
    columns: Wanted,
) -> tuple[str, bool] | None:
    """The compiled head for a query, if it is plain, and whether it may leave the answer to the engine."""
    if what not in ("pks", "count", "values") or len(orders) > 1 or len(columns) > MAX_FIELDS:
        return None
    sort = _sort(model, orders[0]) if orders else None
    wanted = _columns(model, columns) if what == "values" else ()
    if (orders and sort is None) or wanted is None or not all(map(_is_known, conditions)):
        return None
    if not 0 < len(conditions) <= _MOST_PARTS:
        return None
    parts, at = [], 1
    for condition in conditions:
        parts.append(_part(model, condition, at))
        at += len(condition.values) if condition.kind != "a" else 0
    cut = None
    if slices:
        start, stop, _ = slices[0]
        cut = Cut(0 if start is None else at, 0 if stop is None else at + 1)
    declines = what != "count" and cut is not None and may_decline(sort)
    return head(tuple(parts), what, sort, cut, wanted), declines


def _is_known(condition: Any) -> bool:
    """Whether a head can be made for it."""
    if condition.kind == "e":
        return _is_plain(condition)
    if condition.kind == "t":  # with a transform, entries are not the stored texts
        return _is_range(condition) and condition.spec[3] == "t" and not condition.spec[5]
    return condition.kind == "a" or _is_range(condition)


def _is_plain(condition: Any) -> bool:
    kind = condition.schema.kind if condition.schema is not None else HASH
    return kind != HASH and len(condition.spec) == _PLAIN_SPEC


def _base(model: ModelSchema, condition: Any) -> str:
    return model.keys.index(condition.spec[0], condition.spec[4])


def _set_of(model: ModelSchema, condition: Any) -> tuple[str, bool] | None:
    """The key of the set that a condition stands for, if it does, and whether a value follows."""
    if condition.kind == "a":
        return model.keys.pks, False
    plain = condition.kind == "e" and _is_plain(condition)
    return (_base(model, condition) + ":", True) if plain else None


def _is_range(condition: Any) -> bool:
    """Whether it is a range of an index in which each object has one entry."""
    return condition.kind in ("n", "t") and _is_plain(condition) and not condition.schema.multi


def _part(model: ModelSchema, condition: Any, at: int) -> Part:
    if condition.kind == "a":
        return Part("e", model.keys.pks, 0)
    key = _base(model, condition)
    if condition.kind == "e":
        return Part("e", key + ":", at)
    _, _, low, high, bare = condition.form
    if condition.kind == "n":
        return Part("n", key, at, low, high)
    return Part("t", key, at, low, high, *_cell(model, condition.schema.kind, condition.schema.stored), bare)


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


def _columns(model: ModelSchema, columns: Wanted) -> Columns | None:
    if any(kind not in ("pk", STRING, INSTANCE_HASH) for kind, _ in columns):
        return None
    return tuple(("pk", "") if kind == "pk" else _cell(model, kind, stored) for kind, stored in columns)
