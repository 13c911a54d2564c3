"""Loads the airports, many in each request, and removes them again."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import airportsdata
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from .airports import Airport, Nearby, choose, values_of
from .waiting import each, settled

__all__ = ["Loaded", "clean", "is_loaded", "load", "records"]

PER_UNLINK = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading took."""

    airports: int
    seconds: float
    requests: int
    memory: int

    def __str__(self) -> str:
        rate = self.airports / max(self.seconds, 1e-9)
        return (
            f"loaded {self.airports:,} airports in {self.seconds:.1f} s: {rate:,.0f} airports per second, "
            f"{self.requests:,} requests, {self.memory / 2**20:.1f} MB of the server's memory"
        )


def records(limit: int | None = None) -> list[Any]:
    """The airports of the ``airportsdata`` package."""
    return choose(airportsdata.load("ICAO"), limit)


async def is_loaded(airports: Sequence[Any]) -> bool:
    """Whether exactly these many airports are there already, from an earlier run."""
    return bool(await settled(Airport.collection().count()) == len(airports))


async def load(database: Any, airports: Sequence[Mapping[str, Any]], console: Console) -> Loaded:
    """Creates all the airports, and shows how far it is."""
    nearby = Nearby(airports)
    before, start, requests = await _memory(database), time.perf_counter(), 0
    with _progress(console) as progress:
        task = progress.add_task("loading", total=len(airports))

        def show(done: int, total: int | None) -> None:
            nonlocal requests
            requests += 1
            progress.update(task, completed=done)

        rows = ({**values_of(airport), "nearby": nearby.of(airport)} for airport in airports)
        created = await settled(Airport.create_many(rows, progress=show, keep=False))
        created.raise_refused()
    seconds = time.perf_counter() - start
    return Loaded(len(airports), seconds, requests, await _memory(database) - before)


async def clean(database: Any) -> int:
    """Removes every key of the demonstration, and no other; returns how many there were."""
    client, prefix = database.connect(), Airport.schema.keys.prefix
    removed = 0
    # listed first: a SCAN may miss keys while others go
    keys = [key async for key in each(Airport.scan_model_keys(count=1000)) if key.startswith(prefix)]
    for first in range(0, len(keys), PER_UNLINK):
        removed += int(await settled(client.unlink(*keys[first : first + PER_UNLINK])))
    return removed


async def _memory(database: Any) -> int:
    return int((await settled(database.connect().info("memory")))["used_memory"])


class _Rate(ProgressColumn):
    """Airports per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:,.0f}/s", style="cyan")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        console=console,
    )
