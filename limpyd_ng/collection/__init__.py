"""Collections: the lazy, list-like answers to queries, a file for each side of them.

Each of ``chain``, ``shapes``, ``asking``, ``stored``, ``batches`` and ``listlike`` builds on one
before it; ``manager`` joins them. ``sources`` reads what users put into a collection.
"""

from ..query.order import OrderBy
from ..query.q import Q
from ..results import SORTED_SCORE
from .manager import CollectionManager
from .stored import DEFAULT_STORE_TTL

__all__ = ["DEFAULT_STORE_TTL", "SORTED_SCORE", "CollectionManager", "OrderBy", "Q"]
