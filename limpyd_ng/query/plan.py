"""A query as data: conditions, order, slices. Immutable; every change is a new plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..call import Call
from ..codecs.base import NUMBERS
from ..exceptions import ImplementationError, InvalidValueError
from ..indexes import NumberRangeIndex, TextRangeIndex
from ..lua import QUERY
from ..schema import HASH, INSTANCE_HASH, STRING, FieldSchema, ModelSchema
from .conditions import Condition, merge
from .fetch import Fetch
from .steps import Step

__all__ = ["Order", "Plan", "parse_order"]

_EXISTS = Condition("a", "exists", ("",))

Slice = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Order:
    """How results are ordered: by '' (not at all), 'pk', 'field', 'pattern', 'score' or 'held'."""

    by: str = ""
    type: str = "auto"
    desc: bool = False
    arguments: tuple[Any, ...] = ()

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        return [self.by, self.type, "1" if self.desc else "", *self.arguments]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a collection asks of its model."""

    model: ModelSchema
    conditions: tuple[Condition | Step, ...] = ()
    order: Order | None = None
    slices: tuple[Slice, ...] = ()
    #: what to bring along from other models
    fetch: Fetch | None = None

    @property
    def empty(self) -> bool:
        """Whether no object can be in the answer, so that nothing need be asked."""
        return any(condition.empty for condition in self.conditions)

    def filtered(self, *conditions: Condition | Step) -> Plan:
        """With more conditions."""
        self._refuse_sliced("filtered")
        return replace(self, conditions=self.conditions + conditions)

    def existing(self) -> Plan:
        """With a look at the collection of pks, which no index entry should outlive."""
        return replace(self, conditions=(*self.conditions, _EXISTS)) if self.conditions else self

    def ordered(self, order: Order) -> Plan:
        """In another order."""
        self._refuse_sliced("sorted")
        return replace(self, order=order)

    def fetching(self, fetch: Fetch | None) -> Plan:
        """With this to bring along, and nothing else."""
        return replace(self, fetch=fetch)

    def sliced(self, part: Slice) -> Plan:
        """A slice of this one."""
        if part[2] == 0:
            raise InvalidValueError("slice step cannot be zero")
        return replace(self, slices=(*self.slices, part))

    def _refuse_sliced(self, verb: str) -> None:
        if self.slices:
            raise ImplementationError(f"a slice of a collection cannot be {verb}; do it before slicing")

    def call(self, what: str) -> Call:
        """The one request: ``what`` is 'pks', 'count' or 'explain'."""
        order = self.order
        if order is None:
            order = self._own_order()
        conditions = merge(self.conditions)
        args: list[Any] = [self.model.keys.prefix, what, len(conditions)]
        for condition in conditions:
            args += condition.wire()
        args += order.wire()
        args.append(len(self.slices))
        for part in self.slices:
            args += ["" if bound is None else bound for bound in part]
        args += self.fetch.wire() if self.fetch is not None and what == "pks" else [0]
        return Call((1, self.model.keys.pks, *args), script=QUERY)

    def _own_order(self) -> Order:
        if any(condition.kind == "s" for condition in self.conditions):
            return Order("score")
        # a slice needs an order to be the same each time
        return Order("pk") if self.slices else Order()


def parse_order(model: ModelSchema, by: Any, alpha: bool | None, desc: bool) -> Order:
    """The order of ``sort(by=..., alpha=..., desc=...)``.

    Raises ImplementationError for unknown fields and for fields of many values.
    """
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
        return Order("", desc=desc)
    if by in ("pk", model.pk_name) and by not in model.fields:
        return Order("pk", kind, desc)
    field = model.fields.get(by)
    if alpha is None and field is not None and field.codec is not None:
        alpha = field.codec.order != NUMBERS
    kind = "alpha" if alpha else "number"
    if "*" in by:
        return Order("pattern", kind, desc, _pattern(by))
    return Order("field", kind, desc, _field_order(model, by, kind))


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
