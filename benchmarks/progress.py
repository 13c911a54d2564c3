"""Progress bars on the standard error stream, so that tables can go to a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from rich.console import Console
from rich.progress import Progress, TaskID

__all__ = ["Bars"]


class Bars:
    """A bar for each long piece of work; they are gone at the end of the block."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(console=console, transient=True)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()

    def at(self, what: str, done: int, total: int) -> None:
        """Shows how far a piece of work has come; its bar goes when it is done."""
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total)
        self._progress.update(self._tasks[what], completed=done)
        if done >= total:
            self._progress.remove_task(self._tasks.pop(what))

    def steps(self, what: str, total: int) -> Callable[[], None]:
        """Something to call after each of so many steps."""
        done = 0

        def step() -> None:
            nonlocal done
            done += 1
            self.at(what, done, total)

        self.at(what, 0, total)
        return step
