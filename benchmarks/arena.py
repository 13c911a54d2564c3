"""Contestants on servers of their own, with the same people stored in each."""

from __future__ import annotations

import gc
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

from limpyd_ng.embedded import EmbeddedServer

from .contest import Contestant
from .growth import data_bytes
from .people import Person

__all__ = ["Arena", "opened"]

_PART = 1000


@dataclass(slots=True)
class Arena:
    """Who is there, what each needs for an object, and who had to be left out."""

    contestants: list[Contestant] = field(default_factory=list)
    bytes_each: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    def named(self, *names: str) -> list[Contestant]:
        """The contestants of these names that are there."""
        return [contestant for contestant in self.contestants if contestant.name in names]


@contextmanager
def opened(
    classes: Sequence[type[Contestant]],
    rows: Sequence[Person],
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Iterator[Arena]:
    """The arena with all people stored; servers are stopped at the end of the block."""
    arena = Arena()
    with ExitStack() as stack:
        for cls in classes:
            problem = _import_error(cls)
            if problem is not None:
                arena.left_out.append(f"{cls.name} is left out ({problem}): pip install {cls.needs}")
                continue
            server = stack.enter_context(EmbeddedServer())
            contestant = stack.enter_context(closing(cls(server.settings)))
            arena.bytes_each[cls.name] = _fill(contestant, rows, progress)
            contestant.prepare()
            arena.contestants.append(contestant)
        # what is stored here stays: the collector need not go through it in somebody's turn
        gc.collect()
        gc.freeze()
        stack.callback(gc.unfreeze)
        yield arena


def _import_error(cls: type[Contestant]) -> ImportError | None:
    """What keeps a contestant's library from being imported."""
    try:
        if cls.module:
            importlib.import_module(cls.module)
    except ImportError as error:
        return error
    return None


def _fill(contestant: Contestant, rows: Sequence[Person], progress: Callable[[str, int, int], None]) -> float:
    """Stores everybody; bytes of the server's memory for each."""
    before = data_bytes(contestant)
    for start in range(0, len(rows), _PART):
        part = rows[start : start + _PART]
        pks = contestant.perform("load", [(part,)])[0]
        expected = [str(number) for number in range(start + 1, start + len(part) + 1)]
        assert pks == expected, f"{contestant.name}: pks are not counted from 1"
        progress(f"{contestant.name}: storing {len(rows):,} objects", start + len(part), len(rows))
    return (data_bytes(contestant) - before) / len(rows)
