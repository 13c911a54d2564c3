"""Clearing, rebuilding, checking and repairing the indexes of a field.

All of it works in chunks while other clients write: each chunk is compared and mended in
one atomic step, so a write is never undone, and an interrupted run is simply run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .call import Call, Op
from .engine import target_of
from .exceptions import ImplementationError, WrongTypeError
from .keys import escape_glob
from .lua import AUDIT
from .schema import HASH, FieldSchema, ModelSchema
from .static import Reply

if TYPE_CHECKING:
    from .database import BaseDatabase
    from .indexes import BaseIndex

__all__ = ["Difference", "Progress", "Upkeep"]

#: called with (done, total) as objects and index keys are dealt with; totals are estimates
Progress = Callable[[int, int], Any]

CHUNK = 500

#: the kinds of index that have a key for each value (of a field that is not unique)
_KEY_PER_VALUE = ("e", "s")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where an index and the values disagree.

    ``kind``: 'missing' (a value without its entry), 'stale' (an entry without its value),
    'duplicate' (a unique value that ``holder`` has too), 'invalid' (a value that the index
    cannot take), 'foreign' (an index key of another type, in ``value``) or 'dangling' (the value of
    a relation with ``must_exist`` is the pk of no object).
    """

    kind: str
    field: str
    index: str
    pk: Any
    value: str
    holder: Any = None

    def __str__(self) -> str:
        also = f", also held by {self.holder!r}" if self.holder is not None else ""
        return f"{self.kind}: {self.field} ({self.index}) of pk {self.pk!r}: {self.value!r}{also}"


