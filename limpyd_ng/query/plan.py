"""A query as data: conditions, order, slices. Immutable; every change is a new plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from ..call import Call
from ..compiled.parts import literal
from ..exceptions import ImplementationError, InvalidValueError
from ..lua import Script
from ..lua.variants import variant
from ..schema import ModelSchema
from .conditions import EVERYTHING, Condition, Given, Group, Node, conjuncts, merge
from .fetch import Fetch
from .order import Order
from .plain import Command, Compiled, Wanted, command_for, form_of, head_for

__all__ = ["Plan"]

#: how many forms of queries have scripts of their own in a model, which the server keeps too
_MOST_FORMS = 500
#: what is kept for a form that was not seen yet; None is for those that the engine answers
_UNKNOWN = object()

Slice = tuple[int | None, int | None, int | None]


@dataclass(slots=True)  # never changed, and made for each step: frozen ones take longer
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
        if self.stored is None:
            for condition in self.conditions:
                if condition.empty:
                    return True
        return False

    @property
    def root(self) -> Group:
        """The condition tree."""
        return Group("&", self.conditions)

    def filtered(self, *conditions: Node) -> Plan:
        """With more conditions."""
        self._refuse_sliced("filtered")
        return self._with_conditions((*self.conditions, *conjuncts(conditions)))

    def _with_conditions(self, conditions: tuple[Node, ...]) -> Plan:
        return Plan(self.model, conditions, self.orders, self.slices, self.stored)

    def existing(self) -> Plan:
        """With a look at the collection of pks, which no index entry should outlive."""
        return self._with_conditions((*self.conditions, EVERYTHING)) if self.conditions else self

    def widened(self, *others: Node) -> Plan:
        """With what meets the others too, instead of only what meets these conditions."""
        self._refuse_sliced("widened")
        if self.stored is not None:
            raise ImplementationError("a stored collection can be narrowed, not widened")
        alone = self.conditions[0] if len(self.conditions) == 1 else None
        joined = alone.children if isinstance(alone, Group) and alone.kind == "|" else (self.root,)
        return self._with_conditions((Group("|", (*joined, *others)),))

    def ordered(self, orders: tuple[Order, ...]) -> Plan:
        """In another order."""
        self._refuse_sliced("sorted")
        return Plan(self.model, self.conditions, orders, self.slices, self.stored)

    def sliced(self, part: Slice) -> Plan:
        """A slice of this one."""
        if part[2] == 0:
            raise InvalidValueError("slice step cannot be zero")
        return Plan(self.model, self.conditions, self.orders, (*self.slices, part), self.stored)

    def of_stored(self, key: str, first: int = 0, last: int = -1) -> Plan:
        """The same of what is stored under a key, from these places of the list."""
        return Plan(self.model, self.conditions, self.orders, self.slices, (key, first, last))

    def _refuse_sliced(self, verb: str) -> None:
        if self.slices:
            raise ImplementationError(f"a slice of a collection cannot be {verb}; do it before slicing")

    def call(self, what: str, columns: Wanted = (), fetch: Fetch | None = None) -> Call:
        """The one request: ``what`` is 'pks', 'count', 'exists', 'explain', 'values' or 'fetch'."""
        conditions = merge(self.conditions) if len(self.conditions) > 1 else self.conditions
        orders = self._own_orders() if self.orders is None else self.orders
        if self.stored is None and fetch is None:
            form = form_of(what, conditions, orders, self.slices, columns)
            if form is not None:
                forms = self.model.forms
                answer = forms.get(form, _UNKNOWN)
                if answer is _UNKNOWN:
                    answer = self._answer(what, conditions, orders, columns)
                    if len(forms) < _MOST_FORMS:
                        forms[form] = answer
                    elif type(answer) is Compiled:
                        answer = None
                if answer is not None:
                    return answer.call(conditions, self.slices)  # type: ignore[no-any-return]
        args = self._args(what, conditions, orders)
        if what in ("values", "fetch"):
            args += _columns(columns)
        if fetch is not None:
            args += fetch.wire()
        keys = self._keys()
        return Call((len(keys), *keys, *args), script=variant("query", self._features(what)))

    def _answer(
        self, what: str, conditions: Sequence[Node], orders: tuple[Order, ...], columns: Wanted
    ) -> Command | Compiled | None:
        """How queries of this form are answered, if not by the engine alone."""
        if not orders and not self.slices:
            command = command_for(self.model, conditions, what)
            if command is not None:
                return command
        plain = head_for(self.model, conditions, what, orders, self.slices, columns)
        if plain is None:
            return None
        text, declines = plain
        if declines:
            text += self._engine_behind(what, conditions, orders, columns)
        return Compiled(Script("query", text, readonly=True), self.model.keys.pks)

    def _engine_behind(
        self,
        what: str,
        conditions: Sequence[Node],
        orders: Sequence[Order],
        columns: Wanted,
    ) -> str:
        """The engine for what a head declines: its arguments are constants, but for those of the head."""
        places = count(1)
        marked = [condition.marked(places) for condition in conditions if isinstance(condition, Condition)]
        slices = tuple((Given(next(places)), Given(next(places)), None) for _ in self.slices)
        args = Plan(self.model, slices=slices)._args(what, marked, orders)  # type: ignore[arg-type]
        args += _columns(columns) if what == "values" else []
        codes = [item.code if isinstance(item, Given) else literal(str(item)) for item in args]
        return f"local ARGV = {{{', '.join(codes)}}}\n" + variant("query", self._features(what)).text

    def store_call(self, key: str, milliseconds: int | None) -> Call:
        """The request that writes the pks to a list."""
        keys = [*self._keys(), key]
        life = "" if milliseconds is None else milliseconds
        orders = self._own_orders() if self.orders is None else self.orders
        args = self._args("pks", merge(self.conditions), orders)
        return Call((len(keys), *keys, *args, life), script=variant("store", self._features("pks")))

    def _args(self, what: str, conditions: Sequence[Node], orders: Sequence[Order]) -> list[Any]:
        args: list[Any] = [self.model.keys.prefix, what, "&", self.root.label, len(conditions)]
        for condition in conditions:
            args += condition.wire()
        args.append(len(orders))
        for order in orders:
            args += order.wire()
        args.append(len(self.slices))
        for part in self.slices:
            args += ["" if bound is None else bound for bound in part]
        stored = self.stored or ()
        return [*args, len(stored), *stored]

    def _features(self, what: str) -> frozenset[str]:
        """What the script has to be able to do."""
        orders = self._own_orders() if self.orders is None else self.orders
        features = {what, *self.root.kinds(), *(order.by for order in orders)}
        if orders:
            features.add("sort")
        if self.slices:
            features.add("slice")
            if len(orders) == 1 and orders[0].by in ("field", "own"):
                features.add("walk")
        if self.stored is not None:
            features.add("stored")
        return frozenset(features)

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


def _columns(columns: Wanted) -> list[Any]:
    return [len(columns), *(part for column in columns for part in column)]
