"""python -m benchmarks.speed [--objects 20000] [--rounds 7] [--calls 200] [--only create,get] [--profile]

Prints one table: operations per second of each contestant, and its ratio to the
hand-written script, as the median over the rounds of the ratio within a round.
With --profile: microseconds for one call by the clock, the part of it that is not the server's
commands, processor time of the client, the server's commands, processor time of the server.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.progress import Progress
from rich.table import Column
from rich.table import Table as Grid

from limpyd_ng.embedded import EmbeddedServer

from .contest import Contestant, Operation, Outcome, measure
from .handwritten import Pipelines, Scripts
from .mappers import Limpyd, LimpydNg
from .operations import Table, operations
from .people import people
from .profiling import breakdown, profile

CONTESTANTS: tuple[type[Contestant], ...] = (Pipelines, Scripts, LimpydNg, Limpyd)
YARDSTICK = "script"
_SHARES = ("wall", "wall - server", "client cpu", "server", "server cpu")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when every answer was right."""
    options = _parser().parse_args(argv)
    console = Console(width=150)
    servers = [EmbeddedServer().start() for _ in CONTESTANTS]
    try:
        contestants = _made(servers, console)
        rows = list(people(options.objects))
        _fill(contestants, rows, console)
        wanted = options.only.split(",") if options.only else None
        chosen = [
            operation
            for operation in operations(Table(rows), options.calls)
            if wanted is None or operation.method in wanted
        ]
        if options.profile:
            console.print(_profiled(chosen, contestants, options.rounds, console))
        else:
            console.print(_measured(chosen, contestants, options.rounds, console))
    finally:
        for server in servers:
            server.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--objects", type=int, default=20_000, help="stored before anything is timed")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=200, help="of each operation in each round")
    parser.add_argument("--only", help="methods of operations, separated by commas")
    parser.add_argument("--profile", action="store_true", help="microseconds of client and server instead")
    return parser


def _made(servers: Sequence[EmbeddedServer], console: Console) -> list[Contestant]:
    made = []
    for cls, server in zip(CONTESTANTS, servers, strict=True):
        try:
            made.append(cls(server))
        except ImportError as error:
            console.print(f"{cls.name} is left out: {error}")
    return made


def _fill(contestants: Sequence[Contestant], rows: Sequence[object], console: Console) -> None:
    for contestant in contestants:
        before = contestant.client.info("memory")["used_memory"]
        with console.status(f"{contestant.name}: storing {len(rows):,} objects"):
            pks = contestant.perform("load", [(rows,)])[0]
        assert pks == [str(number) for number in range(1, len(rows) + 1)]
        used = contestant.client.info("memory")["used_memory"] - before
        console.print(f"{contestant.name}: {used / len(rows):,.0f} bytes for each object, indexes included")


def _measured(
    chosen: Sequence[Operation], contestants: Sequence[Contestant], rounds: int, console: Console
) -> Grid:
    grid = Grid("operation", *(f"{contestant.name}" for contestant in contestants))
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=len(chosen) * rounds)
        for operation in chosen:
            outcomes = measure(operation, contestants, rounds, lambda: progress.advance(task))
            grid.add_row(operation.name, *(_cell(outcomes, contestant.name) for contestant in contestants))
    return grid


def _profiled(
    chosen: Sequence[Operation], contestants: Sequence[Contestant], rounds: int, console: Console
) -> Grid:
    grid = Grid(
        "operation", "", *(Column(name, justify="right") for name in _SHARES), "the server's commands"
    )
    with Progress(console=console, transient=True) as progress:
        for operation in progress.track(chosen, description="profiling"):
            for one in profile(operation, contestants, rounds):
                shares = (one.wall, one.rest, one.client_cpu, one.server, one.server_cpu)
                grid.add_row(
                    operation.name, one.contestant, *(f"{share:.1f}" for share in shares), breakdown(one)
                )
            grid.add_section()
    return grid


def _cell(outcomes: dict[str, Outcome], name: str) -> str:
    if name not in outcomes:
        return "-"
    mine, yardstick = outcomes[name], outcomes[YARDSTICK]
    ratio = statistics.median(
        theirs / own for own, theirs in zip(mine.seconds, yardstick.seconds, strict=True)
    )
    return f"{mine.per_second:9,.0f}/s {ratio:5.2f} ({mine.requests:.3g} req)"


if __name__ == "__main__":
    sys.exit(main())
