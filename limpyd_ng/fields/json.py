"""JSONField: lists and dicts of plain values, as one text."""

from __future__ import annotations

from typing import Any, Unpack

from ..codecs.documents import JSON
from ..static import FieldOptions
from .hash import InstanceHashField

__all__ = ["JSONField"]


class JSONField(InstanceHashField[Any]):
    """An InstanceHashField of what JSON knows: dicts with text keys, lists, texts, numbers, bools, None
    inside. It is read and written as a whole."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        super().__init__(codec=JSON, **options)
