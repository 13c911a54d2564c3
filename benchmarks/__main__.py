"""python -m benchmarks [--quick] [--only create,pks] [--profile] [--json FILE] [--rst FILE]

Compares limpyd_ng with hand-written pipelines and scripts, and with other mappers where they are
installed: speed, requests, commands and memory; growth; several processes; start. Every answer is
checked before anything is timed; the servers are started and stopped by the benchmark.

With --profile: microseconds for one call by the clock, the part of it that is not the server's
commands, processor time of the client, the server's commands, processor time of the server.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from .arena import Arena, opened
from .comparison import compared, contest, rounds
from .contest import Contestant, Operation
from .contestants import CONTESTANTS, LIBRARIES, named
from .growth import grown
from .machine import described, on_all_processors, on_one_processor
from .operations import Population, operations
from .people import people
from .processes import raced, races
from .profiling import profiles
from .progress import Bars
from .render import as_rst, show
from .report import Report
from .starting import imports, started

SECTIONS = ("operations", "growth", "processes", "start")
_QUICK = {"objects": 2000, "rounds": 3, "calls": 50, "growth": "2000,20000", "imports": 3}
_USUAL = {"objects": 20_000, "rounds": 11, "calls": 200, "growth": "2000,200000", "imports": 15}
#: who takes part where not everybody does
_GROWING = ("script", "limpyd_ng")
_RACING = ("pipeline", "script", "limpyd_ng", "limpyd_ng, asyncio")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 0 when every answer was right."""
    options = _options(argv)
    console = Console(width=None if sys.stdout.isatty() else 180)
    rows = list(people(options.objects))
    chosen = _chosen(options, Population(rows))
    with (
        on_one_processor(not options.any_processor),
        Bars(Console(stderr=True)) as bars,
        opened(_classes(options), rows, bars.at) as arena,
    ):
        if options.profile:
            step = bars.steps("profiling", len(chosen))
            console.print(profiles(chosen, arena.contestants, options.rounds, step))
            return 0
        report = measured(chosen, arena, options, bars)
    show(report, console)
    _write(report, options)
    return 0


def measured(chosen: Sequence[Operation], arena: Arena, options: argparse.Namespace, bars: Bars) -> Report:
    """The report of the sections that the options ask for."""
    report = _begun(arena, options)
    if "operations" in options.sections:
        step = bars.steps("comparing", len(chosen) * options.rounds)
        results = contest(chosen, arena, options.rounds, step)
        report.sections += compared(results, arena)
        report.rounds = rounds(results)
    if "growth" in options.sections:
        sizes = [int(size) for size in options.growth.split(",")]
        report.sections.append(grown(named(_GROWING), sizes, options.rounds, options.calls // 10, bars.at))
    if "processes" in options.sections:
        step = bars.steps("racing", races(options.rounds))
        racing = arena.named(*_RACING)
        with on_all_processors([contestant.client for contestant in racing]):
            report.sections.append(raced(racing, options.processes, options.rounds, options.calls * 2, step))
    if "start" in options.sections:
        step = bars.steps("importing", imports(options.imports))
        report.sections.append(started(arena.named("limpyd_ng"), options.imports, step))
    return report


def _begun(arena: Arena, options: argparse.Namespace) -> Report:
    return Report(
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=described(arena.contestants[0].client),
        options={name: getattr(options, name) for name in _USUAL}
        | {"processes": options.processes}
        | {"processors": "any" if options.any_processor else "one"},
        left_out=arena.left_out,
    )


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    number: dict[str, Any] = {"type": int, "metavar": "N"}
    parser.add_argument("--quick", action="store_true", help="small sizes: a look, in a minute")
    parser.add_argument("--objects", **number, help="stored before operations are timed (20000)")
    parser.add_argument("--rounds", **number, help="contestants take turns so often (11)")
    parser.add_argument("--calls", **number, help="of each operation in each round (200)")
    parser.add_argument("--growth", metavar="N,N", help="sizes compared (2000,200000), smallest first")
    parser.add_argument("--processes", **number, default=4, help="that write the same fields (4)")
    parser.add_argument("--imports", **number, help="processes that import (15)")
    parser.add_argument("--only", metavar="OPERATION,...", help="operations, by method: create,pks")
    parser.add_argument("--contestants", metavar="NAME;...", help="only these, by the names of the columns")
    parser.add_argument("--sections", metavar="SECTION,...", help=f"only these of {','.join(SECTIONS)}")
    parser.add_argument(
        "--any-processor", action="store_true", help="do not keep client and servers on one: see the docs"
    )
    parser.add_argument("--profile", action="store_true", help="microseconds of client and server instead")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON too")
    parser.add_argument("--rst", type=Path, metavar="FILE", help="write the tables as reStructuredText too")
    options = parser.parse_args(argv)
    for name, value in (_QUICK if options.quick else _USUAL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    options.sections = _sections(options)
    return options


def _sections(options: argparse.Namespace) -> Sequence[str]:
    if not options.sections:
        return ("operations",) if options.only or options.contestants or options.profile else SECTIONS
    wanted = options.sections.split(",")
    for name in wanted:
        if name not in SECTIONS:
            raise SystemExit(f"there is no section {name!r}: there are {', '.join(SECTIONS)}")
    return wanted  # type: ignore[no-any-return]


def _classes(options: argparse.Namespace) -> list[type[Contestant]]:
    if options.contestants:
        return named(options.contestants.split(";"))
    if "operations" in options.sections:
        return [*CONTESTANTS, *LIBRARIES]
    return named(_RACING)


def _chosen(options: argparse.Namespace, population: Population) -> list[Operation]:
    offered = operations(population, options.calls)
    wanted = options.only.split(",") if options.only else [operation.method for operation in offered]
    known = dict.fromkeys(operation.method for operation in offered)
    for name in wanted:
        if name not in known:
            raise SystemExit(f"there is no operation {name!r}: there are {', '.join(known)}")
    return [operation for operation in offered if operation.method in wanted]


def _write(report: Report, options: argparse.Namespace) -> None:
    if options.json:
        options.json.write_text(json.dumps(report.as_json(), indent=1, ensure_ascii=False) + "\n")
    if options.rst:
        options.rst.write_text(as_rst(report))


if __name__ == "__main__":
    sys.exit(main())
