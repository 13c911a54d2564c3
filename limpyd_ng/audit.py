"""The client's side of the audit (``lua/audit.lua``): values and index entries compared, and mended.

Each request does as much as keeps the server busy for a few milliseconds and gives back, as a list
of jobs, what is left. The client sends them with the next request, and answers what only it
can tell: what Python transforms make of values, and whether an entry stems from a value so large
that no request should read all of it for one entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .call import Call, Op
from .engine import target_of
from .keys import escape_glob
from .lua import AUDIT
from .schema import HASH, FieldSchema, ModelSchema

if TYPE_CHECKING:
    from .indexes import BaseIndex

__all__ = [
    "CHUNK",
    "KEY_PER_VALUE",
    "Audit",
    "Counter",
    "Difference",
    "Progress",
    "scan_patterns",
]

#: called with (done, total) as objects and index entries are dealt with; totals are estimates
Progress = Callable[[int, int], Any]

#: how much one request looks at: about so many values and entries, a few milliseconds
CHUNK = 800

#: the kinds of index that have a key for each value (of a field that is not unique)
KEY_PER_VALUE = ("e", "s")

#: entries that may stem from one large value: from so many on it is read for all of them together
_TOGETHER = 50
#: how many such entries are put off at most
_PUT_OFF = 50_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where an index and the values disagree.

    ``kind``: 'missing' (a value without its entry), 'stale' (an entry without its value),
    'duplicate' (a unique value that ``holder`` has too), 'invalid' (a value that the index
    cannot take), 'foreign' (an index key of another type or form, in ``value``) or 'dangling' (the value of
    a relation with ``must_exist`` is the pk of no object).
    """

    kind: str
    field: str
    index: str
    pk: Any
    value: str
    holder: Any = None

    def __str__(self) -> str:
        also = f", also held by {self.holder!r}" if self.holder is not None else ""
        return f"{self.kind}: {self.field} ({self.index}) of pk {self.pk!r}: {self.value!r}{also}"


class Audit:
    """The audit of some fields of a model, each with some of its indexes."""

    def __init__(self, model: ModelSchema, parts: Iterable[tuple[FieldSchema, Sequence[BaseIndex]]]) -> None:
        self.model = model
        self.parts = tuple((field, tuple(indexes)) for field, indexes in parts)

    def op(self, mend: bool, progress: Progress | None = None, chunk_size: int = CHUNK) -> Op:
        """Compares objects with their entries, then entries with their objects; returns the
        differences."""
        objects = yield Call(("SCARD", self.model.keys.pks))
        counter = Counter(progress, objects * (1 + sum(len(indexes) for _, indexes in self.parts)))
        run = _Run(self.model, self.parts, mend, counter, chunk_size)
        yield from run.do(["c", "0"])
        yield from run.do(self._entry_jobs())
        yield from run.settle()
        counter.finish()
        return list(run.differences())

    def _entry_jobs(self) -> list[Any]:
        jobs: list[Any] = []
        for pattern in scan_patterns(self.model, self.parts):
            jobs += ("s", "0", pattern)
        keys = [
            self.model.keys.index(field.stored, index.label)
            for field, indexes in self.parts
            for index in indexes
            if _in_one_key(field, index)
        ]
        return [*jobs, "k", len(keys), *keys]


