"""CollectionManager: the lazy, list-like answer to a query.

It holds a plan and how to give results; every method returns a new collection. Asking it
for anything (iteration, ``len``, an item, ``==``, ``repr``...) sends one request, each
time: a collection is as live as a field.
"""

from __future__ import annotations

from ..static import M, R
from .batches import Batches
from .listlike import ListLike

__all__ = ["CollectionManager"]


class CollectionManager(Batches[M, R], ListLike[M, R]):
    """The objects of a model that meet all filters, as pks or (``instances()``) objects."""
