"""A filter as data: which index (or key) answers it, and with which values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..schema import FieldSchema

__all__ = ["Condition", "merge"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a query; ``kind`` is explained in ``lua/lib/conditions.lua``."""

    kind: str
    #: what the user wrote, for explain()
    label: str
    values: tuple[Any, ...]
    schema: FieldSchema | None = None
    #: name, kind and the one index (see lua/lib/fields.lua)
    spec: tuple[Any, ...] = field(default=("", "", 0))
    #: the sub-key of a HashField
    sub: Any = ""

    @property
    def empty(self) -> bool:
        """Whether nothing can meet it, such as ``__in=[]``."""
        return not self.values

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        return [self.kind, self.label, self.sub, *self.spec, len(self.values), *self.values]


def merge(conditions: Sequence[Any]) -> list[Any]:
    """Two ranges of one index of a single-valued field as the one range they leave.

    A field with many values keeps them apart: one value may meet the one and another value
    the other.
    """
    merged: list[Any] = []
    place: dict[Any, int] = {}
    for condition in conditions:
        mergeable = condition.kind in "tn" and len(condition.values) == 2
        if mergeable and condition.schema is not None and not condition.schema.multi:
            key = (condition.kind, condition.spec, condition.sub)
            if key in place:
                merged[place[key]] = _narrowed(merged[place[key]], condition)
                continue
            place[key] = len(merged)
        merged.append(condition)
    return merged


def _narrowed(one: Condition, other: Condition) -> Condition:
    rank = _text_rank if one.kind == "t" else _number_rank
    low = max(one.values[0], other.values[0], key=lambda bound: rank(bound, True))
    high = min(one.values[1], other.values[1], key=lambda bound: rank(bound, False))
    return Condition(one.kind, f"{one.label}, {other.label}", (low, high), one.schema, one.spec, one.sub)


def _text_rank(bound: bytes, low: bool) -> tuple[int, bytes, int]:
    if bound in (b"-", b"+"):
        return (0 if bound == b"-" else 2, b"", 0)
    opened = bound[:1] == b"("
    return (1, bound[1:], int(opened) if low else -int(opened))


def _number_rank(bound: str, low: bool) -> tuple[float, int]:
    opened = bound[0] == "("
    return (float(bound.lstrip("(")), int(opened) if low else -int(opened))
