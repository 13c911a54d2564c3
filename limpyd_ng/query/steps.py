"""A step through a relation: conditions on the objects on its other side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..relations import Relation
from .conditions import Condition, Group, Node

__all__ = ["Step", "joined", "step"]


@dataclass(slots=True, unsafe_hash=True)
class Step(Condition):
    """``inner`` holds of an object on the other side (see lua/lib/steps.lua)."""

    #: 'to' what the field points to, or 'from' an object to those that point to it
    way: str = "to"
    inner: tuple[Node, ...] = ()
    #: '1': nobody points there, '0': somebody does, '': see ``inner``
    null: str = ""
    relation: Any = None

    @property
    def empty(self) -> bool:
        """Whether nothing can meet it."""
        return Group("&", self.inner).empty

    def named_keys(self) -> list[Any]:
        """The keys of others that the conditions name."""
        return Group("&", self.inner).named_keys()

    def kinds(self) -> set[str]:
        """The kinds that the query script has to know."""
        return {self.kind} | Group("&", self.inner).kinds()

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        relation = self.relation
        index = relation.field.indexes[relation.reverse_index - 1]
        far = relation.target if self.way == "to" else relation.source
        args = [self.kind, self.label, "", *relation.field.spec_of([index]), 0]
        return [*args, self.way, far.keys.prefix, self.null, *Group("&", self.inner).wire()]


def step(relation: Relation, way: str, label: str, inner: tuple[Node, ...], null: str = "") -> Step:
    """The condition ``inner`` on the other side of a relation."""
    return Step(">", label, (), way=way, inner=inner, null=null, relation=relation)


def joined(nodes: Sequence[Node]) -> list[Node]:
    """Steps through one relation as one step: all their conditions on the same object."""
    found: list[Node] = []
    places: dict[Any, int] = {}
    for node in nodes:
        if isinstance(node, Step) and not node.null:
            place = places.setdefault((node.relation, node.way), len(found))
            if place < len(found):
                found[place] = _both(found[place], node)
                continue
        found.append(node)
    return found


def _both(one: Any, other: Step) -> Step:
    label, inner = f"{one.label}, {other.label}", joined((*one.inner, *other.inner))
    return step(one.relation, one.way, label, tuple(inner))
