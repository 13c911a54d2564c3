"""Contestants taking turns at an operation, and what is reported of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis

from .people import Person
from .report import Target
from .traffic import Sent, commands_run, counted

__all__ = ["Calls", "Contestant", "Operation", "Outcome", "measure", "prepare", "timed"]

#: the arguments of each call
Calls = Sequence[Sequence[Any]]


class Contestant:
    """One way to do the job, on a server of its own. Each method is one operation."""

    name = ""
    #: whose times its own are compared with
    yardstick = "script"
    #: what of the job it cannot do, for a note under the table
    lacks = ""
    #: what has to be installed for it, and a module of that
    needs = ""
    module = ""
    #: how many of the calls asked for are made; less than 1 where they take long
    share = 1.0
    #: what reading an object that is not there raises
    missing: tuple[type[Exception], ...] = (KeyError,)

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        #: for the benchmark's own questions to the server
        self.client = redis.Redis(**settings, decode_responses=True)

    def perform(self, operation: str, calls: Calls) -> list[Any]:
        """Runs the operation once for each list of arguments; returns the replies."""
        method = getattr(self, operation)
        return [method(*arguments) for arguments in calls]

    def can(self, operation: str) -> bool:
        """Whether this contestant does the operation at all."""
        return getattr(type(self), operation, None) is not getattr(Contestant, operation)

    def prepare(self) -> None:
        """Stores what operations need beside the people."""

    def close(self) -> None:
        """Closes its connections."""
        self.client.close()

    def index_errors(self) -> list[str]:
        """Every difference between index entries and values; empty when all are right."""
        raise NotImplementedError

    def create(self, person: Person) -> str:
        """Stores a new object with all its index entries; returns its pk."""
        raise NotImplementedError

    def load(self, people: Sequence[Person]) -> list[str]:
        """Stores many; returns their pks in this order."""
        raise NotImplementedError

    def read(self, pk: str) -> dict[str, Any]:
        """All values of an object that may not exist."""
        raise NotImplementedError

    def set_year(self, pk: str, year: int) -> Any:
        """Changes the field with a number index."""
        raise NotImplementedError

    def set_last(self, pk: str, last: str) -> Any:
        """Changes a field with an equality index."""
        raise NotImplementedError

    def native_get(self, pk: str) -> Any:
        """GET on a field without index."""
        raise NotImplementedError

    def native_hget(self, pk: str) -> Any:
        """HGET on a field without index."""
        raise NotImplementedError

    def native_incr(self, pk: str) -> Any:
        """INCR on a field without index."""
        raise NotImplementedError

    def native_sadd(self, pk: str, value: str) -> Any:
        """SADD on a field without index."""
        raise NotImplementedError

    def native_sismember(self, pk: str, value: str) -> Any:
        """SISMEMBER on the same field."""
        raise NotImplementedError

    def native_smembers(self, pk: str) -> Any:
        """SMEMBERS on the same field."""
        raise NotImplementedError

    def typed_hget(self, pk: str) -> int:
        """HGET of a number, as a number."""
        raise NotImplementedError

    def tag(self, pk: str, tag: str) -> Any:
        """Adds to an indexed set."""
        raise NotImplementedError

    def untag(self, pk: str, tag: str) -> Any:
        """Removes from it."""
        raise NotImplementedError

    def delete(self, pk: str) -> Any:
        """Removes an object and its index entries."""
        raise NotImplementedError

    def pks(self, last: str) -> list[str]:
        """The pks of those with this last name."""
        raise NotImplementedError

    def values(self, last: str) -> list[dict[str, Any]]:
        """First name, nickname and year of those with this last name."""
        raise NotImplementedError

    def instances(self, last: str) -> list[dict[str, Any]]:
        """The same, read from objects."""
        raise NotImplementedError

    def page(self, last: str, year: int, nick: str) -> list[str]:
        """The pks of the first 20 of the three-way filter, by year."""
        raise NotImplementedError

    def count(self, last: str, year: int, nick: str) -> int:
        """How many meet the three-way filter."""
        raise NotImplementedError

    def exists(self, last: str, year: int, nick: str) -> bool:
        """Whether anything meets the three-way filter."""
        raise NotImplementedError

    def either(self, last: str, year: int, pk: str) -> list[str]:
        """The pks of those with this last name since this year, and this one."""
        raise NotImplementedError

    def before(self, last: str, year: int) -> list[str]:
        """The pks of those with this last name and not since this year."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Operation:
    """What is timed: the arguments of each call, and the check of its replies."""

    name: str
    method: str
    #: (contestant, turn) -> arguments of each call
    calls: Callable[[Contestant, int], Calls]
    #: (contestant, calls, replies) after the calls; raises AssertionError
    check: Callable[[Contestant, Calls, Sequence[Any]], None]
    #: objects of a bulk load are counted one by one
    bulk: bool = False
    target: Target | None = None

    def units(self, calls: Calls) -> int:
        """How many operations these calls are."""
        return sum(len(arguments[0]) for arguments in calls) if self.bulk else len(calls)


@dataclass(slots=True)
class Outcome:
    """Seconds for one operation in each round; requests sent and commands run for one."""

    seconds: list[float] = field(default_factory=list)
    requests: float = 0.0
    commands: float = 0.0

    @property
    def typical(self) -> float:
        """Seconds for one operation in the median round."""
        return statistics.median(self.seconds)

    def speed_against(self, other: Outcome) -> list[float]:
        """The other's time in each round, divided by this one's."""
        return [theirs / own for own, theirs in zip(self.seconds, other.seconds, strict=True)]


def measure(
    operation: Operation,
    contestants: Sequence[Contestant],
    rounds: int,
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Outcome]:
    """Outcomes by contestant; they take turns. Two turns of each come first: see ``prepare``."""
    able = [contestant for contestant in contestants if contestant.can(operation.method)]
    outcomes = {contestant.name: _prepared(operation, contestant) for contestant in able}
    for number in range(1, rounds + 1):
        start = number % max(len(able), 1)
        for contestant in able[start:] + able[:start]:
            outcomes[contestant.name].seconds.append(timed(operation, contestant, number))
        progress()
    return outcomes


def timed(operation: Operation, contestant: Contestant, number: int) -> float:
    """Seconds for one operation in this turn."""
    calls = operation.calls(contestant, number)
    begun = time.perf_counter()
    contestant.perform(operation.method, calls)
    return (time.perf_counter() - begun) / operation.units(calls)


def _prepared(operation: Operation, contestant: Contestant) -> Outcome:
    sent, commands = prepare(operation, contestant)
    return Outcome(requests=sent.requests, commands=commands)


def prepare(operation: Operation, contestant: Contestant) -> tuple[Sent, float]:
    """Two turns whose answers are checked: one that loads scripts, one that is counted.

    Returns what the client sent for one operation, and how many commands the server ran for it.
    """
    _checked_turn(operation, contestant, -1)
    return _checked_turn(operation, contestant, 0)


def _checked_turn(operation: Operation, contestant: Contestant, number: int) -> tuple[Sent, float]:
    calls = operation.calls(contestant, number)
    before = commands_run(contestant.client)
    with counted() as sent:
        replies = contestant.perform(operation.method, calls)
    ran = commands_run(contestant.client) - before
    try:
        operation.check(contestant, calls, replies)
    except AssertionError as error:
        raise AssertionError(f"{contestant.name}, {operation.name}: {error}") from error
    units = operation.units(calls)
    return sent.divided(units), ran / units
