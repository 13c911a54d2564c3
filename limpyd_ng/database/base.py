"""BaseDatabase: what every database is, whether its replies are waited for or awaited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ..call import Call, Op, Pages
from ..keys import FieldKey
from ..lua import Script
from ..runners.queue import Queue, active_pipeline
from .hosting import Hosting

__all__ = ["BaseDatabase", "key_pages"]


class BaseDatabase(Hosting):
    """What every database is: settings, the models stored in it, and the tools."""

    shared_pipeline: Queue | None = None
    #: whether replies have to be awaited
    awaited: ClassVar[bool] = False

    @property
    def connection(self) -> Any:
        """The redis-py client (texts decoded); inside a pipeline, that pipeline."""
        return active_pipeline(self) or self.runner.client

    @property
    def in_pipeline(self) -> bool:
        """Whether field commands of this thread or task wait in a pipeline now."""
        pipeline = active_pipeline(self)
        return pipeline is not None and not pipeline.immediate

    # replies

    def run(self, op: Op | Call) -> Any:
        """Carries an Op or a Call: at once, or into the open pipeline."""
        pipeline = active_pipeline(self)
        return pipeline.run(op) if pipeline is not None else self.runner.run(op)

    def run_outside(self, op: Op | Call) -> Any:
        """``run`` past any pipeline: for what takes many requests."""
        return self.runner.run(op)

    def iterate(self, pages: Pages, end: Callable[[], Op] | None = None) -> Any:
        """The items of all pages, as a generator. Sent at once, even inside a pipeline.

        ``end`` is run when the generator is done or given up.
        """
        return self.runner.iterate(pages, end)

    def at_once(self, value: Any) -> Any:
        """A value that takes no request, in the way this database gives replies."""
        return value

    def made(self, instance: Any, outcome: Any) -> Any:
        """What the maker of an object gives: the object, or what it has to be awaited from."""
        return instance

    def refuse_waiting(self, asked: str, instead: str) -> None:
        """Raises ImplementationError where replies have to be awaited and Python cannot."""

    # tools

    @property
    def redis_version(self) -> Any:
        """The server's version, as Redis numbers it (INFO)."""
        return self.run_outside(_version())

    def scan_keys(self, match: str | None = None, count: int | None = None, type: str | None = None) -> Any:
        """All keys of the database, or those matching a pattern, as a generator (SCAN).

        A key may come twice; ``count`` is a hint for each of the several requests.
        """
        return self.iterate(key_pages(match, count, type))

    def call_script(
        self, script: Script | str | dict[str, Any], keys: Sequence[Any] = (), args: Sequence[Any] = ()
    ) -> Any:
        """Runs a Lua script of yours (EVALSHA, loaded when needed). Keys may be bound fields."""
        if not isinstance(script, Script):
            script = Script("script", script["lua"] if isinstance(script, dict) else script)
        names = [self.key_of(key) for key in keys]
        return self.run(Call((len(names), *names, *args), script=script))

    def key_of(self, key: Any) -> Any:
        """The key of a bound field; anything else is returned as it is."""
        found = getattr(key, "key", None)
        return found if isinstance(found, FieldKey) else key


def _version() -> Op:
    found = (yield Call(("INFO", "server")))["redis_version"]
    return tuple(int(part) for part in found.split("."))


def key_pages(match: str | None, count: int | None, type: str | None = None) -> Pages:
    """The keys of a database, a SCAN for each page."""

    def page(cursor: Any) -> Op:
        args: list[Any] = ["SCAN", cursor or 0]
        for word, value in (("MATCH", match), ("COUNT", count), ("TYPE", type)):
            if value is not None:
                args += (word, value)
        cursor, keys = yield Call(args)
        return int(cursor) or None, keys

    return page
