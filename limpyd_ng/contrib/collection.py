"""Extended collections under their redis-limpyd name (every collection is one here)."""

from ..collection import DEFAULT_STORE_TTL, SORTED_SCORE, CollectionManager, OrderBy, Q

__all__ = ["DEFAULT_STORE_TTL", "SORTED_SCORE", "ExtendedCollectionManager", "OrderBy", "Q"]

ExtendedCollectionManager = CollectionManager