class Upkeep:
    """The upkeep of some indexes of one field, over all objects."""

    def __init__(
        self, database: BaseDatabase, model: ModelSchema, field: FieldSchema, indexes: Sequence[BaseIndex]
    ) -> None:
        self.database = database
        self.model = model
        self.field = field
        self.indexes = tuple(indexes)
        self._spec = field.spec_of(self.indexes)
        # while the target is not declared, nobody can tell what is in it
        is_known = field.relation is not None and field.relation.is_resolved
        self._target = target_of(field) if is_known else ""
        self._python = [(n, index) for n, index in enumerate(self.indexes, 1) if index.python]

    def __repr__(self) -> str:
        return f"<Upkeep of {self.field.label}: {', '.join(index.label for index in self.indexes)}>"

    # what users call

    def clear(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Reply[int]:
        """Removes all entries (UNLINK); returns how many keys were removed."""
        return self.database.run_outside(self.clear_op(progress, chunk_size))

    def rebuild(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Reply[int]:
        """Adds the entries that are missing, removes those that are wrong; returns how many
        differences there were. Queries keep working meanwhile."""
        return self.database.run_outside(self.rebuild_op(progress, chunk_size))

    def check(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Reply[list[Difference]]:
        """Every difference; writes nothing."""
        return self.database.run_outside(self.audit_op(False, progress, chunk_size))

    def repair(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Reply[list[Difference]]:
        """Mends every difference; returns those that only you can mend."""
        return self.database.run_outside(self.repair_op(progress, chunk_size))

    def get_storage_key(self, value: Any, sub_key: str | None = None) -> str:
        """The Redis key that holds the entry of a value (of one index)."""
        if len(self.indexes) != 1:
            raise ImplementationError(
                f"{self.field.label}: {len(self.indexes)} indexes, each with its own keys"
            )
        (index,) = self.indexes
        key = self._base(index)
        if sub_key is not None:
            key = f"{key}:{len(sub_key.encode())}:{sub_key}"
        if index.kind not in _KEY_PER_VALUE or index.unique:
            return key
        text = index.storage_value(value)
        return f"{key}:{text if isinstance(text, str) else text.decode('utf-8', 'surrogateescape')}"

    # as Ops

    def clear_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See clear."""
        removed = 0
        patterns = [escape_glob(self._base(index)) + tail for index in self.indexes for tail in ("", ":*")]
        if self._python and len(self.indexes) == len(self.field.indexes):
            patterns.append(escape_glob(self.model.keys.memo(self.field.stored, "")) + "*")
        for done, pattern in enumerate(patterns, 1):
            cursor = 0
            while True:
                cursor, keys = yield Call(("SCAN", cursor, "MATCH", pattern, "COUNT", chunk_size))
                if keys:
                    removed += yield Call(("UNLINK", *keys))
                if int(cursor) == 0:
                    break
            if progress is not None:
                progress(done, len(patterns))
        return removed

    def rebuild_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See rebuild."""
        return len((yield from self.audit_op(True, progress, chunk_size)))

    def repair_op(self, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """See repair."""
        found = yield from self.audit_op(True, progress, chunk_size)
        return [difference for difference in found if difference.kind not in ("missing", "stale")]

    def audit_op(self, mend: bool, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """Compares objects with their entries, then entries with their objects."""
        total = yield Call(("SCARD", self.model.keys.pks))
        counter = _Counter(progress, total * (1 + len(self.indexes)))
        found = yield from self._audit_objects(mend, counter, chunk_size)
        for number, index in enumerate(self.indexes, 1):
            found += yield from self._audit_layout(index, mend, chunk_size)
            found += yield from self._audit_index(number, index, mend, counter, chunk_size)
        counter.finish()
        return found

    def _audit_objects(self, mend: bool, counter: _Counter, chunk_size: int) -> Op:
        found: list[Difference] = []
        cursor: Any = 0
        while True:
            cursor, pks = yield Call(("SSCAN", self.model.keys.pks, cursor, "COUNT", chunk_size))
            for part in _parts(list(pks), chunk_size):
                found += yield from self._audit(mend, "objects", [len(part), *part])
                counter.add(len(part))
            if int(cursor) == 0:
                return found

    def _audit_layout(self, index: BaseIndex, mend: bool, chunk_size: int) -> Op:
        """Keys that the index had while its field was unique, or was not yet."""
        base = self._base(index)
        if index.kind != "e" or self.field.kind == HASH:
            return []
        keys: list[str] = []
        if not index.unique and (yield Call(("EXISTS", base))):
            keys.append(base)
        cursor: Any = 0
        while index.unique:
            pattern = escape_glob(base) + ":*"
            cursor, found = yield Call(("SCAN", cursor, "MATCH", pattern, "COUNT", chunk_size))
            keys += found
            if int(cursor) == 0:
                break
        if mend and keys:
            yield Call(("UNLINK", *keys))
        return [Difference("stale", self.field.label, index.label, "", key) for key in dict.fromkeys(keys)]

    def _audit_index(
        self, number: int, index: BaseIndex, mend: bool, counter: _Counter, chunk_size: int
    ) -> Op:
        base = self._base(index)
        if self.field.kind != HASH and (index.kind not in _KEY_PER_VALUE or index.unique):
            return (yield from self._audit_key(number, index, base, mend, counter, chunk_size))
        found: list[Difference] = []
        seen: set[str] = set()
        cursor: Any = 0
        while True:
            cursor, keys = yield Call(
                ("SCAN", cursor, "MATCH", escape_glob(base) + ":*", "COUNT", chunk_size)
            )
            new = [key for key in dict.fromkeys(keys) if key not in seen]
            seen.update(new)
            if index.kind in _KEY_PER_VALUE:
                found += yield from self._audit_sets(number, index, new, mend, counter, chunk_size)
            else:
                for key in new:
                    found += yield from self._audit_key(number, index, key, mend, counter, chunk_size)
            if int(cursor) == 0:
                return found

    def _audit_sets(
        self, number: int, index: BaseIndex, keys: list[str], mend: bool, counter: _Counter, chunk_size: int
    ) -> Op:
        """Most values of an equal index have few objects: many sets go in one request."""
        found: list[Difference] = []
        for part in _parts(keys, max(1, chunk_size // 5)):
            for one in (yield from self._audit(mend, "keys", [number, chunk_size // 5, len(part), *part])):
                if one.kind == "large":
                    found += yield from self._audit_key(number, index, one.value, mend, counter, chunk_size)
                else:
                    found.append(one)
            counter.add(len(part))
        return found

    def _audit_key(
        self, number: int, index: BaseIndex, key: str, mend: bool, counter: _Counter, chunk_size: int
    ) -> Op:
        command = "ZSCAN" if index.kind != "e" else "HSCAN" if index.unique else "SSCAN"
        found: list[Difference] = []
        cursor: Any = 0
        while True:
            try:
                cursor, items = yield Call(
                    (command, key, cursor, "COUNT", chunk_size), {"score_cast_func": repr_score}
                )
            except WrongTypeError:
                return [Difference("foreign", self.field.label, index.label, "", key)]
            flat = _flat(items)
            for part in _parts(flat, 2 * chunk_size):
                found += yield from self._audit(mend, "entries", [number, key, len(part), *part])
                counter.add(len(part) if command == "SSCAN" else len(part) // 2)
            if int(cursor) == 0:
                return found

    def _audit(self, mend: bool, what: str, work: list[Any]) -> Op:
        known: list[Any] = []
        count = 0
        while True:
            args = [
                self.model.keys.prefix,
                "mend" if mend else "check",
                what,
                *self._spec,
                count,
                *known,
                self._target,
                *work,
            ]
            reply = yield Call((1, self.model.keys.pks, *args), script=AUDIT)
            if reply[0] == "OK":
                return list(self._differences(reply[1:]))
            for raw in reply[1:]:
                for number, index in self._python:
                    result = index.known(raw)
                    known += (number, raw, "0" if result is None else "1", "" if result is None else result)
                    count += 1

    def _differences(self, reply: Sequence[str]) -> Iterator[Difference]:
        for at in range(0, len(reply), 5):
            kind, label, pk, value, holder = reply[at : at + 5]
            errors = "surrogateescape" if kind == "large" else "backslashreplace"
            text = bytes.fromhex(value).decode("utf-8", errors)
            held = self.model.shown_pk(holder) if holder else None
            yield Difference(kind, self.field.label, label, self.model.shown_pk(pk), text, held)

    def _base(self, index: BaseIndex) -> str:
        return self.model.keys.index(self.field.stored, index.label)


class _Counter:
    """Tells a progress callback how far an audit is."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)

    def finish(self) -> None:
        if self._progress is not None:
            self._progress(self._total, self._total)


def repr_score(score: Any) -> Any:
    """A score as Redis sent it, so that no digit is lost."""
    return score


def _flat(items: Any) -> list[Any]:
    if isinstance(items, dict):
        return [part for pair in items.items() for part in pair]
    return [part for item in items for part in (item if isinstance(item, list | tuple) else (item,))]


def _parts(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
