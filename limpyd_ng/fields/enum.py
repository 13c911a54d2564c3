"""EnumField: a member of an Enum."""

from __future__ import annotations

from enum import EnumMeta
from typing import Unpack

from ..exceptions import ImplementationError
from ..static import E, PlainOptions
from .hash import InstanceHashField

__all__ = ["EnumField"]


class EnumField(InstanceHashField[E]):
    """An InstanceHashField of the members of an Enum: ``EnumField(Kind)`` stores their values.

    The Enum may be left out by a class that has it in brackets, ``class KindField(EnumField[Kind])``.
    """

    parameters = ("kind",)

    def __init__(self, kind: type[E] | None = None, **options: Unpack[PlainOptions]) -> None:
        kind = kind or self.in_brackets.get("kind")
        if not isinstance(kind, EnumMeta):
            raise ImplementationError(f"{type(self).__name__} takes an Enum, not {kind!r}")
        super().__init__(type=kind, **options)
