"""The same new content for fields of many objects, as one Call: see ``lua/update_met.lua``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .call import Call, Op
from .engine import Write, execute, references, target_of
from .lua import UPDATE_MET
from .parties import MUST, ObjectRef
from .query.conditions import Group, Node
from .schema import HASH, SORTED_SET, FieldSchema, ModelSchema

__all__ = ["update_met"]


class _Update(Write):
    """A Write on those of some objects that are there and meet all conditions."""

    def __init__(
        self,
        model: ModelSchema,
        pks: Sequence[str],
        nodes: Sequence[Node],
        contents: Iterable[tuple[FieldSchema, Sequence[Any]]],
    ) -> None:
        super().__init__(ObjectRef(model, "", MUST))
        self._start = (model.keys.prefix, len(pks), *pks, *Group("&", tuple(nodes)).wire())
        self._contents = list(contents)
        self.know(field for field, _ in self._contents)

    def call(self) -> Call:
        """The request, with every transform that is known by now."""
        args = [*self._start, len(self._contents)]
        for field, values in self._contents:
            raws = values[1::2] if field.kind in (HASH, SORTED_SET) else values
            args += (*field.spec, *self._known(field, raws), target_of(field), len(values), *values)
        (ref,) = self.objects
        return Call((1, ref.model.keys.pks, *references(args), *args), script=UPDATE_MET)


def update_met(
    model: ModelSchema,
    pks: Sequence[str],
    nodes: Sequence[Node],
    contents: Iterable[tuple[FieldSchema, Sequence[Any]]],
) -> Op:
    """Gives fields of those of the objects that are there and meet the nodes the same new content,
    all or nothing. One request. Returns how many objects.

    Raises UniquenessError, NotANumberError, and DoesNotExist for a relation's value that no
    object has.
    """
    reply = yield from execute(_Update(model, pks, nodes, contents))
    return reply[1]
