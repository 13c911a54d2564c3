"""Where the time of an operation goes: the server's commands, and everything else.

The server's own statistics (INFO commandstats) are read before and after the calls of a round. The
time of a script or of EXEC includes that of the commands in it, so only what was sent counts as the
server's share; the commands within are listed after it.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Column, Table

from .contest import Contestant, Operation, prepare
from .traffic import command_stats

__all__ = ["Profile", "breakdown", "profile", "profiles"]

_SHARES = ("wall", "wall - server", "client cpu", "server", "server cpu")

#: (command, how often for one call, microseconds each time)
Rows = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """Microseconds for one call: by the clock, of the server's commands, of both processors."""

    contestant: str
    wall: float
    server: float
    server_cpu: float
    client_cpu: float
    #: commands that the client sends
    sent: Rows
    #: commands that scripts and EXEC run
    within: Rows

    @property
    def rest(self) -> float:
        """What is not in the server's commands: the client, the sockets, the server's event loop."""
        return self.wall - self.server


def profiles(
    operations: Sequence[Operation],
    contestants: Sequence[Contestant],
    rounds: int,
    progress: Callable[[], None],
) -> Table:
    """The profiles of several operations as a table."""
    table = Table("operation", "", *(Column(name, justify="right") for name in _SHARES), "server's commands")
    for operation in operations:
        for one in profile(operation, contestants, rounds):
            shares = (one.wall, one.rest, one.client_cpu, one.server, one.server_cpu)
            table.add_row(
                operation.name, one.contestant, *(f"{share:.1f}" for share in shares), breakdown(one)
            )
        table.add_section()
        progress()
    return table


def profile(operation: Operation, contestants: Sequence[Contestant], rounds: int) -> list[Profile]:
    """Profiles of those that can do the operation; they take turns, figures are medians of rounds."""
    able = [contestant for contestant in contestants if contestant.can(operation.method)]
    names = {contestant.name: prepare(operation, contestant)[0].commands for contestant in able}
    taken: dict[str, list[Profile]] = {contestant.name: [] for contestant in able}
    for number in range(1, rounds + 1):
        for contestant in able:
            taken[contestant.name].append(_round(operation, contestant, number, names[contestant.name]))
    return [_median(profiles) for profiles in taken.values()]


def _round(operation: Operation, contestant: Contestant, number: int, sent: Counter[str]) -> Profile:
    calls = operation.calls(contestant, number)
    units = operation.units(calls)
    contestant.client.config_resetstat()
    server_cpu = _server_cpu(contestant)
    begun, client_cpu = time.perf_counter(), time.process_time()
    contestant.perform(operation.method, calls)
    client_cpu, wall = time.process_time() - client_cpu, time.perf_counter() - begun
    server_cpu = _server_cpu(contestant) - server_cpu
    per_call = _commands(contestant, units)
    top = tuple((name, count, _each(per_call, name)) for name, count in sent.items())
    within = ((name, count - sent[name], each) for name, (count, each) in per_call.items())
    return Profile(
        contestant.name,
        wall=wall / units * 1e6,
        server=sum(count * each for _, count, each in top),
        server_cpu=server_cpu / units * 1e6,
        client_cpu=client_cpu / units * 1e6,
        sent=top,
        within=tuple(row for row in within if row[1] > 0.001),
    )


def _server_cpu(contestant: Contestant) -> float:
    used = contestant.client.info("cpu")
    return float(used["used_cpu_user"] + used["used_cpu_sys"])


def _commands(contestant: Contestant, units: int) -> dict[str, tuple[float, float]]:
    """For each command that the server ran: how often for one unit, microseconds each time."""
    stats = command_stats(contestant.client)
    return {name: (row["calls"] / units, row["usec_per_call"]) for name, row in stats.items()}


def _each(per_call: dict[str, tuple[float, float]], name: str) -> float:
    return per_call.get(name, (0.0, 0.0))[1]


def _median(profiles: Sequence[Profile]) -> Profile:
    def of(figure: Callable[[Profile], float]) -> float:
        return statistics.median(figure(one) for one in profiles)

    return Profile(
        profiles[0].contestant,
        wall=of(lambda one: one.wall),
        server=of(lambda one: one.server),
        server_cpu=of(lambda one: one.server_cpu),
        client_cpu=of(lambda one: one.client_cpu),
        sent=_median_rows([one.sent for one in profiles]),
        within=_median_rows([one.within for one in profiles]),
    )


def _median_rows(rounds: Sequence[Rows]) -> Rows:
    by_name: dict[str, list[tuple[float, float]]] = {}
    for rows in rounds:
        for name, count, each in rows:
            by_name.setdefault(name, []).append((count, each))
    medians = [
        (name, statistics.median(count for count, _ in rows), statistics.median(each for _, each in rows))
        for name, rows in by_name.items()
    ]
    return tuple(sorted(medians, key=lambda row: -row[1] * row[2]))


def breakdown(one: Profile) -> str:
    """What the server ran for one call: ``evalsha 11.2 (hset 1.0, 3 sadd 0.4)``, in microseconds."""
    sent = ", ".join(_named(row) for row in one.sent)
    within = ", ".join(_named(row) for row in one.within)
    return f"{sent} ({within})" if within else sent


def _named(row: tuple[str, Any, float]) -> str:
    name, count, each = row
    return f"{name} {each:.1f}" if abs(count - 1) < 0.005 else f"{count:.3g} {name} {each:.1f}"