class _Run:
    """One run of an audit: what it has found, and what it has to look at again."""

    def __init__(
        self,
        model: ModelSchema,
        parts: Sequence[tuple[FieldSchema, Sequence[BaseIndex]]],
        mend: bool,
        counter: Counter,
        chunk_size: int,
    ) -> None:
        self._model = model
        self._parts = parts
        self._start = (model.keys.prefix, "mend" if mend else "check", chunk_size, len(parts))
        self._fields = [_Asked(field, indexes) for field, indexes in parts]
        self._counter = counter
        #: the same may be told twice (SCAN gives some keys twice), the place tells them apart
        self._found: dict[tuple[Any, ...], None] = {}
        #: entries to be settled, by the field, index, pk and sub-key of the value that they may stem from
        self._unsure: defaultdict[tuple[Any, ...], list[Any]] = defaultdict(list)
        self._put_off = 0

    def do(self, jobs: Sequence[Any]) -> Op:
        """Does the jobs, in as many requests as it takes; returns the texts that they gave."""
        told: list[str] = []
        known: list[list[Any]] = [[] for _ in self._fields]
        while jobs:
            fields = [
                part for field, some in zip(self._fields, known, strict=True) for part in field.args(some)
            ]
            args = (1, self._model.keys.pks, *self._start, *fields, *jobs)
            before = jobs
            objects, entries, found, needs, unsure, texts, jobs = yield Call(args, script=AUDIT)
            self._counter.add(objects + entries)
            self._found.update(dict.fromkeys(_rows(found, 7)))
            if jobs != before:  # else others changed values meanwhile: what is known still helps
                known = [[] for _ in self._fields]
            for number, raw in _rows(needs, 2):
                known[int(number) - 1].append(raw)
            for *place, key, item, value, score in _rows(unsure, 8):
                self._unsure[tuple(place)].append((key, item, value, score))
            self._put_off += len(unsure) // 8
            told += texts
            if self._put_off > _PUT_OFF:
                yield from self.settle()
        return told

    def settle(self) -> Op:
        """Settles the entries that were put off.

        Their value is read page by page. While it is read, others may change it, and its entries
        with it; so an entry that is read there stands, and one that is not is asked for again, by
        a request that reads the whole value.
        """
        places, self._unsure, self._put_off = self._unsure, defaultdict(list), 0
        for place, entries in places.items():
            if len(entries) >= _TOGETHER:
                number = int(place[0]) - 1
                texts = yield from self.do(["w", *place, "0" if self._fields[number].field.multi else "1"])
                index = self._parts[number][1][int(place[1]) - 1]
                entries = list(_not_in(texts, entries, numbers=index.kind == "n"))
            for first in range(0, len(entries), 500):
                jobs = [word for entry in entries[first : first + 500] for word in ("x", *place, *entry)]
                yield from self.do(jobs)

    def differences(self) -> Iterator[Difference]:
        """What was found."""
        for kind, number, label, pk, value, holder, _ in self._found:
            field = self._parts[int(number) - 1][0]
            text = value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
            shown = self._model.shown_pk(pk) if pk else ""
            held = self._model.shown_pk(holder) if holder else None
            yield Difference(kind, field.label, label, shown, text, held)


class _Asked:
    """A field as an audit tells the script of it."""

    def __init__(self, field: FieldSchema, indexes: Sequence[BaseIndex]) -> None:
        self.field = field
        self.python = [(n, index) for n, index in enumerate(indexes, 1) if index.python]
        self._spec = field.spec_of(indexes)
        # while the target is not declared, nobody can tell what is in it
        is_known = field.relation is not None and field.relation.is_resolved
        self._target = target_of(field) if is_known else ""

    def args(self, raws: Sequence[Any]) -> list[Any]:
        """The arguments, with what Python transforms make of some values."""
        known: list[Any] = []
        for raw in raws:
            for number, index in self.python:
                result = index.known(raw)
                known += (number, raw, "0" if result is None else "1", "" if result is None else result)
        return [*self._spec, len(known) // 4, *known, self._target]


class Counter:
    """Tells a progress callback how far an audit is."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)

    def finish(self) -> None:
        """All is done."""
        if self._progress is not None:
            self._progress(self._total, self._total)


def scan_patterns(
    model: ModelSchema, parts: Sequence[tuple[FieldSchema, Sequence[BaseIndex]]]
) -> Iterator[str]:
    """A pattern for all keys of these indexes that cannot be named, if there may be any."""
    names = [
        (field.stored, index.label)
        for field, indexes in parts
        for index in indexes
        if field.kind == HASH or index.kind in KEY_PER_VALUE
    ]
    if len(names) == 1:
        yield escape_glob(model.keys.index(*names[0])) + "*"
    elif names:
        stored = {name for name, _ in names}
        yield model.keys.pattern("index", *(stored if len(stored) == 1 else ()))


def _in_one_key(field: FieldSchema, index: BaseIndex) -> bool:
    return field.kind != HASH and (index.kind not in KEY_PER_VALUE or index.unique)


def _rows(flat: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    return zip(*[iter(flat)] * size, strict=True)


def _not_in(texts: Sequence[str], entries: Iterable[Any], numbers: bool) -> Iterator[Any]:
    """The entries that none of the texts asks for; of a number index each text follows its element."""
    if numbers:
        scores = {(element, float(text)) for element, text in _rows(texts, 2)}
        return (entry for entry in entries if (entry[2], float(entry[3])) not in scores)
    told = set(texts)
    return (entry for entry in entries if entry[2] not in told)
