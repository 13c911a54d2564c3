"""The list-like face: iteration, length, items, comparison; ``await`` and ``async for`` in asyncio."""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Generator, Iterator
from itertools import chain
from operator import length_hint
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, overload

from ..call import Op
from ..exceptions import ImplementationError, PipelineError
from ..static import M, R, Reply
from .asking import Asking

__all__ = ["ListLike"]

_SHOWN = 20


class _Results(chain[Any]):
    """An iterator that still knows how many results it holds; ``list()`` asks for that."""

    __slots__ = ("__weakref__", "_items", "_owner", "size")
    _items: Iterator[Any]
    _owner: Any
    size: int

    @classmethod
    def of(cls, items: list[Any], owner: Any) -> _Results:
        """An iterator over these, which a collection was asked for."""
        inner = iter(items)
        made = cls(inner)
        made._items, made._owner, made.size = inner, owner, len(items)
        return made

    def new_of(self, owner: Any) -> bool:
        """Whether it is this collection's own (a clone remembers it too) and nothing was taken from it."""
        return self._owner is owner and length_hint(self._items) == self.size


class ListLike(Asking[M, R]):
    """A collection as a list of its results, which are asked for each time."""

    #: the iterator that was made last, for as long as it lives
    _last: weakref.ref[_Results] | None = None

    def __iter__(self) -> Iterator[R]:
        database = self.model.get_database()
        if database.awaited:
            self._refuse_waiting("iteration", "async for, or await the collection for a list")
        results = _Results.of(list(database.run(self._results())), self)
        # list(collection) asks __len__ right after __iter__: one request must do for both
        self._last = weakref.ref(results)
        return results

    def __len__(self) -> int:
        last = self._last() if self._last is not None else None
        if last is not None and last.new_of(self):
            return last.size
        self._refuse_waiting("len()", "await collection.count()")
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
        if isinstance(other, ListLike | set | frozenset | list | tuple):
            self._refuse_waiting("comparison", "await collection == other")
        if isinstance(other, ListLike):
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

    # in asyncio

    # names without underscores would make ``await`` right for a plain database in the eyes of type checkers

    def _awaited(self) -> Generator[Any, Any, list[R]]:
        self._refuse_awaiting("use list(collection)")
        results: Any = self.evaluate()
        waiting: Generator[Any, Any, list[R]] = results.__await__()
        return waiting

    async def _each(self) -> AsyncIterator[R]:
        self._refuse_awaiting("use for without async")
        results: Any = self.evaluate()
        for result in await results:
            yield result

    def _refuse_awaiting(self, instead: str) -> None:
        if not self.model.get_database().awaited:
            raise TypeError(f"this collection's database is not an asyncio one: {instead}")

    if not TYPE_CHECKING:
        __await__, __aiter__ = _awaited, _each

    def _refuse_waiting(self, asked: str, instead: str) -> None:
        self.model.get_database().refuse_waiting(f"{asked} of a collection", instead)


def _bounds(item: slice) -> tuple[int | None, int | None, int | None]:
    return _bound(item.start), _bound(item.stop), _bound(item.step)


def _bound(given: Any) -> int | None:
    if given is None or type(given) is int:
        return given
    if not hasattr(given, "__index__"):
        raise TypeError("slice indices must be integers or None or have an __index__ method")
    return int(given.__index__())
