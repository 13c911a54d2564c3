"""What is done with all objects of a collection in bounded steps: update, delete, iterate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .call import Call, Op
from .exceptions import DoesNotExist, InvalidValueError, PipelineError
from .schema import ModelSchema

if TYPE_CHECKING:
    from .collection import CollectionManager
    from .database import RedisDatabase

__all__ = ["CHUNK", "check_chunk", "in_chunks", "refuse_pipeline", "walk"]

CHUNK = 200

#: makes the Op that writes the objects with these pks in one atomic step
Writer = Callable[[Sequence[str]], Op]


def check_chunk(size: Any) -> int:
    """A chunk size; raises InvalidValueError unless it is a positive number."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise InvalidValueError(f"chunk_size must be a positive number, not {size!r}")
    return size


def in_chunks(find: Op, model: ModelSchema, writer: Writer, progress: Any, size: int) -> Op:
    """Finds pks, then writes them chunk by chunk; returns how many objects were written.

    One request to find, one for each chunk, two more where an object went meanwhile.
    """
    pks = yield from find
    done, count = 0, 0
    while done < len(pks):
        chunk = pks[done : done + size]
        count += yield from _chunk(model, writer, chunk)
        done += len(chunk)
        if progress is not None:
            progress(done, len(pks))
    return count


def refuse_pipeline(database: RedisDatabase) -> None:
    """Raises PipelineError inside a pipeline, where there is no reply to go on with."""
    if database.in_pipeline:
        raise PipelineError("this needs the first reply to go on; run it outside the pipeline")


def _chunk(model: ModelSchema, writer: Writer, pks: Sequence[str]) -> Op:
    while pks:
        try:
            yield from writer(pks)
            break
        except DoesNotExist:
            there = yield Call(("SMISMEMBER", model.keys.pks, *pks))
            pks = [pk for pk, is_there in zip(pks, there, strict=True) if is_there]
    return len(pks)


def walk(collection: CollectionManager, size: int, ttl: float) -> Iterator[Any]:
    """The results of a collection, ``size`` objects at a time, from a stored list of its pks."""
    database = collection.model.get_database()
    refuse_pipeline(database)
    stored = collection.store(ttl=ttl)
    key, milliseconds = stored.stored_key, int(ttl * 1000)
    try:
        total, renewed = database.connect().llen(key), time.monotonic()
        for first in range(0, total, size):
            if time.monotonic() - renewed > ttl / 4:
                database.runner.run(Call(("PEXPIRE", key, milliseconds)))
                renewed = time.monotonic()
            yield from database.runner.run(stored.part(first, first + size - 1))
    finally:
        database.runner.run(Call(("UNLINK", key)))
