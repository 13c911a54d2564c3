"""Indexes: how values become entries, and which filters the entries answer."""

from .base import BaseIndex
from .equal import EqualIndex
from .number_range import NumberRangeIndex
from .text_range import TextRangeIndex
from .transforms import Lower, Reverse, Slice, Strip, Transform, Upper

__all__ = [
    "BaseIndex",
    "EqualIndex",
    "Lower",
    "NumberRangeIndex",
    "Reverse",
    "Slice",
    "Strip",
    "TextRangeIndex",
    "Transform",
    "Upper",
]
