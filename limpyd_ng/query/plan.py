"""A query as data: conditions, order, slices. Immutable; every change is a new plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..call import Call
from ..exceptions import ImplementationError, InvalidValueError
from ..lua import QUERY, STORE
from ..schema import ModelSchema
from .conditions import Condition, Group, Node, conjuncts
from .fetch import Fetch
from .order import Order

__all__ = ["Plan"]

_EXISTS = Condition("a", "exists", ("",))

Slice = tuple[int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a collection asks of its model."""

    model: ModelSchema
    #: all of which must be met
    conditions: tuple[Node, ...] = ()
    #: None: not asked for; none: open
    orders: tuple[Order, ...] | None = None
    slices: tuple[Slice, ...] = ()
    #: the list that an earlier answer was stored in, and which part of it to start from
    stored: tuple[str, int, int] | None = None

    @property
    def empty(self) -> bool:
        """Whether no object can be in the answer, so that nothing need be asked."""
        return self.stored is None and any(condition.empty for condition in self.conditions)

    @property
    def root(self) -> Group:
        """The condition tree."""
        return Group("&", self.conditions)

    def filtered(self, *conditions: Node) -> Plan:
        """With more conditions."""
        self._refuse_sliced("filtered")
        return replace(self, conditions=(*self.conditions, *conjuncts(conditions)))

    def existing(self) -> Plan:
        """With a look at the collection of pks, which no index entry should outlive."""
        return replace(self, conditions=(*self.conditions, _EXISTS)) if self.conditions else self

    def widened(self, *others: Node) -> Plan:
        """With what meets the others too, instead of only what meets these conditions."""
        self._refuse_sliced("widened")
        if self.stored is not None:
            raise ImplementationError("a stored collection can be narrowed, not widened")
        return replace(self, conditions=(Group("|", (self.root, *others)),))

    def ordered(self, orders: tuple[Order, ...]) -> Plan:
        """In another order."""
        self._refuse_sliced("sorted")
        return replace(self, orders=orders)

    def sliced(self, part: Slice) -> Plan:
        """A slice of this one."""
        if part[2] == 0:
            raise InvalidValueError("slice step cannot be zero")
        return replace(self, slices=(*self.slices, part))

    def _refuse_sliced(self, verb: str) -> None:
        if self.slices:
            raise ImplementationError(f"a slice of a collection cannot be {verb}; do it before slicing")

    def call(self, what: str, columns: Sequence[tuple[str, str]] = (), fetch: Fetch | None = None) -> Call:
        """The one request: ``what`` is 'pks', 'count', 'exists', 'explain', 'values' or 'fetch'."""
        args = self._args(what)
        if what in ("values", "fetch"):
            args += [len(columns), *(part for column in columns for part in column)]
        if fetch is not None:
            args += fetch.wire()
        keys = self._keys()
        return Call((len(keys), *keys, *args), script=QUERY)

    def store_call(self, key: str, milliseconds: int | None) -> Call:
        """The request that writes the pks to a list."""
        keys = [*self._keys(), key]
        life = "" if milliseconds is None else milliseconds
        return Call((len(keys), *keys, *self._args("pks"), life), script=STORE)

    def _args(self, what: str) -> list[Any]:
        orders = self._own_orders() if self.orders is None else self.orders
        args: list[Any] = [self.model.keys.prefix, what, *self.root.wire(), len(orders)]
        for order in orders:
            args += order.wire()
        args.append(len(self.slices))
        for part in self.slices:
            args += ["" if bound is None else bound for bound in part]
        stored = self.stored or ()
        return [*args, len(stored), *stored]

    def _own_orders(self) -> tuple[Order, ...]:
        if self.stored is not None:
            return ()
        if any(condition.kind == "s" for condition in self.conditions):
            return (Order("own", "number"),)
        # a slice needs an order to be the same each time
        return (Order("pk"),) if self.slices else ()

    def _keys(self) -> list[str]:
        named = [key for condition in self.conditions for key in condition.named_keys()]
        named += [order.arguments[0] for order in self.orders or () if order.by in ("score", "held")]
        named += [self.stored[0]] if self.stored else []
        return [self.model.keys.pks, *dict.fromkeys(named)]
