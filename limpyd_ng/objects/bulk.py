"""Many objects at once: creating, deleting, reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from itertools import islice
from typing import Any, Generic, Self

from .. import bulk, lifecycle
from ..call import Op
from ..exceptions import InvalidValueError, LimpydException, PipelineError
from ..static import N, Reply
from .lifetime import Lifetime

__all__ = ["Bulk", "Created", "Refused", "Removed"]


class Refused:
    """One row that was refused: its ``number`` (from 0) in what was given, the row, the error."""

    __slots__ = ("error", "number", "row")

    def __init__(self, number: int, row: Any, error: Exception) -> None:
        self.number = number
        self.row = row
        self.error = error

    def __iter__(self) -> Iterator[Any]:
        return iter((self.number, self.row, self.error))

    def __repr__(self) -> str:
        return f"<Refused {self.number}: {self.error}>"


class Created(Generic[N]):
    """What ``create_many`` did: how many objects it made, their ``pks`` (None if they were not to
    be kept), and the rows that were ``refused``."""

    def __init__(self, model: Any, keep: bool) -> None:
        self._model = model
        self.read_pk = model.schema.read_pk
        self.count = 0
        self.pks: list[Any] | None = [] if keep else None
        self.refused: list[Refused] = []

    @property
    def instances(self) -> list[N]:
        """The objects, in the order of their rows. No request."""
        if self.pks is None:
            raise InvalidValueError("create_many was told not to keep the pks")
        made: list[N] = self._model.of_pks(map(self._model.pk.normalize, self.pks), True)
        return made

    def raise_refused(self) -> None:
        """Raises the first refusal, if there is one."""
        if self.refused:
            raise self.refused[0].error

    def __repr__(self) -> str:
        return f"<Created {self.count} {self._model.__name__}, {len(self.refused)} refused>"


class Removed:
    """What ``delete_many`` did: how many of the objects were there and went (``count``), how many
    were ``missing``, what went ``by_cascade``, references ``cleared``, and who was ``refused``."""

    def __init__(self) -> None:
        self.count = self.missing = self.by_cascade = self.cleared = 0
        self.refused: list[Refused] = []

    def __repr__(self) -> str:
        return f"<Removed {self.count}, {self.missing} missing, {len(self.refused)} refused>"


class Bulk(Lifetime):
    """What works on many objects, in chunks of bounded size."""

    @classmethod
    def create_many(
        cls,
        rows: Iterable[Mapping[str, Any]],
        *,
        chunk_size: int = bulk.MOST,
        progress: Callable[[int, int | None], Any] | None = None,
        keep: bool = True,
    ) -> Reply[Created[Self]]:
        """Creates an object from each row (a mapping of values); returns a Created. One request
        for each chunk of ``chunk_size`` rows, fewer if they are large.

        Each object is created as a whole or not at all; a row that is refused is noted with its
        number and the error, and hides none of the others. Rows may come from a generator, which
        is read as it goes. ``progress(done, total)`` is called after each chunk (total: None if
        unknown). ``keep=False`` does not remember the pks.

        Raises PipelineError inside a pipeline; what interrupts it (errors of the connection, of your
        generator or callback, cancellation) as it is, with the account up to then as ``error.created``.
        """
        database = cls._bulk_database("create_many", rows, chunk_size, progress)
        return database.run_outside(cls._created_many(rows, chunk_size, progress, Created(cls, keep)))

    @classmethod
    def _bulk_database(cls, name: str, given: Any, chunk_size: Any, progress: Any) -> Any:
        cls._refuse_abstract()
        if not isinstance(given, Iterable):
            raise InvalidValueError(f"{name}: give a list, a plain generator, or the like, not {given!r}")
        bulk.check_chunk(chunk_size)
        if progress is not None and not callable(progress):
            raise InvalidValueError(f"{name}: progress is called with two numbers; {progress!r} cannot be")
        database = cls.get_database()
        if database.in_pipeline:
            raise PipelineError(
                f"{name} sends many requests and looks at the replies; run it outside the pipeline"
            )
        return database

    @classmethod
    def _created_many(cls, rows: Iterable[Any], chunk_size: int, progress: Any, result: Created[Any]) -> Op:
        source = enumerate(rows)
        total = len(rows) if isinstance(rows, Sized) else None
        done = 0
        with _told_of("created", result):
            while chunk := cls._take_chunk(source, chunk_size, result):
                batch, taken, read = chunk
                if taken:
                    outcomes = yield from batch.create()
                    for (number, row), outcome in zip(taken, outcomes, strict=True):
                        _note(result, number, row, outcome)
                done += read
                _chunk_done(result, progress, done, total)
        return result

    @classmethod
    def _take_chunk(cls, source: Iterator[tuple[int, Any]], size: int, result: Created[Any]) -> Any:
        batch, taken, read = bulk.Batch(cls.schema), [], 0
        for number, row in islice(source, size):
            read += 1
            try:
                batch.add(*cls._row(row))
            except LimpydException as error:
                result.refused.append(Refused(number, row, error))
            else:
                taken.append((number, row))
            if batch.full:
                break
        return (batch, taken, read) if read else None

    @classmethod
    def _row(cls, row: Any) -> Any:
        if not isinstance(row, Mapping):
            raise InvalidValueError(f"{cls.__name__}: a row is a mapping of values, not {row!r}")
        values = dict(row)
        pk = cls._take_pk(values)
        return pk, cls._new_contents(pk, values)

    @classmethod
    def delete_many(
        cls,
        objects: Iterable[Any],
        *,
        chunk_size: int = bulk.MOST,
        progress: Callable[[int, int | None], Any] | None = None,
    ) -> Reply[Removed]:
        """Deletes objects, given as pks or instances; returns a Removed. One request for each chunk.

        Each chunk is deleted as a whole, and what points to its objects follows as ``on_delete``
        says. Where a relation restricts one, the objects of the chunk are deleted one by one, and
        those that are restricted are noted. Missing ones are counted. ``objects`` may be a
        generator. Raises PipelineError inside a pipeline; what interrupts it as it is, with the
        account up to then as ``error.removed``.
        """
        database = cls._bulk_database("delete_many", objects, chunk_size, progress)
        return database.run_outside(cls._deleted_many(objects, chunk_size, progress))

    @classmethod
    def _deleted_many(cls, objects: Iterable[Any], chunk_size: int, progress: Any) -> Op:
        result, source, done = Removed(), iter(objects), 0
        total = len(objects) if isinstance(objects, Sized) else None
        with _told_of("removed", result):
            while chunk := list(islice(source, chunk_size)):
                yield from cls._delete_chunk(cls._named(chunk, done, result), result)
                done += len(chunk)
                _chunk_done(result, progress, done, total)
        return result

    @classmethod
    def _delete_chunk(cls, named: dict[str, list[tuple[int, Any]]], result: Removed) -> Op:
        pks = list(named)
        count, by_cascade, cleared, refused = yield from bulk.delete(cls.schema, pks)
        result.count += count
        result.by_cascade += by_cascade
        result.cleared += cleared
        result.missing += len(pks) - count - len(refused)
        for at, error in refused:
            result.refused += [Refused(number, one, error) for number, one in named.pop(pks[at])]
        for given in named.values():
            for _, one in given:
                if isinstance(one, Lifetime):
                    one.went()

    @classmethod
    def _named(cls, chunk: list[Any], done: int, result: Removed) -> dict[str, list[tuple[int, Any]]]:
        """{pk: [(number, pk or instance)]}; what names no object is refused."""
        named: dict[str, list[tuple[int, Any]]] = {}
        for number, one in enumerate(chunk, done):
            try:
                named.setdefault(cls._pk_of(one), []).append((number, one))
            except LimpydException as error:
                result.refused.append(Refused(number, one, error))
        return named

    @classmethod
    def _pk_of(cls, one: Any) -> str:
        if isinstance(one, Lifetime):
            cls.schema.pk_of(one, cls.__name__)
            return one.stored_pk()
        return cls.get_field("pk").normalize(one)

    @classmethod
    def snapshots(cls, pks: Iterable[Any]) -> Reply[list[dict[str, Any] | None]]:
        """Everything these objects hold, None for missing ones; see ``snapshot``. One request."""
        return cls.get_database().run(lifecycle.load(cls.schema, [cls._pk_of(pk) for pk in pks]))


@contextmanager
def _told_of(name: str, result: Created[Any] | Removed) -> Iterator[None]:
    """Gives whatever interrupts the work the account up to then, under this name."""
    try:
        yield
    except BaseException as error:
        setattr(error, name, result)
        raise


def _chunk_done(result: Created[Any] | Removed, progress: Any, done: int, total: int | None) -> None:
    result.refused.sort(key=lambda refused: refused.number)
    if progress is not None:
        progress(done, total)


def _note(result: Created[Any], number: int, row: Any, outcome: Any) -> None:
    if isinstance(outcome, Exception):
        result.refused.append(Refused(number, row, outcome))
        return
    result.count += 1
    if result.pks is not None:
        result.pks.append(result.read_pk(outcome))
