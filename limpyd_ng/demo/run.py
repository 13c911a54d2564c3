"""The demonstration from start to end."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

from rich.console import Console

from ..asyncio import RedisDatabase as AsyncDatabase
from ..database import RedisDatabase
from ..embedded import EmbeddedServer
from ..lua import AUDIT, GUARD, QUERY, WRITE
from . import loading
from .airports import Airport
from .asking import ask, show
from .questions import QUESTIONS
from .waiting import finished, settled

__all__ = ["run"]

NOTE = """
Below each answer: what it cost. The fields of the airports shown are read
afterwards, in one more request that is not counted.
"""


def run(
    url: str | None = None,
    path: str | os.PathLike[str] | None = None,
    limit: int | None = None,
    keep: bool = False,
    console: Console | None = None,
    waits: bool = False,
) -> None:
    """Loads the airports and asks the questions.

    On a server of its own, or on the one at ``url``: there it touches the keys of its own
    namespace alone, and removes them at the end unless ``keep``. ``path`` is a folder where
    the own server keeps the data for the next run. With ``waits``, through an asyncio database.
    """
    console = console or Console(highlight=False)
    demonstration = _run(url, path, limit, keep, console, waits)
    if waits:
        asyncio.run(demonstration)
    else:
        finished(demonstration)


async def _run(
    url: str | None,
    path: str | os.PathLike[str] | None,
    limit: int | None,
    keep: bool,
    console: Console,
    waits: bool,
) -> None:
    async with _database(url, path, keep, console, waits) as database:
        summary = await _load(database, limit, reuse=path is not None, console=console)
        console.print(NOTE, style="dim")
        for number, question in enumerate(QUESTIONS, 1):
            with console.status(question.title):
                answer = await ask(database, question, waits)
            await show(database, number, question, answer, console, waits)
        console.print(summary, style="bold", soft_wrap=True)


@contextlib.asynccontextmanager
async def _database(
    url: str | None, path: str | os.PathLike[str] | None, keep: bool, console: Console, waits: bool
) -> AsyncIterator[Any]:
    """The database to work on; what is to go is removed however the demonstration ends."""
    if url is None:
        with EmbeddedServer(path) as server:
            async with _made(waits, **server.settings) as database:
                with Airport.use_database(database):
                    yield database
        return
    async with _made(waits, url=url) as database:
        with Airport.use_database(database):
            await loading.clean(database)  # what an earlier run may have left
            try:
                yield database
            finally:
                if not keep:
                    removed = await loading.clean(database)
                    console.print(f"removed the {removed:,} keys of the demonstration")


@contextlib.asynccontextmanager
async def _made(waits: bool, **settings: Any) -> AsyncIterator[Any]:
    if waits:
        async with AsyncDatabase(**settings) as database:
            yield database
    else:
        yield RedisDatabase(**settings)


async def _load(database: Any, limit: int | None, reuse: bool, console: Console) -> str:
    for script in (WRITE, GUARD, QUERY, AUDIT):  # so that no question pays for it
        await settled(database.connect().script_load(script.text))
    await settled(Airport.collection().count())  # the first query may find out what the server can do
    airports = loading.records(limit)
    if reuse and await loading.is_loaded(airports):
        summary = f"found {len(airports):,} airports of an earlier run"
    else:
        await loading.clean(database)
        summary = str(await loading.load(database, airports, console))
    console.print(summary, soft_wrap=True)
    return summary
