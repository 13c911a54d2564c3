"""The demonstration from start to end."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from rich.console import Console

from ..database import RedisDatabase
from ..embedded import EmbeddedServer
from ..lua import AUDIT, GUARD, GUARD_ANY, QUERY, WRITE
from . import loading
from .airports import Airport
from .asking import ask, show
from .questions import QUESTIONS

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
) -> None:
    """Loads the airports and asks the questions.

    On a server of its own, or on the one at ``url``: there it touches the keys of its own
    namespace alone, and removes them at the end unless ``keep``. ``path`` is a folder where
    the own server keeps the data for the next run.
    """
    console = console or Console(highlight=False)
    with _database(url, path, keep, console) as database:
        summary = _load(database, limit, reuse=path is not None, console=console)
        console.print(NOTE, style="dim")
        for number, question in enumerate(QUESTIONS, 1):
            with console.status(question.title):
                answer = ask(database, question)
            show(database, number, question, answer, console)
        console.print(summary, style="bold", soft_wrap=True)


@contextlib.contextmanager
def _database(
    url: str | None, path: str | os.PathLike[str] | None, keep: bool, console: Console
) -> Iterator[RedisDatabase]:
    """The database to work on; what is to go is removed however the demonstration ends."""
    if url is None:
        with EmbeddedServer(path) as server:
            database = RedisDatabase(**server.settings)
            with Airport.use_database(database):
                yield database
        return
    database = RedisDatabase(url=url)
    with Airport.use_database(database):
        loading.clean(database)  # what an earlier run may have left
        try:
            yield database
        finally:
            if not keep:
                console.print(f"removed the {loading.clean(database):,} keys of the demonstration")


def _load(database: RedisDatabase, limit: int | None, reuse: bool, console: Console) -> str:
    for script in (WRITE, GUARD, GUARD_ANY, QUERY, AUDIT):  # so that no question pays for it
        database.connect().script_load(script.text)
    Airport.collection().count()  # the first query may find out what the server can do
    airports = loading.records(limit)
    if reuse and loading.is_loaded(airports):
        summary = f"found {len(airports):,} airports of an earlier run"
    else:
        loading.clean(database)
        summary = str(loading.load(database, airports, console))
    console.print(summary, soft_wrap=True)
    return summary
