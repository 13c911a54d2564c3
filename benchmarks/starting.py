"""What starting costs: importing the package, and making an instance."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import timeit
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .report import Figure, Row, Section, Target

__all__ = ["imports", "started"]

_ROOT = Path(__file__).resolve().parent.parent
_IMPORT = Target(50, 20, most=True, unit=" ms")
_INSTANCE = Target(3, 1, most=True, unit=" us")
_TEXT = (
    "Importing is timed in fresh processes with compiled files there, beyond importing redis; "
    "an instance is made by its pk, which sends nothing."
)
_CHILD = """
import time
import {before}
begun = time.perf_counter()
import {what}
print(time.perf_counter() - begun)
"""


#: a name, what is imported before, what is timed
_IMPORTS = (
    ("import limpyd_ng.model", "redis", "limpyd_ng.model", _IMPORT),
    ("import limpyd_ng.asyncio", "redis", "limpyd_ng.asyncio", None),
    ("import redis", "sys", "redis", None),
)


def imports(runs: int) -> int:
    """How many processes import in all."""
    return len(_IMPORTS) * (runs + 1)


def started(contestants: Sequence[Any], runs: int, progress: Callable[[], None]) -> Section:
    """Imports in ``runs`` processes, makes instances of each contestant's model; the section."""
    section = Section("Start", _TEXT, ["median", "fastest"])
    for name, before, what, target in _IMPORTS:
        seconds = _imports(before, what, runs, progress)
        section.rows.append(_row(name, [value * 1e3 for value in seconds], "ms", target))
    for contestant in contestants:
        seconds = _instances(contestant)
        section.rows.append(_row("lazy_connect(pk)", [value * 1e6 for value in seconds], "us", _INSTANCE))
    return section


def _row(name: str, values: list[float], unit: str, target: Target | None) -> Row:
    median = statistics.median(values)
    return Row(name, {"median": Figure(median, unit), "fastest": Figure(min(values), unit)}, target, median)


def _imports(before: str, what: str, runs: int, progress: Callable[[], None]) -> list[float]:
    """Seconds of importing one module after another, in so many processes."""
    with tempfile.TemporaryDirectory() as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled, "PYTHONPATH": str(_ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-c", _CHILD.format(before=before, what=what)]
        seconds = []
        for number in range(runs + 1):
            printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            if number:  # the first compiles
                seconds.append(float(printed.stdout))
            progress()
    return seconds


def _instances(contestant: Any) -> list[float]:
    connect, number = contestant.model.lazy_connect, 10_000
    return [taken / number for taken in timeit.repeat(lambda: connect("1"), number=number, repeat=7)]
