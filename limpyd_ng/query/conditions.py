"""Filters as data: which index (or key) answers each, with which values, and their groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias, cast

from ..schema import FieldSchema

__all__ = [
    "EVERYTHING",
    "Condition",
    "Given",
    "Group",
    "Node",
    "ValueOf",
    "conjuncts",
    "leaves",
    "merge",
    "negation",
    "own",
]


@dataclass(frozen=True, slots=True)
class ValueOf:
    """A value to compare with that stands in a field: its key, and the hash entry if any."""

    key: str
    entry: str = ""


class Given:
    """Stands for a value that a script is given as an argument."""

    __slots__ = ("code",)

    def __init__(self, place: int) -> None:
        self.code = f"ARGV[{place}]"


@dataclass(slots=True, unsafe_hash=True)  # never changed, and made for each filter: frozen ones take longer
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

    @property
    def form(self) -> Any:
        """All that matters for its code, but for the values; None if they are more than one, or one range."""
        kind = self.kind
        if kind == "e":
            return (kind, self.spec) if len(self.values) == 1 else None
        if kind in ("n", "t"):
            if len(self.values) != 2:
                return None
            low, high = self.values
            bare = kind == "t" and b"\0" not in low and b"\0" not in high
            return kind, self.spec, _end(low), _end(high), bare
        return kind if kind == "a" else None

    def named_keys(self) -> list[Any]:
        """The keys of others that the condition names."""
        if self.kind == "r":
            return [self.values[2]]
        return list(self.values) if self.kind == "k" else []

    def kinds(self) -> set[str]:
        """The kinds that the query script has to know."""
        return {"r", self.values[0]} if self.kind == "r" else {self.kind}

    def marked(self, places: Iterator[int]) -> Condition:
        """The same with a Given for each value; every object needs none."""
        values = self.values if self.kind == "a" else tuple(Given(next(places)) for _ in self.values)
        return Condition(self.kind, self.label, values, self.schema, self.spec, self.sub)

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        return [self.kind, self.label, self.sub, *self.spec, len(self.values), *self.values]


_OPEN = frozenset({"-inf", "+inf", b"-", b"+"})


def _end(bound: Any) -> str:
    """'[' for the end of a range that is in it, '(' for one that is not, '' for an open one."""
    if bound in _OPEN:
        return ""
    return "(" if bound[:1] in ("(", b"(") else "["


#: what every object meets
EVERYTHING = Condition("a", "exists", ("",))


class Group(NamedTuple):
    """``&`` all of the children (none: every object), ``|`` any of them, ``!`` not the one."""

    kind: str
    children: tuple[Node, ...]

    @property
    def form(self) -> None:
        """None: there is no code compiled for groups."""
        return None

    @property
    def label(self) -> str:
        """What the user wrote, for explain()."""
        if self.kind == "!":
            return f"not {self.children[0].label}"
        word = " and " if self.kind == "&" else " or "
        return f"({word.join(child.label for child in self.children)})" if self.children else "all objects"

    @property
    def empty(self) -> bool:
        """Whether nothing can meet it, so far as is known without asking."""
        if self.kind == "!":
            return False
        return (any if self.kind == "&" else all)(child.empty for child in self.children)

    def named_keys(self) -> list[Any]:
        """The keys of others that the group names."""
        return [key for child in self.children for key in child.named_keys()]

    def kinds(self) -> set[str]:
        """The kinds that the query script has to know."""
        return {self.kind}.union(*(child.kinds() for child in self.children))

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        children = merge(conjuncts(self.children)) if self.kind == "&" else self.children
        parts = [part for child in children for part in child.wire()]
        return [self.kind, self.label, len(children), *parts]


Node: TypeAlias = Condition | Group


def conjuncts(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes, with every ``&`` among them replaced by its children."""
    if "&" not in [node.kind for node in nodes]:
        return tuple(nodes)
    flat: list[Node] = []
    for node in nodes:
        flat += conjuncts(node.children) if isinstance(node, Group) and node.kind == "&" else [node]
    return tuple(flat)


def negation(node: Node) -> Group:
    """What every object meets that does not meet the node."""
    return Group("!", (node,))


def own(nodes: Sequence[Node], *, relations: bool = True) -> tuple[Node, ...]:
    """Those of the nodes that are about values of the object itself alone, so that writing to other
    objects does not change whether it meets them. Without ``relations`` only those that the
    deletion of other objects does not change either."""
    return tuple(node for node in nodes if all(_is_own(leaf, relations) for leaf in leaves(node)))


def _is_own(leaf: Condition, relations: bool) -> bool:
    related = leaf.schema is not None and leaf.schema.relation is not None
    return leaf.kind not in (">", "k", "r") and (relations or not related)


def leaves(node: Node) -> Iterator[Condition]:
    """The conditions in a tree."""
    if isinstance(node, Group):
        for child in node.children:
            yield from leaves(child)
    else:
        yield node


def merge(conditions: Sequence[Node]) -> Sequence[Node]:
    """Two ranges of one index of a single-valued field as the one range they leave.

    A field with many values keeps them apart: one value may meet the one and another value
    the other.
    """
    ranged = [one.spec for one in conditions if isinstance(one, Condition) and one.kind in ("n", "t")]
    if len(ranged) == len(set(ranged)):  # as nearly always
        return conditions
    merged: list[Node] = []
    place: dict[Any, int] = {}
    for condition in conditions:
        if isinstance(condition, Condition) and _mergeable(condition):
            key = (condition.kind, condition.spec, condition.sub)
            if key in place:
                merged[place[key]] = _narrowed(cast(Condition, merged[place[key]]), condition)
                continue
            place[key] = len(merged)
        merged.append(condition)
    return merged


def _mergeable(condition: Condition) -> bool:
    one_range = condition.kind in ("t", "n") and len(condition.values) == 2
    return one_range and condition.schema is not None and not condition.schema.multi


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
