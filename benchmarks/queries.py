"""A query must cost what its answer costs, whatever the number of objects.

The same model with 2,000 and with 200,000 objects, made so that each query finds about 100
of them in both (a bare NOT finds nearly all, so it is not among them). Answers are compared
with plain Python first; then the two sizes take turns, round
after round. The figure to keep: large / small below 1.5 for each query.

    python -m benchmarks.queries [--sizes 2000,200000] [--rounds 9] [--calls 100]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from limpyd_ng.collection import Q
from limpyd_ng.database import RedisDatabase
from limpyd_ng.embedded import EmbeddedServer
from limpyd_ng.fields import InstanceHashField, PKField
from limpyd_ng.indexes import NumberRangeIndex, TextRangeIndex
from limpyd_ng.model import RedisModel

LIMIT = 1.5
#: objects of each group; a query asks for one group
GROUP = 110
PER_REQUEST = 500


class Thing(RedisModel):
    """What is measured, in one model for each size."""

    abstract = True

    code = PKField()
    group = InstanceHashField(indexable=True)
    size = InstanceHashField(indexes=[NumberRangeIndex])
    title = InstanceHashField(indexes=[TextRangeIndex])


@dataclass(frozen=True, slots=True)
class Row:
    """One object as plain Python has it."""

    code: str
    group: str
    size: int
    title: str

    @property
    def wanted(self) -> bool:
        """Whether it is in the group and both ranges hold; they do for 19 objects of 20."""
        return self.group == "g1" and self.size >= 25 and self.title.startswith("am")


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and what plain Python answers to it."""

    name: str
    ask: Callable[[Any], Any]
    expected: Callable[[list[Row]], Any]


def _wanted(model: Any) -> Any:
    return model.collection(group="g1", size__gte=25, title__startswith="am")


def _first_wanted(rows: list[Row]) -> list[str]:
    found = sorted((row for row in rows if row.wanted), key=lambda row: (row.size, row.code))
    return [row.code for row in found[:20]]


def _values(rows: list[Row]) -> list[tuple[str, str]]:
    found = sorted((row for row in rows if row.group == "g1"), key=lambda row: (row.size, row.code))
    return [(row.code, str(row.size)) for row in found]


QUERIES = (
    Query(
        "equality",
        lambda model: sorted(model.collection(group="g1").evaluate()),
        lambda rows: sorted(row.code for row in rows if row.group == "g1"),
    ),
    Query(
        "equality, number range, text prefix; sorted, [:20]",
        lambda model: _wanted(model).sort(by="size")[:20].evaluate(),
        _first_wanted,
    ),
    Query(
        "count of the same",
        lambda model: _wanted(model).count(),
        lambda rows: sum(row.wanted for row in rows),
    ),
    Query(
        "any of two (one group of small ones, one object)",
        lambda model: sorted(model.collection(Q(group="g1", size__gte=25) | Q(code="5")).evaluate()),
        lambda rows: sorted(
            row.code for row in rows if (row.group == "g1" and row.size >= 25) or row.code == "5"
        ),
    ),
    Query(
        "equality and not a wide range",
        lambda model: sorted(model.collection(~Q(size__gte=500), group="g1").evaluate()),
        lambda rows: sorted(row.code for row in rows if row.group == "g1" and row.size < 500),
    ),
    Query(
        "values of the equality, sorted",
        lambda model: model.collection(group="g1").sort(by="size").values_list("code", "size").evaluate(),
        _values,
    ),
    Query(
        "whether the first has any",
        lambda model: _wanted(model).exists(),
        lambda rows: any(row.wanted for row in rows),
    ),
)


def make_rows(count: int) -> list[Row]:
    """``count`` objects, GROUP of them in each group."""
    chance = random.Random(count)
    groups = max(count // GROUP, 1)
    words = ["amber", "amethyst"] * 19 + ["basalt", "cedar"]

    def row(number: int) -> Row:
        title = f"{chance.choice(words)} {chance.randrange(count)}"
        return Row(str(number), f"g{number % groups}", chance.randrange(1000), title)

    return [row(number) for number in range(count)]


def build(on: RedisDatabase, rows: Sequence[Row], console: Console) -> Any:
    """A model with these objects."""
    settings = {"database": on, "namespace": f"bench-{len(rows)}", "__module__": __name__}
    model = type("Thing", (Thing,), settings)
    title = f"creating {len(rows):,} objects"
    for first in track(range(0, len(rows), PER_REQUEST), title, console=console, transient=True):
        with on.pipeline(transaction=False) as pipe:
            for row in rows[first : first + PER_REQUEST]:
                model(**asdict(row))
            pipe.execute()
    return model


def verify(model: Any, rows: list[Row]) -> None:
    """Raises SystemExit if the answer to any query is not that of plain Python."""
    for query in QUERIES:
        found, expected = query.ask(model), query.expected(rows)
        if found != expected:
            raise SystemExit(f"{query.name}, {len(rows):,} objects: {found} is not {expected}")


def measure(models: Sequence[Any], rounds: int, calls: int) -> dict[str, list[float]]:
    """For each query, the median time in ms with each model; the models take turns."""
    medians = {}
    for query in QUERIES:
        times: list[list[float]] = [[] for _ in models]
        for turn in range(rounds):
            order = list(enumerate(models))
            for number, model in order if turn % 2 else reversed(order):
                times[number].append(_time(query, model, calls))
        medians[query.name] = [statistics.median(values) for values in times]
    return medians


def _time(query: Query, model: Any, calls: int) -> float:
    start = time.perf_counter()
    for _ in range(calls):
        query.ask(model)
    return (time.perf_counter() - start) / calls * 1000


def report(sizes: Sequence[int], medians: dict[str, list[float]], console: Console) -> bool:
    """Prints the table; returns whether every ratio is small enough."""
    table = Table("query", *(f"{size:,} objects" for size in sizes), "ratio", f"below {LIMIT}")
    for column in table.columns[1:]:
        column.justify = "right"
    good = True
    for name, times in medians.items():
        ratio = times[-1] / times[0]
        good = good and ratio < LIMIT
        shown = [f"{value:.3f} ms" for value in times]
        table.add_row(name, *shown, f"{ratio:.2f}", "yes" if ratio < LIMIT else "NO")
    console.print(table)
    return good


def main(argv: Sequence[str] | None = None) -> int:
    """Builds, checks, measures and prints; 1 if a ratio is too large."""
    parser = argparse.ArgumentParser(description="Query time against the number of objects.")
    parser.add_argument("--sizes", default="2000,200000", help="numbers of objects, smallest first")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=100, help="calls of each query in a round")
    options = parser.parse_args(argv)
    sizes, console = [int(size) for size in options.sizes.split(",")], Console()
    with EmbeddedServer() as server:
        database = RedisDatabase(**server.settings)
        models = []
        for size in sizes:
            rows = make_rows(size)
            models.append(build(database, rows, console))
            verify(models[-1], rows)
        return 0 if report(sizes, measure(models, options.rounds, options.calls), console) else 1


if __name__ == "__main__":
    sys.exit(main())
