"""A step through a relation: conditions on the objects on its other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..relations import Relation
from .conditions import Condition

__all__ = ["Step", "joined"]


@dataclass(frozen=True, slots=True)
class Step:
    """``inner`` holds of an object on the other side (see lua/lib/steps.lua)."""

    relation: Relation
    #: 'to' what the field points to, or 'from' an object to those that point to it
    way: str
    label: str
    inner: tuple[Condition | Step, ...]
    #: '1': nobody points there, '0': somebody does, '': see ``inner``
    null: str = ""

    kind = "r"
    values: tuple[Any, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing can meet it."""
        return any(condition.empty for condition in self.inner)

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        relation = self.relation
        index = relation.field.indexes[relation.reverse_index - 1]
        far = relation.target if self.way == "to" else relation.source
        args = ["r", self.label, "", *relation.field.spec_of([index]), 0]
        args += [self.way, far.keys.prefix, self.null, len(self.inner)]
        for condition in self.inner:
            args += condition.wire()
        return args


def joined(conditions: Sequence[Condition | Step]) -> list[Condition | Step]:
    """Steps through one relation as one step: all their conditions on the same object."""
    found: list[Condition | Step] = []
    places: dict[Any, int] = {}
    for condition in conditions:
        if isinstance(condition, Step) and not condition.null:
            place = places.setdefault((condition.relation, condition.way), len(found))
            if place < len(found):
                found[place] = _both(found[place], condition)
                continue
        found.append(condition)
    return found


def _both(one: Any, other: Step) -> Step:
    label, inner = f"{one.label}, {other.label}", joined((*one.inner, *other.inner))
    return Step(one.relation, one.way, label, tuple(inner))
