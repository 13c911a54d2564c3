"""``limpyd_ng.contrib.collection`` for asyncio."""

from ...contrib.collection import DEFAULT_STORE_TTL, SORTED_SCORE, ExtendedCollectionManager, OrderBy, Q

__all__ = ["DEFAULT_STORE_TTL", "SORTED_SCORE", "ExtendedCollectionManager", "OrderBy", "Q"]
