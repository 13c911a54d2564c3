"""CollectionManager: the lazy, list-like answer to a query.

It holds a plan and how to give results; every method returns a new collection. Asking it
for anything (iteration, ``len``, an item, ``==``, ``repr``...) sends one request, each
time: a collection is as live as a field.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .call import Call, Op
from .exceptions import ImplementationError, MultipleObjectsReturned, PipelineError
from .query.explain import Explanation
from .query.fetch import Fetch
from .query.filters import parse
from .query.plan import Order, Plan, parse_order
from .query.steps import joined

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["CollectionManager"]

_SHOWN = 20


class _Results:
    """An iterator that still knows how many results it holds; ``list()`` asks for that."""

    __slots__ = ("__weakref__", "_items", "size", "started")

    def __init__(self, items: list[Any]) -> None:
        self._items = iter(items)
        self.size = len(items)
        self.started = False

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self.started = True
        return next(self._items)


class CollectionManager:
    """The objects of a model that meet all filters, as pks or (``instances()``) objects."""

    def __init__(self, model: type[RedisModel]) -> None:
        self.model = model
        self._plan = Plan(model.schema)
        self._as_instances = False
        self._lazy_instances = False
        self._last: weakref.ref[_Results] | None = None

    # chaining

    def clone(self) -> Any:
        """A copy that can be changed without changing this collection."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._last = None
        return copy

    def _with_plan(self, plan: Plan) -> Any:
        copy = self.clone()
        copy._plan = plan
        return copy

    def filter(self, **filters: Any) -> Any:
        """Only the objects that meet these conditions too."""
        if not filters:
            return self.clone()
        normalize = self.model.get_field("pk").normalize
        conditions = [parse(self.model.schema, normalize, name, value) for name, value in filters.items()]
        return self._with_plan(self._plan.filtered(*joined(conditions)))

    def sort(self, by: Any = None, alpha: bool | None = None, desc: bool = False) -> Any:
        """Ordered by the value of a field (or the pk); '-field' and ``desc`` reverse.

        Numbers by default, texts by their bytes with ``alpha=True``; a missing value counts
        as 0 or ''; ties are ordered by pk. ``by='nosort'`` leaves the order open. Without
        ``alpha``, pks are ordered as numbers if all are.
        """
        return self._with_plan(self._plan.ordered(parse_order(self.model.schema, by, alpha, desc)))

    def in_order_of(self, key: str, kind: str) -> Any:
        """In the order in which a list ('l') or sorted set ('z') holds the pks."""
        return self._with_plan(self._plan.ordered(Order("held", arguments=(key, kind))))

    def instances(
        self, lazy: bool = False, skip_exist_test: bool | None = None, fetch: Sequence[str] = ()
    ) -> Any:
        """Results as objects. The query itself tells that they exist; with ``lazy`` each
        checks again at its first use. ``fetch`` names relations whose objects' values come along
        in the same request, in ``fetched`` of each result."""
        if skip_exist_test is not None:
            warnings.warn("skip_exist_test is the older name of lazy", DeprecationWarning, stacklevel=2)
            lazy = skip_exist_test
        copy = self.clone()
        copy._as_instances, copy._lazy_instances = True, lazy
        copy._plan = self._plan.fetching(Fetch(self.model.schema, fetch) if fetch else None)
        return copy

    def primary_keys(self) -> Any:
        """Results as pks again."""
        copy = self.clone()
        copy._as_instances = copy._lazy_instances = False
        copy._plan = self._plan.fetching(None)
        return copy

    # asking

    def _run(self, op: Op | Call) -> Any:
        return self.model.get_database().run(op)

    def _results(self, plan: Plan | None = None) -> Op:
        plan = plan or self._plan
        if self._as_instances and not self._lazy_instances:
            plan = plan.existing()
        if plan.empty:
            return []
        reply = yield plan.call("pks")
        if plan.fetch is None:
            return [self._result(pk) for pk in reply]
        results = [self._result(pk) for pk in reply[0]]
        plan.fetch.attach(results, reply[1:])
        return results

    def _result(self, pk: str) -> Any:
        if not self._as_instances:
            return pk
        instance = self.model.lazy_connect(pk)
        if not self._lazy_instances:
            instance.set_connected()
        return instance

    def _counted(self) -> Op:
        if self._plan.empty:
            return 0
        return (yield self._plan.call("count"))

    def evaluate(self) -> Any:
        """All results as a list. One request."""
        return self._run(self._results())

    def count(self) -> Any:
        """How many results there are. One request, which fetches none of them."""
        return self._run(self._counted())

    def exists(self) -> Any:
        """Whether there is any result. One request."""

        def any_at_all() -> Op:
            return (yield from self._counted()) > 0

        return self._run(any_at_all())

    def first(self) -> Any:
        """The first result, or None. One request."""

        def first_one() -> Op:
            results = yield from self._results(self._plan.sliced((0, 1, None)))
            return results[0] if results else None

        return self._run(first_one())

    def get(self) -> Any:
        """The only object of the collection. One request.

        Raises Model.DoesNotExist if there is none, MultipleObjectsReturned if there are several.
        """

        return self._run(self.get_op())

    def get_op(self) -> Op:
        """See get."""
        plan = self._plan
        if any(condition.kind != "p" for condition in plan.conditions) or len(plan.conditions) > 1:
            plan = plan.sliced((0, 2, None))
        results = yield from self.instances()._results(plan)
        if len(results) == 1:
            return results[0]
        asked = ", ".join(condition.label for condition in self._plan.conditions)
        if results:
            raise MultipleObjectsReturned(f"several {self.model.__name__} objects match {asked}")
        raise self.model.DoesNotExist(f"no {self.model.__name__} matches {asked}")

    def explain(self) -> Any:
        """How the server answers: the index that drives, estimates, candidates. One request."""

        def explained() -> Op:
            if self._plan.empty:
                return Explanation("a condition that nothing meets", 0, "not asked", ())
            return Explanation.of_reply((yield self._plan.call("explain")))

        return self._run(explained())

    # in asyncio

    def __await__(self) -> Generator[Any, Any, list[Any]]:
        results = self.evaluate()
        if isinstance(results, list):
            raise TypeError("this collection's database is not an asyncio one: use list(collection)")
        waiting: Generator[Any, Any, list[Any]] = results.__await__()
        return waiting

    async def __aiter__(self) -> AsyncIterator[Any]:
        for result in await self.evaluate():
            yield result

    def _refuse_waiting(self, asked: str, instead: str) -> None:
        self.model.get_database().refuse_waiting(f"{asked} of a collection", instead)

    # list-like

    def __iter__(self) -> Iterator[Any]:
        self._refuse_waiting("iteration", "async for, or await the collection for a list")
        results = _Results(list(self.evaluate()))
        # list(collection) asks __len__ right after __iter__: one request must do for both
        self._last = weakref.ref(results)
        return results

    def __len__(self) -> int:
        self._refuse_waiting("len()", "await collection.count()")
        last = self._last() if self._last is not None else None
        if last is not None and not last.started:
            return last.size
        return int(self.count())

    def __bool__(self) -> bool:
        self._refuse_waiting("bool()", "await collection.exists()")
        return bool(self.exists())

    def __contains__(self, item: object) -> bool:
        self._refuse_waiting("'in'", "item in await collection")
        return item in self.evaluate()

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, slice):
            return self._with_plan(self._plan.sliced(_bounds(item)))
        if isinstance(item, bool) or not hasattr(item, "__index__"):
            raise TypeError(f"collection indices must be integers or slices, not {type(item).__name__}")
        return self._run(self._item(item.__index__()))

    def _item(self, position: int) -> Op:
        stop = position + 1 if position != -1 else None
        results = yield from self._results(self._plan.sliced((position, stop, None)))
        if not results:
            raise IndexError("collection index out of range")
        return results[0]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CollectionManager | set | frozenset | list | tuple):
            self._refuse_waiting("comparison", "await collection == other")
        if isinstance(other, CollectionManager):
            other = other.evaluate()
        if isinstance(other, set | frozenset):
            return set(self.evaluate()) == other
        if isinstance(other, list | tuple):
            return list(self.evaluate()) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        plan = self._plan if self._plan.slices else self._plan.sliced((0, _SHOWN + 1, None))
        try:
            self._refuse_waiting("repr()", "await collection")
            results = list(self._run(self._results(plan)))
        except (ImplementationError, PipelineError):
            return f"<{type(self).__name__} of {self.model.__name__}>"
        shown = ", ".join(repr(result) for result in results[:_SHOWN])
        return f"[{shown}{', ...' if len(results) > _SHOWN else ''}]"


def _bounds(item: slice) -> tuple[int | None, int | None, int | None]:
    bounds = []
    for bound in (item.start, item.stop, item.step):
        if bound is not None and not hasattr(bound, "__index__"):
            raise TypeError("slice indices must be integers or None or have an __index__ method")
        bounds.append(None if bound is None else bound.__index__())
    return (bounds[0], bounds[1], bounds[2])
