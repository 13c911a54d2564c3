"""Many objects in each request, as Ops; each object all or nothing.

Rows are taken from their source as they are needed: a chunk ends at ``MOST`` objects or when
it has become large, so memory stays bounded whatever the size of the source or of a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import compiled, deletion
from .call import Call, Op
from .contents import Contents, Pairs
from .engine import Reference, Write, known_of, target_of
from .exceptions import (
    CommandError,
    InvalidValueError,
    LimpydException,
    OutOfMemoryError,
    RestrictedError,
    WrongTypeError,
)
from .lua import CREATE, Script
from .parties import NEW, ObjectRef
from .refusals import is_for_engine, refusal, refused_by
from .schema import FieldSchema, ModelSchema

__all__ = ["MOST", "Batch", "check_chunk", "delete"]

#: objects in one request, and arguments and characters that end a chunk earlier
MOST = 200
MOST_ARGUMENTS = 20_000
MOST_CHARACTERS = 1_000_000


def check_chunk(size: Any) -> int:
    """A chunk size; raises InvalidValueError unless it is a positive number."""
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise InvalidValueError(f"chunk_size must be a positive number, not {size!r}")
    return size


class Batch:
    """Objects that are created by one request.

    ``add`` takes the pk ('' for the next automatic one) and the contents as ``lifecycle.create``
    does; ``create`` is the Op.
    """

    def __init__(self, model: ModelSchema) -> None:
        self.model = model
        self._rows: list[tuple[str, Contents]] = []
        #: what the compiled script takes of objects that all have the same fields
        self._arguments: list[Any] = []
        self._characters = 0
        #: whether they have, and whether each is short enough for a compiled script
        self._alike = self._short = True
        self._has_relations = bool(model.relations)

    @property
    def full(self) -> bool:
        """Whether the batch should be sent before more is added."""
        return len(self._arguments) >= MOST_ARGUMENTS or self._characters >= MOST_CHARACTERS

    def add(self, pk: str, contents: Pairs) -> None:
        """Adds an object; raises InvalidValueError if it cannot be in a batch."""
        contents = Contents.of(contents)
        if self._has_relations:
            self._refuse_references(contents)
        self._rows.append((pk, contents))
        given = contents.arguments
        if contents.fields != self._rows[0][1].fields:
            self._alike = False
        if len(given) > compiled.MAX_ARGUMENTS:
            self._short = False
        self._arguments.append(pk)
        self._arguments += given
        self._characters += sum(map(len, given))

    def _refuse_references(self, contents: Contents) -> None:
        for field, values in contents:
            if field.relation is not None and any(type(value) is Reference for value in values):
                raise InvalidValueError(f"{field.label}: give the pk or the object itself in a bulk call")

    def create(self) -> Op:
        """Creates the objects; returns for each its pk, or the exception that says why not."""
        rows = self._rows
        script, args = self._compiled() if self._short else (None, [])
        if script is None:
            outcomes = yield Call((1, self.model.keys.pks, *self._for_engine(rows)), script=CREATE)
        else:
            outcomes = yield Call((1, self.model.keys.pks, *args), script=script)
            # keys that belong to no object are in the way of these
            left = [
                at
                for at, outcome in enumerate(outcomes)
                if type(outcome) is list and is_for_engine(outcome[0])
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

    def _compiled(self) -> tuple[Script | None, list[Any]]:
        """The script compiled for such objects, if there is one, and its arguments."""
        first = self._rows[0][1].fields
        if self._alike:
            return compiled.creating_many(self.model, first), self._arguments
        given = {field for _, contents in self._rows for field in contents.fields}
        fields = [field for field in self.model.fields.values() if field in given]
        script = compiled.creating_many(self.model, fields, gaps=True)
        args: list[Any] = []
        if script is not None:
            single = [field for field in fields if field.single]
            many = [field for field in fields if not field.single]
            for pk, contents in self._rows:
                args += (pk, *contents.with_gaps(single, many))
        return script, args

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
        """The exception for what either script says of an object: a reason, or the text of an error."""
        if len(reason) > 1 and reason[0] != "ERROR":
            write = Write(ObjectRef(self.model, "", NEW))
            write.know(contents.fields)
            return refusal(write, reason)
        text = str(reason[-1])
        refused = refused_by(text, self.model, "", contents.fields)
        if refused is not None:
            return refused
        start = text[:60]  # before Redis 7 the place in the script comes first
        if "OOM " in start:
            return OutOfMemoryError(text)
        return (WrongTypeError if "WRONGTYPE" in start else CommandError)(text)


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
