"""Objects coming into being and changing as a whole, as Ops on the write engine.

How they go is in ``deletion``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .call import Call, Op
from .engine import MUST, NEW, ObjectRef, Write, execute
from .schema import FieldSchema, ModelSchema

__all__ = ["create", "in_collection", "update", "update_many"]

#: a field and its whole new content, flat (see Write.assign)
Contents = Iterable[tuple[FieldSchema, Sequence[Any]]]


def create(model: ModelSchema, pk: str, contents: Contents) -> Op:
    """Makes an object, all or nothing; '' as pk asks for the next one. Returns its pk.

    One request. Raises UniquenessError for a pk or a unique value that is taken.
    """
    write = Write(ObjectRef(model, pk, NEW))
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
