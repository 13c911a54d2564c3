"""Several processes writing the same indexed fields of the same objects.

Each process is a Python of its own with a connection of its own. What counts is how many writes all of
them together get done from the first one's start to the last one's end; afterwards the indexes must
say what the values say.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .contest import Contestant
from .report import Figure, Row, Section, Target

__all__ = ["raced", "races"]

_ROOT = Path(__file__).resolve().parent.parent
_TARGET = Target(0.8, 1.0)
#: objects that all of them write to, and values they write
_OBJECTS = 100
_VALUES = 20

Workers = Sequence["subprocess.Popen[str]"]


@dataclass(frozen=True, slots=True)
class _Race:
    """A field that all write: its name, the operation, the value of a number."""

    name: str
    method: str
    value: Callable[[int], Any]


_RACES = (
    _Race("an equality-indexed field", "set_last", lambda number: f"raced-{number}"),
    _Race("a number-indexed field", "set_year", lambda number: 1800 + number),
    _Race("an indexed set", "tag", lambda number: f"raced-{number}"),
)


def races(rounds: int) -> int:
    """How many steps of progress there are."""
    return len(_RACES) * (rounds + 1)


def raced(
    contestants: Sequence[Contestant], count: int, rounds: int, calls: int, progress: Callable[[], None]
) -> Section:
    """Lets ``count`` processes of each contestant write ``calls`` times; the section of the report.

    Raises AssertionError if an index is wrong afterwards.
    """
    columns = [contestant.name for contestant in contestants]
    section = Section(f"{count} processes", _TEXT.format(count=count), columns)
    with ExitStack() as stack:
        teams = [(one, stack.enter_context(_workers(one, count))) for one in contestants]
        for race in _RACES:
            section.rows.append(_race(race, teams, rounds, calls, progress))
    return section


_TEXT = (
    f"Writes per second of {{count}} processes together on the same {_OBJECTS} objects; in brackets the "
    "ratio to as many processes with the hand-written script, the median of the rounds. Afterwards the "
    "indexes are compared with the values."
)


def _race(
    race: _Race,
    teams: Sequence[tuple[Contestant, Workers]],
    rounds: int,
    calls: int,
    progress: Callable[[], None],
) -> Row:
    rates: dict[str, list[float]] = {contestant.name: [] for contestant, _ in teams}
    for number in range(rounds + 1):
        for contestant, workers in teams:
            rate = _round(race, workers, calls, number)
            if number:  # the first loads scripts
                rates[contestant.name].append(rate)
        progress()
    for contestant, _ in teams:
        _check(race, contestant)
    return _row(race.name, rates)


def _check(race: _Race, contestant: Contestant) -> None:
    """Asserts that something was written, and that the indexes are right."""
    written = {str(race.value(number)) for number in range(_VALUES)}
    field = "tags" if race.method == "tag" else race.method.removeprefix("set_")
    replies = contestant.perform("read", [(str(pk),) for pk in range(1, _OBJECTS + 1)])
    values = [set(one[field]) if field == "tags" else {one[field]} for one in replies]
    assert any(written & one for one in values), f"{contestant.name}, {race.name}: nothing was written"
    errors = contestant.index_errors()
    assert not errors, f"{contestant.name}, {race.name}: indexes are wrong: {errors[:5]}"


def _row(name: str, rates: dict[str, list[float]]) -> Row:
    def ratio(contestant: str) -> float | None:
        if "script" not in rates:
            return None
        pairs = zip(rates[contestant], rates["script"], strict=True)
        return statistics.median(own / theirs for own, theirs in pairs)

    figures: dict[str, Figure | str] = {
        contestant: Figure(statistics.median(measured), "/s", ratio(contestant))
        for contestant, measured in rates.items()
    }
    judged = ratio("limpyd_ng") if "limpyd_ng" in rates else None
    return Row(name, figures, _TARGET, judged)


def _round(race: _Race, workers: Workers, calls: int, number: int) -> float:
    """Writes per second of all processes together."""
    chance = random.Random(number)
    for worker in workers:
        pks = [str(chance.randint(1, _OBJECTS)) for _ in range(calls)]
        turn = [(pk, race.value(chance.randrange(_VALUES))) for pk in pks]
        _tell(worker, {"method": race.method, "calls": turn})
    _hear_all(workers, "loaded\n")
    for worker in workers:
        _tell(worker, "go")
    times = [json.loads(_hear(worker)) for worker in workers]
    taken: float = max(end for _, end in times) - min(begun for begun, _ in times)
    return len(workers) * calls / taken


@contextmanager
def _workers(contestant: Contestant, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes that are ready to write."""
    workers = [_start() for _ in range(count)]
    try:
        for worker in workers:
            _tell(worker, {"contestant": contestant.name, "settings": dict(contestant.settings)})
        _hear_all(workers, "ready\n")
        yield workers
    finally:
        for worker in workers:
            worker.communicate()


def _start() -> subprocess.Popen[str]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )


def _tell(worker: subprocess.Popen[str], what: Any) -> None:
    assert worker.stdin is not None
    worker.stdin.write(json.dumps(what) + "\n")
    worker.stdin.flush()


def _hear_all(workers: Workers, expected: str) -> None:
    for worker in workers:
        heard = _hear(worker)
        assert heard == expected, heard


def _hear(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    assert line, f"a process that writes has ended with code {worker.wait()}"
    return line
