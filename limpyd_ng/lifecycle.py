"""Objects coming into being and changing as a whole, as Ops on the write engine.

How they go is in ``deletion``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import compiled
from .call import Call, Op
from .engine import MUST, NEW, ObjectRef, Write, execute, refusal
from .schema import FieldSchema, ModelSchema

__all__ = ["create", "in_collection", "update", "update_many"]

#: a field and its whole new content, flat (see Write.assign)
Contents = Iterable[tuple[FieldSchema, Sequence[Any]]]


def create(model: ModelSchema, pk: str, contents: Contents) -> Op:
    """Makes an object, all or nothing; '' as pk asks for the next one. Returns its pk.

    One request. Raises UniquenessError for a pk or a unique value that is taken.
    """
    contents = list(contents)
    write = Write(ObjectRef(model, pk, NEW))
    script = compiled.creating(model, [field for field, _ in contents])
    if script is not None:
        arguments = compiled.creation_arguments(contents)
        if len(arguments) <= compiled.MAX_ARGUMENTS:
            reply = yield Call((1, model.keys.pks, pk, *arguments), script=script)
            if reply[0] == 0:
                return reply[1]
            if reply[1] != "ENGINE":
                write.concerns(*(field for field, _ in contents))
                raise refusal(write, reply[1:])
    for field, values in contents:
        write.assign(field, values)
        if pk:
            write.declare(field.key(model.keys, pk))
    reply = yield from execute(write)
    return reply[1]


def update(model: ModelSchema, pk: str, contents: Contents) -> Op:
    """Gives several fields of an object their whole new content, all or nothing. One request."""
    return update_many(model, [pk], contents)


def update_many(model: ModelSchema, pks: Sequence[str], contents: Contents) -> Op:
    """Gives the fields of several objects the same new content, all or nothing. One request."""
    write = Write(*(ObjectRef(model, pk, MUST) for pk in pks))
    for field, values in contents:
        for number, pk in enumerate(pks, 1):
            write.assign(field, values, number)
            write.declare(field.key(model.keys, pk))
    yield from execute(write)
    return True


def in_collection(model: ModelSchema, pk: str) -> Op:
    """Whether the object exists (SISMEMBER). One request."""
    reply = yield Call(("SISMEMBER", model.keys.pks, pk))
    return bool(reply)
