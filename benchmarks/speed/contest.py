"""Contestants taking turns at an operation, and what is reported of it."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import hiredis
import redis.asyncio.connection
import redis.connection

from limpyd_ng.embedded import EmbeddedServer

from .people import Person

__all__ = ["Contestant", "Operation", "Outcome", "Sent", "counted", "measure"]

_SENDING = (redis.connection.AbstractConnection, redis.asyncio.connection.AbstractConnection)


class Contestant:
    """One way to do the job, on a server of its own. Each method is one operation."""

    name = ""

    def __init__(self, server: EmbeddedServer) -> None:
        self.settings = server.settings
        #: for the benchmark's own questions to the server
        self.client = redis.Redis(**server.settings, decode_responses=True)

    def perform(self, operation: str, calls: Sequence[Sequence[Any]]) -> list[Any]:
        """Runs the operation once for each list of arguments; returns the replies."""
        method = getattr(self, operation)
        return [method(*arguments) for arguments in calls]

    def can(self, operation: str) -> bool:
        """Whether this contestant does the operation at all."""
        return getattr(type(self), operation, None) is not getattr(Contestant, operation)

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


@dataclass(frozen=True, slots=True)
class Operation:
    """What is timed: the arguments of each call, and the check of its replies."""

    name: str
    method: str
    #: (contestant, round number) -> arguments of each call
    calls: Callable[[Contestant, int], Sequence[Sequence[Any]]]
    #: (calls, replies); raises AssertionError
    check: Callable[[Sequence[Sequence[Any]], Sequence[Any]], None]
    #: what one call counts for: objects of a bulk load
    units: int = 1


@dataclass(slots=True)
class Outcome:
    """Seconds of each round, and requests for one unit."""

    seconds: list[float] = field(default_factory=list)
    requests: float = 0.0
    units: int = 0

    @property
    def per_second(self) -> float:
        """Units per second in the median round."""
        return self.units / statistics.median(self.seconds)


class Sent:
    """What clients sent: requests (a pipeline is one), and commands by name.

    Commands between MULTI and EXEC are left out: EXEC runs them.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.commands: Counter[str] = Counter()

    def add(self, packed: Any) -> None:
        """Notes what a connection is about to send."""
        self.requests += 1
        reader = hiredis.Reader()
        for part in [packed] if isinstance(packed, bytes | str) else packed:
            reader.feed(part.encode() if isinstance(part, str) else bytes(part))
        queued = False
        while (command := reader.gets()) is not False:
            name = command[0].decode().lower()
            queued = queued and name != "exec"
            if not queued:
                self.commands[name] += 1
            queued = queued or name == "multi"


@contextmanager
def counted() -> Iterator[Sent]:
    """Counts what clients send in the block."""
    sent = Sent()
    kept = [(cls, cls.send_packed_command) for cls in _SENDING]

    def counting(original: Callable[..., Any]) -> Callable[..., Any]:
        def send(self: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
            sent.add(command)
            return original(self, command, *args, **kwargs)

        return send

    for cls, original in kept:
        cls.send_packed_command = counting(original)  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        for cls, original in kept:
            cls.send_packed_command = original  # type: ignore[method-assign]


def measure(
    operation: Operation, contestants: Sequence[Contestant], rounds: int, progress: Callable[[], None]
) -> dict[str, Outcome]:
    """Outcomes by contestant. Two turns of each come first: to load scripts, and to check and count."""
    able = [contestant for contestant in contestants if contestant.can(operation.method)]
    outcomes = {contestant.name: Outcome() for contestant in able}
    for contestant in able:
        contestant.perform(operation.method, operation.calls(contestant, -1))
        calls = operation.calls(contestant, 0)
        with counted() as sent:
            replies = contestant.perform(operation.method, calls)
        operation.check(calls, replies)
        outcomes[contestant.name].units = len(calls) * operation.units
        outcomes[contestant.name].requests = sent.requests / outcomes[contestant.name].units
    for number in range(1, rounds + 1):
        start = number % len(able)
        for contestant in able[start:] + able[:start]:
            calls = operation.calls(contestant, number)
            begun = time.perf_counter()
            contestant.perform(operation.method, calls)
            outcomes[contestant.name].seconds.append(time.perf_counter() - begun)
        progress()
    return outcomes
