"""``limpyd_ng.collection`` for asyncio: the same classes, whose results are awaited."""

from ..collection import DEFAULT_STORE_TTL, SORTED_SCORE, CollectionManager, OrderBy, Q

__all__ = ["DEFAULT_STORE_TTL", "SORTED_SCORE", "CollectionManager", "OrderBy", "Q"]
