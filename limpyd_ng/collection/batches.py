"""Batches: what is done with all objects of a collection in bounded steps: iterate, update, delete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .. import deletion, updating
from ..bulk import check_chunk
from ..call import Call, Op
from ..database import BaseDatabase
from ..exceptions import InvalidValueError, PipelineError
from ..query.conditions import own
from ..results import Shape
from ..static import Items, M, R, Reply
from .stored import Stored, check_ttl

__all__ = ["Batches"]

CHUNK = 200

#: makes the Op that writes the objects with these pks in one atomic step; gives how many it wrote
Writer = Callable[[Sequence[str]], Op]


class Batches(Stored[M, R]):
    """What goes through all results and needs several requests for it."""

    def iterator(self, chunk_size: int = 1000, ttl: float = 3600) -> Items[R]:
        """The results one by one, never more than ``chunk_size`` in memory.

        The pks are stored on the server first (see ``store``; removed at the end, kept for
        ``ttl`` seconds after the last chunk if you stop asking), so whatever others write,
        each object that was found and still exists comes exactly once. One request to store,
        one for each chunk, two around.
        """
        walk = _Walk(self, check_chunk(chunk_size), check_ttl(ttl))
        results: Iterator[R] = walk.database.iterate(walk.page, walk.end)
        return results

    def update(
        self,
        *,
        progress: Callable[[int, int], Any] | None = None,
        chunk_size: int = CHUNK,
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
        self, progress: Callable[[int, int], Any] | None = None, chunk_size: int = CHUNK
    ) -> Reply[int]:
        """Deletes every object, chunk by chunk as ``update``; returns how many."""
        schema = self.model.schema
        nodes = own(self._plan.conditions, relations=False)

        def writer(pks: Sequence[str]) -> Op:
            return (yield from deletion.delete_met(schema, pks, nodes)).count

        return self._in_chunks(writer, progress, chunk_size)

    def _in_chunks(self, writer: Writer, progress: Any, size: int) -> Any:
        database = self.model.get_database()
        _refuse_pipeline(database)
        find = self._with_shape(Shape("stored"))._results()
        return database.run_outside(_chunks_written(find, writer, progress, check_chunk(size)))


def _chunks_written(find: Op, writer: Writer, progress: Any, size: int) -> Op:
    """Finds pks, then writes them chunk by chunk; returns how many objects were written.

    One request to find, one for each chunk.
    """
    pks = list(dict.fromkeys((yield from find)))  # a list of the user's may hold some twice
    done, count = 0, 0
    while done < len(pks):
        chunk = pks[done : done + size]
        count += yield from writer(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, len(pks))
    return count


def _refuse_pipeline(database: BaseDatabase) -> None:
    """Raises PipelineError inside a pipeline, where there is no reply to go on with."""
    if database.in_pipeline:
        raise PipelineError("this needs the first reply to go on; run it outside the pipeline")


class _Walk:
    """The results of a collection, ``size`` objects at a time, from a stored list of its pks."""

    def __init__(self, collection: Stored[Any, Any], size: int, ttl: float) -> None:
        self.database = collection.model.get_database()
        _refuse_pipeline(self.database)
        self.collection = collection
        self.size = size
        self.ttl = ttl
        self.stored: Any = None
        self.renewed = 0.0
        self.total = 0

    def page(self, first: int | None) -> Op:
        """The results from this place on, and the next place."""
        if first is None:
            first = 0
            self.stored = yield from self.collection.store_op(ttl=self.ttl)
            self.total, self.renewed = (yield Call(("LLEN", self.stored.stored_key))), time.monotonic()
        if time.monotonic() - self.renewed > self.ttl / 4:
            yield Call(("PEXPIRE", self.stored.stored_key, int(self.ttl * 1000)))
            self.renewed = time.monotonic()
        if first >= self.total:
            return None, []
        results = yield from self.stored.part(first, first + self.size - 1)
        following = first + self.size
        return following if following < self.total else None, results

    def end(self) -> Op:
        """Removes the stored list."""
        if self.stored is not None:
            yield Call(("UNLINK", self.stored.stored_key))
