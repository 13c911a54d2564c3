"""Objects coming into being, changing as a whole, and going, as Ops on the write engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import compiled
from .call import Call, Op
from .engine import GONE, MUST, NEW, ObjectRef, Write, execute, refusal
from .schema import INSTANCE_HASH, FieldSchema, ModelSchema

__all__ = ["create", "delete", "in_collection", "update"]

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
    write = Write(ObjectRef(model, pk, MUST))
    for field, values in contents:
        write.assign(field, values)
        write.declare(field.key(model.keys, pk))
    yield from execute(write)
    return True


def delete(model: ModelSchema, pk: str) -> Op:
    """Removes an object: its values, its index entries, its pk. One request."""
    keys = model.keys
    script = compiled.deleting(model)
    if script is not None:
        reply = yield Call((1, keys.pks, pk), script=script)
        if reply[0] == 0:
            return True
        raise model.missing(pk)
    write = Write(ObjectRef(model, pk, GONE))
    endings = ["hash"]
    for field in model.fields.values():
        if field.tracked:
            write.assign(field, ())
        if field.kind != INSTANCE_HASH:
            endings.append(f"field:{field.stored}")
        if field.python:
            endings.append(f"memo:{field.stored}")
    write.drop(endings)
    write.declare(keys.hash(pk))
    yield from execute(write)
    return True


def in_collection(model: ModelSchema, pk: str) -> Op:
    """Whether the object exists (SISMEMBER). One request."""
    reply = yield Call(("SISMEMBER", model.keys.pks, pk))
    return bool(reply)
