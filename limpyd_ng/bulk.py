"""Many objects in each request, as Ops; each object all or nothing.

Rows are taken from their source as they are needed: a chunk ends at ``MOST`` objects or when
it has become large, so memory stays bounded whatever the size of the source or of a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from . import compiled, deletion
from .call import Call, Op
from .engine import NEW, ObjectRef, Reference, Write, is_for_engine, known_of, refusal, refused_by, target_of
from .exceptions import (
    CommandError,
    InvalidValueError,
    LimpydException,
    OutOfMemoryError,
    RestrictedError,
    WrongTypeError,
)
from .lua import CREATE, Script
from .schema import FieldSchema, ModelSchema

__all__ = ["MOST", "Batch", "delete"]

Contents = list[tuple[FieldSchema, Sequence[Any]]]

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
        self._rows: list[tuple[str, Contents]] = []
        self._arguments = 0
        self._characters = 0

    @property
    def full(self) -> bool:
        """Whether the batch should be sent before more is added."""
        return self._arguments >= MOST_ARGUMENTS or self._characters >= MOST_CHARACTERS

    def add(self, pk: str, contents: Iterable[tuple[FieldSchema, Sequence[Any]]]) -> None:
        """Adds an object; raises InvalidValueError if it cannot be in a batch."""
        kept = []
        for field, values in contents:
            if not values:
                continue
            if field.relation is not None and any(type(value) is Reference for value in values):
                raise InvalidValueError(f"{field.label}: give the pk or the object itself in a bulk call")
            kept.append((field, values))
            self._arguments += 2 + len(values)
            self._characters += sum(map(len, values))
        self._rows.append((pk, kept))

    def create(self) -> Op:
        """Creates the objects; returns for each its pk, or the exception that says why not."""
        rows = self._rows
        script = self._script()
        if script is None:
            outcomes = yield Call((1, self.model.keys.pks, *self._for_engine(rows)), script=CREATE)
        else:
            outcomes = yield Call((1, self.model.keys.pks, *_for_script(rows)), script=script)
            # keys that belong to no object are in the way of these
            left = [
                at
                for at, outcome in enumerate(outcomes)
                if not isinstance(outcome, str) and is_for_engine(outcome[0])
            ]
            if left:
                args = self._for_engine([rows[at] for at in left])
                reply = yield Call((1, self.model.keys.pks, *args), script=CREATE)
                for at, outcome in zip(left, reply, strict=True):
                    outcomes[at] = outcome
        return [
            outcome if isinstance(outcome, str) else self._error(contents, outcome)
            for (_, contents), outcome in zip(rows, outcomes, strict=True)
        ]

    def _script(self) -> Script | None:
        """The script compiled for such objects, if they are all alike and there is one."""
        first = [field for field, _ in self._rows[0][1]]
        if any([field for field, _ in contents] != first for _, contents in self._rows[1:]):
            return None
        if any(len(values) > compiled.MAX_ARGUMENTS for _, contents in self._rows for _, values in contents):
            return None
        return compiled.creating_many(self.model, first)

    def _for_engine(self, of: Sequence[tuple[str, Contents]]) -> list[Any]:
        numbers: dict[str, int] = {}
        fields: list[FieldSchema] = []
        raws: dict[str, list[Any]] = {}
        rows: list[Any] = []
        for pk, contents in of:
            row: list[Any] = [pk, 0, len(contents)]
            for field, values in contents:
                if field.stored not in numbers:
                    fields.append(field)
                    numbers[field.stored], raws[field.stored] = len(fields), []
                row += (numbers[field.stored], len(values), *values)
                if field.python:
                    raws[field.stored] += values[1::2] if field.kind in ("h", "z") else values
            row[1] = len(row) - 2
            rows += row
        args: list[Any] = [self.model.keys.prefix, len(fields)]
        for field in fields:
            args += (*field.spec, *known_of(field, raws[field.stored]), target_of(field))
        return [*args, len(of), *rows]

    def _error(self, contents: Contents, reason: Sequence[Any]) -> Exception:
        if len(reason) == 1:
            refused = refused_by(reason[0], self.model, "", [field for field, _ in contents])
            if refused is not None:
                return refused
            reason = ["ERROR", *reason]
        if reason[0] != "ERROR":
            write = Write(ObjectRef(self.model, "", NEW))
            write.know(field for field, _ in contents)
            return refusal(write, reason)
        text = str(reason[1])
        if text.startswith("OOM"):
            return OutOfMemoryError(text)
        return (WrongTypeError if text.startswith("WRONGTYPE") else CommandError)(text)


def _for_script(rows: Sequence[tuple[str, Contents]]) -> list[Any]:
    args: list[Any] = []
    for pk, contents in rows:
        args.append(pk)
        args += compiled.creation_arguments(contents)
    return args


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
