"""CollectionManager: the lazy, list-like answer to a query.

It holds a plan and how to give results; every method returns a new collection. Asking it
for anything (iteration, ``len``, an item, ``==``, ``repr``...) sends one request, each
time: a collection is as live as a field.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from itertools import chain
from operator import length_hint
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, SupportsIndex, overload
from uuid import uuid4

from . import batches, deletion, updating
from .call import Call, Op
from .exceptions import (
    CommandError,
    ImplementationError,
    InvalidValueError,
    MultipleObjectsReturned,
    PipelineError,
)
from .query.conditions import Condition, negation, own
from .query.fetch import Fetch
from .query.filters import parse_all
from .query.order import OrderBy, held_order, parse_orders, score_order
from .query.plan import Plan
from .query.q import Q
from .results import SORTED_SCORE, Shape, columns_of
from .sources import plain_value, score_key, source_node
from .static import Items, M, R, Reply

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from .query.explain import Explanation

__all__ = ["DEFAULT_STORE_TTL", "SORTED_SCORE", "CollectionManager", "OrderBy", "Q"]

#: seconds that ``store()`` keeps a result
DEFAULT_STORE_TTL = 60

_SHOWN = 20
_GONE = "STOREDGONE"


class _Results(chain[Any]):
    """An iterator that still knows how many results it holds; ``list()`` asks for that."""

    __slots__ = ("__weakref__", "_items", "size")
    _items: Iterator[Any]
    size: int

    @classmethod
    def of(cls, items: list[Any]) -> _Results:
        """An iterator over these."""
        inner = iter(items)
        made = cls(inner)
        made._items, made.size = inner, len(items)
        return made

    @property
    def started(self) -> bool:
        """Whether anything was taken from it."""
        return length_hint(self._items) != self.size


class CollectionManager(Generic[M, R]):
    """The objects of a model that meet all filters, as pks or (``instances()``) objects."""

    def __init__(self, model: type[M]) -> None:
        self.model = model
        self._plan = Plan(model.schema)
        self._shape = Shape()
        self._last: weakref.ref[_Results] | None = None

    # chaining

    def clone(self) -> Self:
        """A copy that can be changed without changing this collection."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._last = None
        return copy

    def _with_plan(self, plan: Plan) -> Self:
        copy = self.clone()
        copy._plan = plan
        return copy

    def _with_shape(self, shape: Shape) -> Any:
        copy = self.clone()
        copy._shape = shape
        return copy

    def filter(self, *conditions: Q, **filters: Any) -> Self:
        """Only the objects that meet these conditions too."""
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

    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        values: None = None,
        fetch: Sequence[str] = (),
    ) -> CollectionManager[M, M]: ...
    @overload
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        *,
        values: Sequence[Any],
        fetch: Sequence[str] = (),
    ) -> CollectionManager[M, tuple[M, dict[str, Any]]]: ...
    def instances(
        self,
        lazy: bool = False,
        skip_exist_test: bool | None = None,
        values: Sequence[Any] | None = None,
        fetch: Sequence[str] = (),
    ) -> Any:
        """Results as objects. The query itself tells that they exist; with ``lazy`` each
        checks again at its first use. With ``values=[field...]`` results are pairs of an
        object and a dict of the values it had when the query ran. ``fetch`` names relations
        whose objects' values come along too, in ``fetched`` of each object."""
        if skip_exist_test is not None:
            warnings.warn("skip_exist_test is the older name of lazy", DeprecationWarning, stacklevel=2)
            lazy = skip_exist_test
        brought = Fetch(self.model.schema, fetch) if fetch else None
        if values is None:
            return self._with_shape(Shape("instances", lazy, fetch=brought))
        if isinstance(values, str):
            raise InvalidValueError("instances: values is a list of fields")
        return self._with_shape(Shape("pairs", lazy, columns_of(self.model.schema, values), brought))

    def values(self, *fields: Any, fetch: Sequence[str] = ()) -> CollectionManager[M, dict[str, Any]]:
        """Results as dicts of these fields; without any, of all fields of one value. ``fetch``
        names relations whose objects come along, as such dicts under the relation's name."""
        brought = Fetch(self.model.schema, fetch) if fetch else None
        return self._with_shape(Shape("dicts", False, columns_of(self.model.schema, fields), brought))

    @overload
    def values_list(
        self, *fields: Any, flat: Literal[False] = False
    ) -> CollectionManager[M, tuple[Any, ...]]: ...
    @overload
    def values_list(self, *fields: Any, flat: bool) -> CollectionManager[M, Any]: ...
    def values_list(self, *fields: Any, flat: bool = False) -> Any:
        """Results as tuples of these fields; with ``flat`` (one field) as its values."""
        if flat and len(fields) != 1:
            raise InvalidValueError("values_list: flat goes with exactly one field")
        kind = "flat" if flat else "tuples"
        return self._with_shape(Shape(kind, columns=columns_of(self.model.schema, fields)))

    def primary_keys(self) -> CollectionManager[M, str]:
        """Results as pks again."""
        return self._with_shape(Shape())

    # keeping results

    @property
    def stored_key(self) -> str | None:
        """The key of the list that the pks come from, after store() or from_stored()."""
        return self._plan.stored[0] if self._plan.stored else None

    def store(self, key: str | None = None, ttl: float | None = DEFAULT_STORE_TTL) -> Reply[Self]:
        """Keeps the pks in a list for ``ttl`` seconds (None: for ever); returns the collection
        of what is kept. One request, a write.

        Raises ImplementationError for a key of the library's own, WrongTypeError for one that
        holds something else than a list.
        """
        key = self.model.schema.keys.stored(uuid4().hex) if key is None else self._store_key(key)
        database = self.model.get_database()
        return database.made(self._kept(key), database.run(self.store_op(key, ttl)))

    def store_op(self, key: str | None = None, ttl: float | None = DEFAULT_STORE_TTL) -> Op:
        """See store; the key is not checked."""
        if ttl is not None:
            batches.check_ttl(ttl)
        key = key or self.model.schema.keys.stored(uuid4().hex)
        call = self._plan.store_call(key, None if ttl is None else int(ttl * 1000))
        return self._stored(key, call)

    def _stored(self, key: str, call: Call) -> Op:
        yield from self._asked(call)
        return self._kept(key)

    def _store_key(self, key: Any) -> str:
        if not isinstance(key, str) or not key:
            raise InvalidValueError(f"a key is a text that is not empty, not {key!r}")
        keys = self.model.schema.keys
        mine = self.model.get_database().model_of_key(key)
        if mine and not key.startswith(keys.stored("")):
            raise ImplementationError(f"{key!r} is a key that a model keeps itself; store under another one")
        return key

    def from_stored(self, key: str) -> Self:
        """The collection of what was stored under a key, in its order. No request.

        Objects deleted since are left out. Evaluating raises DoesNotExist if it has expired.
        """
        if self._plan.stored:
            raise InvalidValueError("this collection comes from a stored one already")
        if not isinstance(key, str) or not key:
            raise InvalidValueError(f"a key is a text that is not empty, not {key!r}")
        return self._with_plan(self._plan.of_stored(key))

    def _kept(self, key: str) -> Self:
        return self._with_plan(Plan(self.model.schema).of_stored(key))

    def part(self, first: int, last: int) -> Op:
        """The Op for the results at these places of the stored list."""
        key = self.stored_key
        assert key is not None
        return self._results(self._plan.of_stored(key, first, last))

    # all of them, in bounded steps

    def iterator(self, chunk_size: int = 1000, ttl: float = 3600) -> Items[R]:
        """The results one by one, never more than ``chunk_size`` in memory.

        The pks are stored on the server first (see ``store``; removed at the end, kept for
        ``ttl`` seconds after the last chunk if you stop asking), so whatever others write,
        each object that was found and still exists comes exactly once. One request to store,
        one for each chunk, two around.
        """
        walk = batches.Walk(self, batches.check_chunk(chunk_size), batches.check_ttl(ttl))
        results: Iterator[R] = walk.database.iterate(walk.page, walk.end)
        return results

    def update(
        self,
        *,
        progress: Callable[[int, int], Any] | None = None,
        chunk_size: int = batches.CHUNK,
        **values: Any,
    ) -> Reply[int]:
        """Gives these fields of every object their whole new content; returns how many objects.

        One request to find the objects and one for each chunk of them. A chunk is written
        completely or not at all; an error ends the work, the chunks before it are done. The
        step that writes passes over objects that are gone, or no longer meet the conditions on
        values of their own.
        """
        contents = self.model()._contents(values)
        if not contents:
            raise InvalidValueError("give at least one value to update")
        schema = self.model.schema
        nodes = own(self._plan.conditions)
        return self._in_chunks(
            lambda pks: updating.update_met(schema, pks, nodes, contents), progress, chunk_size
        )

    def delete(
        self, progress: Callable[[int, int], Any] | None = None, chunk_size: int = batches.CHUNK
    ) -> Reply[int]:
        """Deletes every object, chunk by chunk as ``update``; returns how many."""
        schema = self.model.schema
        nodes = own(self._plan.conditions, relations=False)

        def writer(pks: Sequence[str]) -> Op:
            return (yield from deletion.delete_met(schema, pks, nodes)).count

        return self._in_chunks(writer, progress, chunk_size)

    def _in_chunks(self, writer: batches.Writer, progress: Any, size: int) -> Any:
        database = self.model.get_database()
        batches.refuse_pipeline(database)
        find = self._with_shape(Shape("stored"))._results()
        return database.runner.run(batches.in_chunks(find, writer, progress, batches.check_chunk(size)))

    # asking

    def _run(self, op: Op | Call) -> Any:
        return self.model.get_database().run(op)

    def _asked(self, call: Call) -> Op:
        try:
            return (yield call)
        except CommandError as error:
            if _GONE not in str(error):
                raise
            raise self.model.DoesNotExist(f"the stored result {self.stored_key!r} has expired") from error

    def _results(self, plan: Plan | None = None) -> Op:
        plan, shape = plan or self._plan, self._shape
        if shape.checked:
            plan = plan.existing()
        call = plan.call(shape.what, shape.sent, shape.fetch)
        reply = [] if plan.empty else (yield from self._asked(call))
        return shape.results(self.model, reply)

    def _counted(self, what: str = "count") -> Op:
        if self._plan.empty:
            return 0
        return (yield from self._asked(self._plan.call(what)))

    def evaluate(self) -> Reply[list[R]]:
        """All results as a list. One request."""
        return self._run(self._results())

    def count(self) -> Reply[int]:
        """How many results there are. One request, which fetches none of them."""
        return self._run(self._counted())

    def exists(self) -> Reply[bool]:
        """Whether there is any result. One request, which stops looking at the first."""

        def any_at_all() -> Op:
            return (yield from self._counted("exists")) > 0

        return self._run(any_at_all())

    def first(self) -> Reply[R | None]:
        """The first result, or None. One request."""

        def first_one() -> Op:
            results = yield from self._results(self._plan.sliced((0, 1, None)))
            return results[0] if results else None

        return self._run(first_one())

    def get(self) -> Reply[M]:
        """The only object of the collection. One request.

        Raises Model.DoesNotExist if there is none, MultipleObjectsReturned if there are several.
        """

        return self._run(self.get_op())

    def get_op(self) -> Op:
        """See get."""
        plan = self._plan
        if not self._by_pk():
            plan = plan.sliced((0, 2, None))
        results = yield from self.instances()._results(plan)
        if len(results) == 1:
            return results[0]
        asked = ", ".join(condition.label for condition in self._plan.conditions)
        if results:
            raise MultipleObjectsReturned(f"several {self.model.__name__} objects match {asked}")
        raise self.model.DoesNotExist(f"no {self.model.__name__} matches {asked}")

    def _by_pk(self) -> bool:
        conditions = self._plan.conditions
        one = conditions[0] if len(conditions) == 1 else None
        return isinstance(one, Condition) and one.kind == "p" and len(one.values) == 1

    def explain(self) -> Reply[Explanation]:
        """How the server answers: the index that drives, estimates, candidates. One request."""

        # rarely asked for: importing the package does without it
        from .query.explain import Explanation

        def explained() -> Op:
            if self._plan.empty:
                return Explanation("a condition that nothing meets", 0, "not asked", ())
            return Explanation.of_reply((yield from self._asked(self._plan.call("explain"))))

        return self._run(explained())

    # in asyncio

    # names without underscores would make ``await`` right for a plain database in the eyes of type checkers

    def _awaited(self) -> Generator[Any, Any, list[R]]:
        results: Any = self.evaluate()
        if isinstance(results, list):
            raise TypeError("this collection's database is not an asyncio one: use list(collection)")
        waiting: Generator[Any, Any, list[R]] = results.__await__()
        return waiting

    async def _each(self) -> AsyncIterator[R]:
        results: Any = self.evaluate()
        for result in await results:
            yield result

    if not TYPE_CHECKING:
        __await__, __aiter__ = _awaited, _each

    def _refuse_waiting(self, asked: str, instead: str) -> None:
        self.model.get_database().refuse_waiting(f"{asked} of a collection", instead)

    # list-like

    def __iter__(self) -> Iterator[R]:
        self._refuse_waiting("iteration", "async for, or await the collection for a list")
        results = _Results.of(list(self.evaluate()))
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

    @overload
    def __getitem__(self, item: slice) -> Self: ...
    @overload
    def __getitem__(self, item: SupportsIndex) -> Reply[R]: ...
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
