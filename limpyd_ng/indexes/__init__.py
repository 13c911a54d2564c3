"""Indexes: how values become entries, and which filters the entries answer."""

from .base import BaseIndex
from .equal import CaseInsensitiveIndex, EqualIndex
from .geo import GeoIndex
from .joint import EqualIndexWith
from .multi import MultiIndexes
from .number_range import NumberRangeIndex
from .parts import ContainsIndex, WordsIndex
from .scored import ScoredEqualIndex
from .text_range import EndsWithIndex, TextRangeIndex
from .transforms import Lower, Reverse, ReverseBytes, Slice, Strip, Transform, Upper

__all__ = [
    "BaseIndex",
    "CaseInsensitiveIndex",
    "ContainsIndex",
    "EndsWithIndex",
    "EqualIndex",
    "EqualIndexWith",
    "GeoIndex",
    "Lower",
    "MultiIndexes",
    "NumberRangeIndex",
    "Reverse",
    "ReverseBytes",
    "ScoredEqualIndex",
    "Slice",
    "Strip",
    "TextRangeIndex",
    "Transform",
    "Upper",
    "WordsIndex",
]
