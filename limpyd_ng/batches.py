"""What is done with all objects of a collection in bounded steps: update, delete, iterate."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .call import Call, Op
from .exceptions import InvalidValueError, PipelineError

if TYPE_CHECKING:
    from .collection import CollectionManager
    from .database import BaseDatabase

__all__ = ["CHUNK", "Walk", "check_chunk", "check_ttl", "in_chunks", "refuse_pipeline"]

CHUNK = 200

#: makes the Op that writes the objects with these pks in one atomic step; gives how many it wrote
Writer = Callable[[Sequence[str]], Op]


def check_chunk(size: Any) -> int:
    """A chunk size; raises InvalidValueError unless it is a positive number."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise InvalidValueError(f"chunk_size must be a positive number, not {size!r}")
    return size


def check_ttl(ttl: Any) -> float:
    """A life in seconds; raises InvalidValueError unless it is a positive number."""
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0.001 <= ttl < 1e12:
        raise InvalidValueError(f"ttl is a positive number of seconds, not {ttl!r}")
    return ttl


def in_chunks(find: Op, writer: Writer, progress: Any, size: int) -> Op:
    """Finds pks, then writes them chunk by chunk; returns how many objects were written.

    One request to find, one for each chunk.
    """
    pks = yield from find
    done, count = 0, 0
    while done < len(pks):
        chunk = pks[done : done + size]
        count += yield from writer(chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, len(pks))
    return count


def refuse_pipeline(database: BaseDatabase) -> None:
    """Raises PipelineError inside a pipeline, where there is no reply to go on with."""
    if database.in_pipeline:
        raise PipelineError("this needs the first reply to go on; run it outside the pipeline")


class Walk:
    """The results of a collection, ``size`` objects at a time, from a stored list of its pks."""

    def __init__(self, collection: CollectionManager[Any, Any], size: int, ttl: float) -> None:
        self.database = collection.model.get_database()
        refuse_pipeline(self.database)
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
