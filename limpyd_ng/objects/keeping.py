"""Keys and indexes of a model: listing, checking, mending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..call import Call, Op, Pages
from ..database.base import key_pages
from ..static import Items, Reply
from .lifetime import Lifetime

if TYPE_CHECKING:
    from ..indexes import BaseIndex
    from ..schema import FieldSchema
    from ..upkeep import Difference, Progress, Upkeep

__all__ = ["Keeping"]


class Keeping(Lifetime):
    """The entry points of upkeep; all of it works while others write."""

    @classmethod
    def scan_model_keys(cls, count: int | None = None) -> Items[str]:
        """All keys of the model: pks, counter, indexes, fields. A generator (SCAN)."""
        pages = key_pages(cls.schema.keys.pattern(), count)
        found: Iterator[str] = cls.get_database().iterate(_distinct(pages))
        return found

    def scan_keys(self, count: int | None = None) -> Items[str]:
        """The keys that hold this object's fields. A generator. One request for each key."""
        pk, keys = self.stored_pk(), self.schema.keys
        candidates = {field.key(keys, pk): None for field in self.schema.fields.values()}
        memos = [keys.memo(field.stored, pk) for field in self.schema.fields.values() if field.python]
        found: Iterator[str] = self.get_database().iterate(_existing([*candidates, *memos]))
        return found

    @classmethod
    def index_upkeep(cls, field: FieldSchema, indexes: Sequence[BaseIndex]) -> Upkeep:
        """What clears and rebuilds these indexes of a field."""
        # rarely needed: importing the package does without it
        from ..upkeep import Upkeep

        return Upkeep(cls.get_database(), cls.schema, [(field, indexes)])

    @classmethod
    def _upkeep(cls) -> Upkeep:
        """The same for all indexes of all fields."""
        from ..upkeep import Upkeep

        parts = [(field, field.indexes) for field in cls.schema.fields.values() if field.indexes]
        return Upkeep(cls.get_database(), cls.schema, parts)

    @classmethod
    def check_op(cls) -> Op:
        """See check_indexes."""
        return cls._upkeep().check_op()

    @classmethod
    def check_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Reply[list[Difference]]:
        """Every difference between the indexes and the values; writes nothing. See Upkeep.check."""
        return cls._upkeep().check(progress, chunk_size)

    @classmethod
    def repair_indexes(
        cls, progress: Progress | None = None, chunk_size: int | None = None
    ) -> Reply[list[Difference]]:
        """Mends every difference, while others write; returns what cannot be mended
        (two objects holding one unique value: change one of them). See Upkeep.repair."""
        return cls._upkeep().repair(progress, chunk_size)

    @classmethod
    def rebuild_indexes(cls, progress: Progress | None = None, chunk_size: int | None = None) -> Reply[int]:
        """Rebuilds all indexes of all fields; see Upkeep.rebuild."""
        return cls._upkeep().rebuild(progress, chunk_size)

    @classmethod
    def clear_indexes(cls, progress: Progress | None = None, chunk_size: int | None = None) -> Reply[int]:
        """Removes all entries of all indexes; see Upkeep.clear."""
        return cls._upkeep().clear(progress, chunk_size)


def _distinct(pages: Pages) -> Pages:
    """Pages without the items that were given before."""
    seen: set[str] = set()

    def page(state: Any) -> Op:
        state, items = yield from pages(state)
        new = [item for item in dict.fromkeys(items) if item not in seen]
        seen.update(new)
        return state, new

    return page


def _existing(keys: Sequence[str]) -> Pages:
    """Those of the keys that exist, a request for each."""

    def page(at: Any) -> Op:
        at = at or 0
        if at >= len(keys):
            return None, []
        exists = yield Call(("EXISTS", keys[at]))
        return at + 1, [keys[at]] if exists else []

    return page
