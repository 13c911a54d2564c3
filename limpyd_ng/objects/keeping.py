"""Keys and indexes of a model: listing, checking, mending."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..call import Call, Op, Pages
from ..database.base import key_pages
from ..static import Items, Reply
from .lifetime import Lifetime

if TYPE_CHECKING:
    from ..indexes import BaseIndex
    from ..schema import FieldSchema
    from ..upkeep import Difference, Upkeep

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

        return Upkeep(cls.get_database(), cls.schema, field, indexes)

    @classmethod
    def _upkeeps(cls) -> list[Upkeep]:
        return [
            cls.index_upkeep(field, field.indexes) for field in cls.schema.fields.values() if field.indexes
        ]

    @classmethod
    def _upkeep(cls, work: Callable[[Upkeep], Op], nothing: Any) -> Op:
        """The sum of what an Op gives for the indexes of each field."""
        total = nothing
        for upkeep in cls._upkeeps():
            total = total + (yield from work(upkeep))
        return total

    @classmethod
    def check_op(cls, progress: Any = None) -> Op:
        """See check_indexes."""
        return cls._upkeep(lambda upkeep: upkeep.audit_op(False, progress), [])

    @classmethod
    def check_indexes(cls, progress: Any = None) -> Reply[list[Difference]]:
        """Every difference between the indexes and the values; writes nothing. In chunks."""
        return cls._run_upkeep(cls.check_op(progress))

    @classmethod
    def repair_indexes(cls, progress: Any = None) -> Reply[list[Difference]]:
        """Mends every difference, while others write; returns what cannot be mended
        (two objects holding one unique value: change one of them). In chunks."""
        op = cls._upkeep(lambda upkeep: upkeep.repair_op(progress), [])
        return cls._run_upkeep(op)

    @classmethod
    def rebuild_indexes(cls, progress: Any = None) -> Reply[int]:
        """Rebuilds all indexes of all fields; see Upkeep.rebuild."""
        op = cls._upkeep(lambda upkeep: upkeep.rebuild_op(progress), 0)
        return cls._run_upkeep(op)

    @classmethod
    def clear_indexes(cls, progress: Any = None) -> Reply[int]:
        """Removes all entries of all indexes; see Upkeep.clear."""
        op = cls._upkeep(lambda upkeep: upkeep.clear_op(progress), 0)
        return cls._run_upkeep(op)

    @classmethod
    def _run_upkeep(cls, op: Op) -> Any:
        # past any pipeline: it takes many requests
        return cls.get_database().run_outside(op)


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
