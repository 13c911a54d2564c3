"""Chaining: which objects are in a collection, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, Self

from ..exceptions import InvalidValueError
from ..query.conditions import negation
from ..query.filters import parse_all, parse_filters
from ..query.order import held_order, parse_orders, score_order
from ..query.plan import Plan
from ..query.q import Q
from ..results import Shape
from ..static import M, R
from .sources import plain_value, score_key, source_node

__all__ = ["Chain"]


class Chain(Generic[M, R]):
    """What a collection holds, a model, a plan and a shape of results, and the steps that make
    another plan of it. Nothing here sends a request."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._plan = Plan(model.schema)
        self._shape = Shape()

    @property
    def stored_key(self) -> str | None:
        """The key of the list that the pks come from, after store() or from_stored()."""
        return self._plan.stored[0] if self._plan.stored else None

    def clone(self) -> Self:
        """A copy that can be changed without changing this collection."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    def _with_plan(self, plan: Plan) -> Self:
        copy = self.clone()
        copy._plan = plan
        return copy

    def filter(self, *conditions: Q, **filters: Any) -> Self:
        """Only the objects that meet these conditions too."""
        if not conditions:
            nodes = parse_filters(self.model.schema, plain_value, filters)
            return self._with_plan(self._plan.filtered(*nodes)) if nodes else self.clone()
        q = Q(*conditions, **filters)
        return self.clone() if q.empty else self._with_plan(self._plan.filtered(self._node(q)))

    def exclude(self, *conditions: Q, **filters: Any) -> Self:
        """Without the objects that meet all of these conditions."""
        q = Q(*conditions, **filters)
        return self.clone() if q.empty else self._with_plan(self._plan.filtered(negation(self._node(q))))

    def _node(self, q: Q) -> Any:
        return parse_all(self.model.schema, plain_value, q)

    def _nodes(self, sources: Sequence[Any]) -> list[Any]:
        return [source_node(self.model, source) for source in sources]

    def intersect(self, *sources: Any) -> Self:
        """Only the objects whose pks are in every source.

        A source is an iterable of pks or objects, the key of a set, sorted set or list, a
        bound field of such a type, or a collection of the same model.
        """
        return self._with_plan(self._plan.filtered(*self._nodes(sources)))

    def union(self, *sources: Any) -> Self:
        """The objects of this collection, and those in any of the sources (see ``intersect``)."""
        return self._with_plan(self._plan.widened(*self._nodes(sources))) if sources else self.clone()

    def difference(self, *sources: Any) -> Self:
        """Without the objects in any of the sources (see ``intersect``)."""
        nodes = [negation(node) for node in self._nodes(sources)]
        return self._with_plan(self._plan.filtered(*nodes))

    def sort(
        self,
        by: Any = None,
        alpha: bool | None = None,
        desc: bool = False,
        *,
        by_score: Any = None,
        missing: str | None = None,
    ) -> Self:
        """Ordered by the value of a field (or the pk); '-field' and ``desc`` reverse.

        Numbers by default, texts by their bytes with ``alpha=True``; a missing value counts
        as 0 or '', or stands 'first' or 'last' as ``missing`` says; ties are ordered by pk.
        ``by`` may be a list of fields and ``OrderBy``; 'nosort' leaves the order open.
        Without ``alpha``, pks are ordered as numbers if all are. ``by_score`` orders by the
        scores of a bound SortedSetField or the key of a sorted set, pks without one lowest.
        """
        if by_score is None:
            orders = parse_orders(self.model.schema, by, alpha, desc, missing)
        elif by is not None:
            raise InvalidValueError("sort: give by or by_score, not both")
        else:
            orders = (score_order(score_key(by_score), alpha, desc, missing),)
        return self._with_plan(self._plan.ordered(orders))

    def in_order_of(self, key: str, kind: str) -> Self:
        """In the order in which a list ('l') or sorted set ('z') of this key holds the pks."""
        return self._with_plan(self._plan.ordered((held_order(key, kind),)))
