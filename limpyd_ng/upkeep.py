"""Clearing, rebuilding, checking and repairing indexes.

All of it works in chunks while other clients write: each chunk is compared and mended in
one atomic step, so a write is never undone, and an interrupted run is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .audit import CHUNK, KEY_PER_VALUE, Audit, Counter, Difference, Progress, scan_patterns
from .bulk import check_chunk
from .call import Call, Op
from .exceptions import ImplementationError
from .schema import FieldSchema, ModelSchema
from .static import Reply

if TYPE_CHECKING:
    from .database import BaseDatabase
    from .indexes import BaseIndex

__all__ = ["Difference", "Progress", "Upkeep"]

#: how many keys one UNLINK removes at most, and for each of them how many a SCAN looks at
UNLINKED, SCANNED = 500, 4


class Upkeep:
    """The upkeep of some indexes of some fields of a model, over all objects.

    ``chunk_size``: how much one request looks at, about so many values and entries (800), or to clear
    so many keys (500).
    """

    def __init__(
        self,
        database: BaseDatabase,
        model: ModelSchema,
        parts: Iterable[tuple[FieldSchema, Sequence[BaseIndex]]],
    ) -> None:
        self.database = database
        self.model = model
        self.parts = tuple((field, tuple(indexes)) for field, indexes in parts)

    def __repr__(self) -> str:
        parts = [f"{field.label}: {', '.join(one.label for one in some)}" for field, some in self.parts]
        return f"<Upkeep of {'; '.join(parts)}>"

    @property
    def indexes(self) -> tuple[BaseIndex, ...]:
        """The indexes of all the fields."""
        return tuple(index for _, indexes in self.parts for index in indexes)

    # what users call

    def clear(self, progress: Progress | None = None, chunk_size: int | None = None) -> Reply[int]:
        """Removes all entries (SCAN, UNLINK); returns how many keys were removed."""
        return self.database.run_outside(self.clear_op(progress, _size(chunk_size, UNLINKED)))

    def rebuild(self, progress: Progress | None = None, chunk_size: int | None = None) -> Reply[int]:
        """Adds the entries that are missing, removes those that are wrong; returns how many
        differences there were. Queries keep working meanwhile."""
        return self.database.run_outside(self.rebuild_op(progress, _size(chunk_size, CHUNK)))

    def check(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Reply[list[Difference]]:
        """Every difference; writes nothing."""
        return self.database.run_outside(self.check_op(progress, _size(chunk_size, CHUNK)))

    def repair(
        self, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Reply[list[Difference]]:
        """Mends every difference; returns those that only you can mend."""
        return self.database.run_outside(self.repair_op(progress, _size(chunk_size, CHUNK)))

    def get_storage_key(self, value: Any, sub_key: str | None = None) -> str:
        """The Redis key that holds the entry of a value (of one index)."""
        if len(self.indexes) != 1:
            raise ImplementationError(f"{self!r}: {len(self.indexes)} indexes, each with its own keys")
        (index,) = self.indexes
        key = self._base(index)
        if sub_key is not None:
            key = f"{key}:{len(sub_key.encode())}:{sub_key}"
        if index.kind not in KEY_PER_VALUE or index.unique:
            return key
        text = index.storage_value(value)
        return f"{key}:{text if isinstance(text, str) else text.decode('utf-8', 'surrogateescape')}"

    # as Ops

    def clear_op(self, progress: Progress | None = None, chunk_size: int = UNLINKED) -> Op:
        """See clear."""
        keys = self.model.keys
        bases = [self._base(index) for index in self.indexes]
        patterns = list(scan_patterns(self.model, self.parts))
        memos = [field.stored for field, some in self.parts if field.python and some == field.indexes]
        if memos:
            patterns.append(keys.pattern("memo", *(memos if len(memos) == 1 else ())))
        counter = Counter(progress, len(patterns) * (yield Call(("DBSIZE",))))
        removed = yield Call(("UNLINK", *bases))
        starts = tuple([f"{base}:" for base in bases] + [keys.memo(name, "") for name in memos])
        for pattern in patterns:
            removed += yield from _removed(pattern, starts, counter, chunk_size)
        counter.finish()
        return removed

    def rebuild_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See rebuild."""
        return len((yield from self._audit(True, progress, chunk_size)))

    def check_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See check."""
        return self._audit(False, progress, chunk_size)

    def repair_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See repair."""
        found = yield from self._audit(True, progress, chunk_size)
        return [difference for difference in found if difference.kind not in ("missing", "stale")]

    def _audit(self, mend: bool, progress: Progress | None, chunk_size: int) -> Op:
        return Audit(self.model, self.parts).op(mend, progress, chunk_size)

    def _base(self, index: BaseIndex) -> str:
        return self.model.keys.index(index.field.stored, index.label)


def _size(chunk_size: int | None, default: int) -> int:
    return default if chunk_size is None else check_chunk(chunk_size)


def _removed(pattern: str, starts: tuple[str, ...], counter: Counter, chunk_size: int) -> Op:
    """Removes the keys that the pattern finds and that start so; returns how many."""
    removed, cursor, count = 0, 0, SCANNED * chunk_size
    while True:
        cursor, found = yield Call(("SCAN", cursor, "MATCH", pattern, "COUNT", count))
        keys = [key for key in found if key.startswith(starts)]
        for first in range(0, len(keys), chunk_size):
            removed += yield Call(("UNLINK", *keys[first : first + chunk_size]))
        counter.add(count)
        if int(cursor) == 0:
            return removed
