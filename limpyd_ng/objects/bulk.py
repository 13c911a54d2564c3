"""Many objects at once."""

from __future__ import annotations

from .lifetime import Lifetime

__all__ = ["Bulk"]


class Bulk(Lifetime):
    """Creating and deleting many objects."""
