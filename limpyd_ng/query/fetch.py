"""Objects on the other side of relations, brought along with the results of a query.

``fetch=("owner", "members__team")`` becomes a tree of nodes, each a relation followed from
the objects of its parent; the script sends, for each node, who leads where and the values
of what is there, each object once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..exceptions import ImplementationError, InvalidValueError
from ..relations import Relation
from ..schema import INSTANCE_HASH, STRING, FieldSchema, ModelSchema

__all__ = ["Fetch", "Snapshot"]


class Snapshot(Mapping[str, Any]):
    """The values that an object had when it was fetched, by the names of its fields and 'pk'.

    ``instance`` is the live object; ``fetched`` holds what was fetched on from it.
    """

    __slots__ = ("fetched", "instance", "values_by_name")

    def __init__(self, instance: Any, values: dict[str, Any]) -> None:
        self.instance = instance
        self.values_by_name = values
        self.fetched: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    def __repr__(self) -> str:
        return f"<Snapshot of {self.instance!r}: {self.values_by_name}>"


@dataclass(slots=True)
class _Node:
    """One relation followed from the objects of another node, or (parent 0) from the results."""

    name: str
    parent: int
    relation: Relation
    way: str
    far: ModelSchema
    #: the fields whose values are wanted
    fields: list[FieldSchema] = field(default_factory=list)

    @property
    def single(self) -> bool:
        """Whether there is one object at most on the other side."""
        if self.way == "from":
            return self.relation.field.unique and self.relation.field.single
        return self.relation.field.single

    def of_kind(self, kind: str) -> list[FieldSchema]:
        return [one for one in self.fields if one.kind == kind]

    def wire(self) -> list[Any]:
        relation, strings, entries = self.relation, self.of_kind(STRING), self.of_kind(INSTANCE_HASH)
        index = relation.field.indexes[relation.reverse_index - 1]
        args = [self.parent, self.way, relation.source.keys.prefix, self.far.keys.prefix]
        args += relation.field.spec_of([index])
        for fields in (strings, entries):
            args += (len(fields), *(one.stored for one in fields))
        return args

    def snapshots(self, pks: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Snapshot]:
        fields = (*self.of_kind(STRING), *self.of_kind(INSTANCE_HASH))
        found = {}
        for pk, row in zip(pks, rows, strict=True):
            instance = self.far.owner.of_pk(pk, connected=True)
            values = {f.name: f.decode(raw) for f, raw in zip(fields, row, strict=True)}
            found[pk] = Snapshot(instance, {"pk": self.far.read_pk(pk), **values})
        return found


class Fetch:
    """What ``fetch=`` asks for, as nodes."""

    def __init__(self, model: ModelSchema, paths: Sequence[str]) -> None:
        listed = tuple(paths)
        if isinstance(paths, str | bytes) or not all(isinstance(path, str) for path in listed):
            raise InvalidValueError(f"fetch: give a list of names of relations, not {paths!r}")
        self._model = model
        self._nodes: list[_Node] = []
        self._numbers: dict[tuple[int, str], int] = {}
        for path in listed:
            self._follow(path)

    def _follow(self, path: str) -> None:
        model, parent, parts = self._model, 0, path.split("__")
        for at, part in enumerate(parts):
            number = self._numbers.get((parent, part)) or self._node(model, parent, part)
            if not number:
                wanted = model.fields.get(part)
                if parent and at == len(parts) - 1 and wanted is not None and wanted.single:
                    self._nodes[parent - 1].fields.append(wanted)
                    return
                raise ImplementationError(f"fetch: {part!r} in {path!r} is no relation of {model.label}")
            model, parent = self._nodes[number - 1].far, number
        node = self._nodes[parent - 1]
        node.fields = [one for one in node.far.fields.values() if one.single]

    def _node(self, model: ModelSchema, parent: int, name: str) -> int:
        own = model.fields.get(name)
        relation, way = (own.relation, "to") if own is not None else (model.related(name), "from")
        if relation is None:
            return 0
        far = relation.target if way == "to" else relation.source
        self._nodes.append(_Node(name, parent, relation, way, far))
        self._numbers[parent, name] = len(self._nodes)
        return len(self._nodes)

    def wire(self) -> list[Any]:
        """The arguments of the query script."""
        return [len(self._nodes), *(arg for node in self._nodes for arg in node.wire())]

    def attach(self, results: Sequence[Any], replies: Sequence[Any]) -> None:
        """Puts what the script found into ``fetched`` of the results and of one another."""
        reached: list[list[Any]] = [list(results)]
        for node, (links, pks, rows) in zip(self._nodes, replies, strict=True):
            found = node.snapshots(pks, rows)
            for start, there in zip(reached[node.parent], links, strict=True):
                snapshots = [found[pk] for pk in there]
                _put(start, node.name, next(iter(snapshots), None) if node.single else snapshots)
            reached.append([found[pk] for pk in pks])


def _put(start: Any, name: str, found: Any) -> None:
    """Into ``fetched`` of an object (of a pair), or a dict of values under the relation's name."""
    if isinstance(start, tuple):
        start = start[0]
    if isinstance(start, dict):
        start[name] = found
    else:
        start.fetched[name] = found
