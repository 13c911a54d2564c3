"""Many objects in each request, as Ops; each object all or nothing.

Rows are taken from their source as they are needed: a chunk ends at ``MOST`` objects or when
it has become large, so memory stays bounded whatever the size of the source or of a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import deletion
from .call import Call, Op
from .engine import NEW, ObjectRef, Reference, Write, known_of, refusal, target_of
from .exceptions import (
    CommandError,
    InvalidValueError,
    LimpydException,
    OutOfMemoryError,
    RestrictedError,
    WrongTypeError,
)
from .lua import CREATE
from .schema import FieldSchema, ModelSchema

__all__ = ["MOST", "Batch", "delete"]

#: objects in one request, and arguments and characters that end a chunk earlier
MOST = 100
MOST_ARGUMENTS = 20_000
MOST_CHARACTERS = 1_000_000


class Batch:
    """Objects that are created by one request.

    ``add`` takes the pk ('' for the next automatic one) and the contents as ``lifecycle.create``
    does; ``create`` is the Op.
    """

    def __init__(self, model: ModelSchema) -> None:
        self.model = model
        self.count = 0
        self._rows: list[Any] = []
        self._numbers: dict[str, int] = {}
        self._fields: list[FieldSchema] = []
        self._raws: dict[str, list[Any]] = {}
        self._characters = 0

    @property
    def full(self) -> bool:
        """Whether the batch should be sent before more is added."""
        return len(self._rows) >= MOST_ARGUMENTS or self._characters >= MOST_CHARACTERS

    def add(self, pk: str, contents: Iterable[tuple[FieldSchema, Sequence[Any]]]) -> None:
        """Adds an object; raises InvalidValueError if it cannot be in a batch."""
        row: list[Any] = [pk, 0, 0]
        for field, values in contents:
            if not values:
                continue
            if field.relation is not None and any(type(value) is Reference for value in values):
                raise InvalidValueError(f"{field.label}: give the pk or the object itself in a bulk call")
            row[2] += 1
            row += (self._number(field), len(values), *values)
            self._characters += sum(map(len, values))
            if field.python:
                self._raws[field.stored] += values[1::2] if field.kind in ("h", "z") else values
        row[1] = len(row) - 2
        self._rows += row
        self.count += 1

    def _number(self, field: FieldSchema) -> int:
        number = self._numbers.get(field.stored)
        if number is None:
            self._fields.append(field)
            number = self._numbers[field.stored] = len(self._fields)
            self._raws[field.stored] = []
        return number

    def create(self) -> Op:
        """Creates the objects; returns for each its pk, or the exception that says why not."""
        args: list[Any] = [self.model.keys.prefix, len(self._fields)]
        for field in self._fields:
            args += (*field.spec, *known_of(field, self._raws[field.stored]), target_of(field))
        reply = yield Call((1, self.model.keys.pks, *args, self.count, *self._rows), script=CREATE)
        write = Write(ObjectRef(self.model, "", NEW))
        write.know(self._fields)
        return [one if isinstance(one, str) else _error(write, one) for one in reply]


def _error(write: Write, reason: Sequence[Any]) -> Exception:
    if reason[0] != "ERROR":
        return refusal(write, reason)
    text = str(reason[1])
    if text.startswith("OOM"):
        return OutOfMemoryError(text)
    return (WrongTypeError if text.startswith("WRONGTYPE") else CommandError)(text)


def delete(model: ModelSchema, pks: Sequence[str]) -> Op:
    """Deletes objects in one request; where a relation restricts one, each by itself.

    Returns (objects removed, what went with them, references cleared, [(position, error)]).
    """
    try:
        done = yield from deletion.delete(model, pks, must_exist=False)
        return done.count, done.by_cascade, done.cleared, []
    except RestrictedError as error:
        if len(pks) == 1:
            return 0, 0, 0, [(0, error)]
    count, by_cascade, cleared = 0, 0, 0
    refused: list[tuple[int, LimpydException]] = []
    for position, pk in enumerate(pks):
        try:
            done = yield from deletion.delete(model, [pk], must_exist=False)
        except RestrictedError as error:
            refused.append((position, error))
        else:
            count, by_cascade, cleared = (
                count + done.count,
                by_cascade + done.by_cascade,
                cleared + done.cleared,
            )
    return count, by_cascade, cleared, refused
