"""What results are ordered by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..codecs.base import NUMBERS, PLACES, as_text
from ..codecs.places import place_of
from ..exceptions import ImplementationError, InvalidValueError
from ..indexes import NumberRangeIndex, TextRangeIndex
from ..schema import HASH, INSTANCE_HASH, STRING, FieldSchema, ModelSchema

__all__ = ["Order", "OrderBy", "parse_orders"]


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One of the keys of ``sort(by=[...])``, with its own ``alpha``, ``desc``, ``missing``.

    What is not said is as ``sort()`` says. ``near``, for a field with ``type=Point``: by the distance
    of its place to this one; objects without a place are the farthest.
    """

    by: Any
    alpha: bool | None = None
    desc: bool | None = None
    missing: str | None = None
    near: tuple[float, float] | None = None


class Order(NamedTuple):
    """One key of an order: by 'pk', 'field', 'near', 'pattern', 'score', 'held', or 'own'."""

    by: str
    type: str = "auto"
    desc: bool = False
    missing: str = ""
    arguments: tuple[Any, ...] = ()

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        return [self.by, self.type, "1" if self.desc else "", self.missing, *self.arguments]


def parse_orders(
    model: ModelSchema, by: Any, alpha: bool | None, desc: bool, missing: str | None
) -> tuple[Order, ...]:
    """The orders of ``sort(by=..., alpha=..., desc=..., missing=...)``; none for 'nosort'.

    Raises ImplementationError for unknown fields and for fields of many values.
    """
    if type(by) is not str:
        return _orders(model, by, alpha, desc, missing)
    asked = ("order", by, alpha, desc, missing)
    known = model.compiled.get(asked)
    if known is None:
        known = model.keep(asked, _orders(model, by, alpha, desc, missing))
    return known


def _orders(
    model: ModelSchema, by: Any, alpha: bool | None, desc: bool, missing: str | None
) -> tuple[Order, ...]:
    keys = by if isinstance(by, Sequence) and not isinstance(by, str) else [by]
    if not keys:
        raise InvalidValueError("sort: give at least one field to sort by")
    orders = []
    for key in keys:
        if not isinstance(key, OrderBy):
            key = OrderBy(key)
        by, descends = key.by, desc if key.desc is None else key.desc
        at_end = check_missing(missing if key.missing is None else key.missing)
        if key.near is not None:
            orders.append(_near_order(model, by, key.near, descends, at_end))
        else:
            orders += _parse(model, by, alpha if key.alpha is None else key.alpha, descends, at_end)
    return tuple(orders)


def check_missing(missing: str | None) -> str:
    """'', 'first' or 'last'; raises InvalidValueError for anything else."""
    if missing not in (None, "", "first", "last"):
        raise InvalidValueError(f"sort: missing is 'first' or 'last', not {missing!r}")
    return missing or ""


def score_order(key: str, alpha: bool | None, desc: bool, missing: str | None) -> Order:
    """By the scores that the sorted set of this key gives to pks."""
    return Order("score", "alpha" if alpha else "number", desc, check_missing(missing), (key,))


def held_order(key: str, kind: str) -> Order:
    """As a list ('l') or sorted set ('z') of this key holds the pks."""
    return Order("held", "number", arguments=(key, kind))


def _parse(model: ModelSchema, by: Any, alpha: bool | None, desc: bool, missing: str) -> list[Order]:
    if by is None:
        by = "pk"
    if not isinstance(by, str):
        by = getattr(by, "name", by)
    if not isinstance(by, str):
        raise InvalidValueError(f"sort: by must be the name of a field, not {by!r}")
    if by.startswith("-"):
        by, desc = by[1:], not desc
    kind = "auto" if alpha is None else "alpha" if alpha else "number"
    if by == "nosort":
        return []
    if by in ("pk", model.pk_name) and by not in model.fields:
        return [Order("pk", kind, desc, missing)]
    field = model.fields.get(by)
    if alpha is None and field is not None and field.codec is not None:
        alpha = field.codec.order != NUMBERS
    kind = "alpha" if alpha else "number"
    if "*" in by:
        return [Order("pattern", kind, desc, missing, _pattern(by))]
    return [Order("field", kind, desc, missing, _field_order(model, by, kind))]


def _near_order(model: ModelSchema, by: Any, near: Any, desc: bool, missing: str) -> Order:
    field = model.fields.get(getattr(by, "name", by))
    if field is None or not field.single or field.codec is None or field.codec.order != PLACES:
        raise ImplementationError(
            f"near= orders by a field of one place (type=Point), not by {model.label}.{by}"
        )
    place = place_of(as_text(field.encode(near, f"sort by {field.label}: near")))
    return Order("near", "number", desc, missing, (*field.spec_of(()), *map(repr, place or ())))


def _pattern(by: str) -> tuple[str, str, str]:
    key, _, entry = by.partition("->") if by.find("->") > by.find("*") else (by, "", "")
    first, _, last = key.partition("*")
    return first, last, entry


def _field_order(model: ModelSchema, by: str, kind: str) -> tuple[Any, ...]:
    field = model.fields.get(by)
    if field is None:
        raise ImplementationError(
            f"{model.label} has no field {by!r} to sort by; it has {', '.join(model.fields) or 'none'}"
        )
    if field.kind not in (STRING, INSTANCE_HASH):
        what = "has many values" if field.kind != HASH else "is a hash; sort by a field of one value"
        raise ImplementationError(f"{field.label} {what}: it gives no order")
    return field.spec_of(_ordering_index(field, kind))


def _ordering_index(field: FieldSchema, kind: str) -> list[Any]:
    """The index of the field, if any, whose own order is the order of the sort."""
    wanted = TextRangeIndex if kind == "alpha" else NumberRangeIndex
    for index in field.indexes:
        if isinstance(index, wanted) and index.transform is None and "z" not in index.flags:
            return [index]
    return []
