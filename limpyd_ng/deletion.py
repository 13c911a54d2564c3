"""Objects going, and what happens to those that point to them, as one Call.

The script ``lua/delete.lua`` is told all it may need: the models that can lose objects
(that of the objects, and those that cascading relations reach), how their objects are
stored and indexed, and the relations that point to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import compiled
from .call import Call, Op
from .exceptions import CommandError, RestrictedError
from .lua import DELETE, DELETE_MET
from .query.conditions import Group, Node
from .refusals import raise_refusal
from .relations import CASCADE, RESTRICT, SET_NULL, Relation
from .schema import INSTANCE_HASH, ModelSchema

__all__ = ["Deleted", "delete", "delete_met"]

_RULES = {SET_NULL: "n", CASCADE: "c", RESTRICT: "r"}


class Deleted:
    """What a deletion did: how many of the objects were there and went, how many others
    went because they pointed to them, how many references to them were cleared."""

    __slots__ = ("by_cascade", "cleared", "count")

    def __init__(self, count: int, by_cascade: int, cleared: int) -> None:
        self.count = count
        self.by_cascade = by_cascade
        self.cleared = cleared

    def __repr__(self) -> str:
        return f"<Deleted {self.count}, {self.by_cascade} by cascade, {self.cleared} references cleared>"


def delete(model: ModelSchema, pks: Sequence[str], must_exist: bool = True) -> Op:
    """Removes objects: values, index entries, pks; and follows the rules of the relations that
    point to them. One request, all or nothing. Returns a Deleted.

    Raises DoesNotExist if one is missing (unless it need not exist), RestrictedError.
    """
    if len(pks) == 1 and must_exist and not model.relations_to:
        script = compiled.deleting(model)
        if script is not None:
            try:
                yield Call((1, model.keys.pks, pks[0]), script=script)
            except CommandError as error:
                raise_refusal(error, model, pks[0])
                raise
            return Deleted(1, 0, 0)
    keys, header = _header(model)
    if len(pks) == 1:
        keys = (*keys, model.keys.hash(pks[0]))
    args = (*header, "must" if must_exist else "may", len(pks), *pks)
    reply = yield Call((len(keys), *keys, *args), script=DELETE)
    if reply[0] == 0:
        return Deleted(*reply[1:])
    raise _refusal(model, reply[1:])


def delete_met(model: ModelSchema, pks: Sequence[str], nodes: Sequence[Node]) -> Op:
    """As delete, but removes those of the objects that are there and meet the nodes. One request."""
    tree = Group("&", tuple(nodes))
    keys, header = _header(model)
    args = (*header, len(pks), *pks, *tree.wire())
    reply = yield Call((len(keys), *keys, *args), script=DELETE_MET)
    if reply[0] == 0:
        return Deleted(*reply[1:])
    raise _refusal(model, reply[1:])


def _refusal(model: ModelSchema, reply: Sequence[Any]) -> Exception:
    if reply[0] == "NOSUCH":
        return model.missing(reply[1])
    _, label, pk, referrer = reply
    relations = (relation for one in _reached(model) for relation in one.relations_to)
    relation = next(relation for relation in relations if relation.field.label == label)
    pk, referrer = relation.target.shown_pk(pk), relation.source.shown_pk(referrer)
    return RestrictedError(
        f"{label} of the object with the pk {referrer!r} points to the one with the pk {pk!r}, and restricts "
        "its deletion; nothing was deleted",
        label,
        pk,
        referrer,
    )


def _header(model: ModelSchema) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The collections and the description of all models concerned, worked out once."""
    derived = model.network.derived if model.network is not None else {}
    key = ("deletion", model.keys.tag)
    if key not in derived:
        models = _reached(model)
        numbers = {one.keys.tag: number for number, one in enumerate(models, 1)}
        args: list[Any] = [len(models)]
        for one in models:
            args += _model(one, numbers)
        derived[key] = (tuple(one.keys.pks for one in models), tuple(args))
    found: tuple[tuple[str, ...], tuple[Any, ...]] = derived[key]
    return found


def _reached(model: ModelSchema) -> list[ModelSchema]:
    """The model, and those whose objects may go because they point to it."""
    found = [model]
    for one in found:
        for relation in one.relations_to:
            if relation.on_delete == CASCADE and relation.source not in found:
                found.append(relation.source)
    return found


def _model(model: ModelSchema, numbers: dict[str, int]) -> list[Any]:
    endings = ["hash"]
    for field in model.fields.values():
        if field.kind != INSTANCE_HASH:
            endings.append(f"field:{field.stored}")
        if field.python:
            endings.append(f"memo:{field.stored}")
    indexed = [field for field in model.fields.values() if field.indexes]
    args: list[Any] = [model.keys.prefix, len(endings), *endings, len(indexed)]
    for field in indexed:
        args += field.spec
    args.append(len(model.relations_to))
    for relation in model.relations_to:
        args += _relation(relation, numbers)
    return args


def _relation(relation: Relation, numbers: dict[str, int]) -> list[Any]:
    source, field = relation.source, relation.field
    number = numbers.get(source.keys.tag, 0)
    return [
        _RULES[relation.on_delete],
        field.label,
        source.keys.prefix,
        number,
        *field.spec,
        relation.reverse_index,
    ]
