"""A query must cost what its answer costs, whatever the number of objects.

The same data in several sizes, each on a server of its own; a last name has a hundred people in all of
them, with the same years and beginnings of nicknames. The sizes take turns within a round.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from limpyd_ng.embedded import EmbeddedServer

from .checks import Checks
from .contest import Calls, Contestant, Operation, Outcome, prepare, timed
from .operations import queries
from .people import Person, last_names, people
from .report import Figure, Row, Section, Target

__all__ = ["asking", "data_bytes", "few_of", "grown"]

_LIMIT = Target(1.5, 1.1, most=True)
#: people are made and stored in parts, so that a million need no memory here
_PART = 20_000
_NAMES_ASKED = 20


class _Few:
    """The people of the last names that are asked for: all that has to be kept to know the answers."""

    def __init__(self, size: int) -> None:
        self.size = size
        names = last_names(size)
        step = max(1, names // _NAMES_ASKED)
        self.asked = [f"last-{number}" for number in range(0, names, step)][:_NAMES_ASKED]
        self._by_last: dict[str, dict[str, Person]] = {last: {} for last in self.asked}

    def keep(self, pk: str, person: Person) -> None:
        """Notes a person if somebody asks for this last name."""
        if person.last in self._by_last:
            self._by_last[person.last][pk] = person

    def named(self, last: str) -> dict[str, Person]:
        """The people of one last name, by pk."""
        return self._by_last[last]


@dataclass(frozen=True, slots=True)
class _Growth:
    """One contestant with one size: what loading took, and how its server stands."""

    contestant: Contestant
    few: _Few
    seconds: float
    bytes_each: float
    megabytes: float


def grown(
    contestants: Sequence[type[Contestant]],
    sizes: Sequence[int],
    rounds: int,
    calls: int,
    progress: Callable[[str, int, int], None],
) -> Section:
    """Loads all sizes into all contestants, checks and times the queries; the section of the report."""
    columns = [f"{size:,}" for size in sizes]
    section = Section("Growth", _TEXT, [*columns, *_ratio_columns(columns)])
    with ExitStack() as stack:
        for cls in contestants:
            growths = [_load(cls, size, stack, progress) for size in sizes]
            section.rows += _facts(cls.name, growths, columns)
            section.rows += _times(growths, columns, rounds, calls, progress)
    return section


_TEXT = (
    "Milliseconds for one query with so many objects, the same answer at each size, and its ratio to that "
    "with the fewest, the median of the rounds. The target is about the second size."
)


def _load(
    cls: type[Contestant], size: int, stack: ExitStack, progress: Callable[[str, int, int], None]
) -> _Growth:
    server = stack.enter_context(EmbeddedServer())
    contestant = stack.enter_context(closing(cls(server.settings)))
    few, seconds, before = _Few(size), 0.0, data_bytes(contestant)
    stored = 0
    for part in _parts(size):
        begun = time.perf_counter()
        pks = contestant.perform("load", [(part,)])[0]
        seconds += time.perf_counter() - begun
        for pk, person in zip(pks, part, strict=True):
            few.keep(pk, person)
        stored += len(part)
        progress(f"{cls.name}: storing {size:,} objects", stored, size)
    used = data_bytes(contestant) - before
    memory: Any = contestant.client.info("memory")
    return _Growth(contestant, few, seconds, used / size, memory["used_memory_rss"] / 2**20)


def data_bytes(contestant: Contestant) -> int:
    """What the server holds, the buffers of its clients left out."""
    memory: Any = contestant.client.info("memory")
    return int(memory["used_memory"] - memory["mem_clients_normal"])


def _facts(name: str, growths: Sequence[_Growth], columns: Sequence[str]) -> list[Row]:
    def row(what: str, figure: Callable[[_Growth], Figure]) -> Row:
        figures = {column: figure(growth) for column, growth in zip(columns, growths, strict=True)}
        return Row(f"{name}: {what}", figures)

    return [
        row("bulk load", lambda growth: Figure(growth.few.size / growth.seconds, "/s")),
        row("bulk load, all", lambda growth: Figure(growth.seconds, "s")),
        row("bytes for each object", lambda growth: Figure(growth.bytes_each, "bytes")),
        row("memory of the server", lambda growth: Figure(growth.megabytes, "MiB")),
    ]


def _times(
    growths: Sequence[_Growth],
    columns: Sequence[str],
    rounds: int,
    calls: int,
    progress: Callable[[str, int, int], None],
) -> list[Row]:
    name, rows = growths[0].contestant.name, []
    asked = [asking(growth.few, calls) for growth in growths]
    for number, same in enumerate(zip(*asked, strict=True), 1):
        if growths[0].contestant.can(same[0].method):
            rows.append(_row(f"{name}: {same[0].name}", columns, _in_turns(same, growths, rounds)))
        progress(f"{name}: asking", number, len(asked[0]))
    return rows


def _row(name: str, columns: Sequence[str], outcomes: Sequence[Outcome]) -> Row:
    figures: dict[str, Figure | str] = {
        column: Figure(outcome.typical * 1e3, "ms") for column, outcome in zip(columns, outcomes, strict=True)
    }
    ratios = [statistics.median(outcomes[0].speed_against(outcome)) for outcome in outcomes[1:]]
    figures |= {
        column: Figure(ratio, "×") for column, ratio in zip(_ratio_columns(columns), ratios, strict=True)
    }
    return Row(name, figures, *((_LIMIT, ratios[0]) if name.startswith("limpyd_ng") and ratios else ()))


def _ratio_columns(columns: Sequence[str]) -> list[str]:
    return [f"{column} / {columns[0]}" for column in columns[1:]]


def _in_turns(same: Sequence[Operation], growths: Sequence[_Growth], rounds: int) -> list[Outcome]:
    """The outcomes of one operation at each size, after its answers were checked at each."""
    outcomes = [Outcome() for _ in growths]
    turn = list(zip(outcomes, same, growths, strict=True))
    for _, operation, growth in turn:
        prepare(operation, growth.contestant)
    for number in range(1, rounds + 1):
        for outcome, operation, growth in turn if number % 2 else reversed(turn):
            outcome.seconds.append(timed(operation, growth.contestant, number))
    return outcomes


def few_of(everybody: Iterable[Person], size: int) -> _Few:
    """Those of so many people that are asked for."""
    few = _Few(size)
    for number, person in enumerate(everybody, 1):
        few.keep(str(number), person)
    return few


def asking(few: _Few, calls: int) -> list[Operation]:
    """The queries, about people that are known."""
    check = Checks(few)

    def by_last(contestant: Contestant, number: int) -> Calls:
        return [(few.asked[(number + call) % len(few.asked)],) for call in range(calls)]

    def three_ways(contestant: Contestant, number: int) -> Calls:
        return [(*row, 1910, "m") for row in by_last(contestant, number)]

    def since(contestant: Contestant, number: int) -> Calls:
        return [(*row, 1990) for row in by_last(contestant, number)]

    def or_one(contestant: Contestant, number: int) -> Calls:
        return [(*row, "5") for row in since(contestant, number)]

    return [
        *queries(check, by_last),
        Operation("three-way filter, exists", "exists", three_ways, check.exists),
        Operation("equality and number range, or one pk", "either", or_one, check.either),
        Operation("equality and not a number range", "before", since, check.before),
    ]


def _parts(size: int) -> Iterator[list[Person]]:
    """All people of a size, in parts."""
    everybody = people(size)
    while part := list(islice(everybody, _PART)):
        yield part
