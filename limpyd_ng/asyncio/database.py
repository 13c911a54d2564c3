"""The database of asyncio users."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal, Self, overload
from weakref import WeakKeyDictionary

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from ..call import Call, Op, Pages
from ..database import BaseDatabase, Retries
from ..database.clients import checked, new_client
from ..exceptions import ImplementationError
from ..runners.aio import MAX_CONNECTIONS, AsyncPipeline, AsyncRunner
from ..runners.borrowed_aio import Client
from ..runners.queue import active_pipeline
from ..static import T

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["PipelineDatabase", "RedisDatabase"]


class RedisDatabase(BaseDatabase):
    """Where models are stored, for asyncio. Takes what the plain RedisDatabase takes.

    A client of your own is a ``redis.asyncio.Redis``; give a callable that makes one if several
    event loops use the database. Each loop has a client of its own, made by its first request
    and closed by ``await database.close()`` (or ``async with database:``) on that loop.

    ``max_connections`` requests of a loop (50 unless told otherwise) are on their way at the
    same time; further ones wait for their turn.
    """

    awaited = True

    def __init__(
        self,
        client: redis.asyncio.Redis | Callable[[], redis.asyncio.Redis] | None = None,
        url: str | None = None,
        prefix: str = "",
        **settings: Any,
    ) -> None:
        self._lock = threading.Lock()
        self._runners: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncRunner] = WeakKeyDictionary()
        self._retired: list[tuple[asyncio.AbstractEventLoop, AsyncRunner]] = []
        super().__init__(client, url, prefix, **settings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    if TYPE_CHECKING:

        @property
        def models(self) -> tuple[type[RedisModel], ...]: ...
        @property
        def redis_version(self) -> Coroutine[Any, Any, tuple[int, ...]]: ...
        def scan_keys(
            self, match: str | None = None, count: int | None = None, type: str | None = None
        ) -> AsyncIterator[str]: ...
        def connect(self, **settings: Any) -> redis.asyncio.Redis: ...
        @property
        def connection(self) -> redis.asyncio.Redis: ...

    # connection

    def _disconnect(self) -> None:
        with self._lock:
            self._retired += self._runners.items()
            self._runners = WeakKeyDictionary()

    @property
    def runner(self) -> AsyncRunner:
        """What carries the requests of the running event loop outside pipelines."""
        loop = _running_loop()
        runner = self._runners.get(loop)
        if runner is None:
            runner = self._new_runner(loop)
        return runner

    def _new_runner(self, loop: asyncio.AbstractEventLoop) -> AsyncRunner:
        with self._lock:
            # a client refers to its loop, so that a closed loop does not leave by itself
            for other in [other for other in self._runners if other.is_closed()]:
                del self._runners[other]
            self._retired = [(other, old) for other, old in self._retired if not other.is_closed()]
            runner = self._runners[loop] = self._make_runner()
        return runner

    def _make_runner(self) -> AsyncRunner:
        source = self._client_source
        if source is None:
            settings = dict(self.connection_settings)
            most = settings.pop("max_connections", None) or MAX_CONNECTIONS
            # the runner limits what is on its way; commands that wait for a value are not limited
            usual = {"max_connections": 2**31, "retry": Retry(NoBackoff(), 0)}
            client = new_client(Client, self._url, {**usual, **settings})
            return AsyncRunner(client, min(most, client.connection_pool.max_connections))
        if not isinstance(source, redis.asyncio.Redis):
            source = source()
        elif self._runners:
            raise ImplementationError(
                "a redis.asyncio client works on one event loop: give the database a callable that makes one"
            )
        if not isinstance(source, redis.asyncio.Redis):
            raise ImplementationError(f"{source!r} is no redis.asyncio.Redis")
        most = source.connection_pool.max_connections
        return AsyncRunner(checked(source), min(most, MAX_CONNECTIONS))

    async def close(self) -> None:
        """Closes the connections of the running event loop; the next request opens new ones.

        Requests of other tasks that are on their way, or wait for their turn, raise
        ServerUnavailableError. A client of your own is left to you.
        """
        loop = _running_loop()
        with self._lock:
            runners = [old for other, old in self._retired if other is loop]
            self._retired = [(other, old) for other, old in self._retired if other is not loop]
            current = self._runners.pop(loop, None)
        runners += [current] if current is not None else []
        for runner in runners:
            if runner.client is not self._client_source:
                await runner.close()

    # replies

    def run(self, op: Op | Call) -> Any:
        """An awaitable of the result of an Op or a Call; in an open pipeline, its Deferred."""
        pipeline = active_pipeline(self)
        return pipeline.run(op) if pipeline is not None else self.run_outside(op)

    async def run_outside(self, op: Op | Call) -> Any:
        """``run`` past any pipeline."""
        return await self.runner.run(op)

    async def iterate(self, pages: Pages, end: Callable[[], Op] | None = None) -> AsyncIterator[Any]:
        """The items of all pages, as an asynchronous generator. Sent at once, even in a pipeline."""
        items = self.runner.iterate(pages, end)
        try:
            async for item in items:
                yield item
        finally:
            await items.aclose()

    async def at_once(self, value: Any) -> Any:
        """A value that takes no request, to be awaited like the others."""
        return value

    # what Python says was never awaited
    run_outside.__qualname__ = at_once.__qualname__ = "request of limpyd_ng"

    def made(self, instance: Any, outcome: Any) -> Any:
        """What the maker of an object gives: what the object has to be awaited from."""
        return outcome

    def refuse_waiting(self, asked: str, instead: str) -> None:
        """Raises ImplementationError: Python cannot await there."""
        raise ImplementationError(f"{asked} cannot wait for an asyncio database: use {instead}")

    # pipelines

    def pipeline(self, transaction: bool = True, share_in_tasks: bool = False) -> AsyncPipeline:
        """A pipeline; in ``async with``, field commands of this task are queued in it.

        With ``share_in_tasks`` also those of the tasks that are started in the block.
        """
        return AsyncPipeline(self, self.runner, transaction, share_in_tasks)

    @overload
    async def transaction(
        self,
        func: Callable[[AsyncPipeline], Awaitable[T]],
        *watches: Any,
        value_from_callable: Literal[True],
        max_retries: int | None = None,
    ) -> T: ...
    @overload
    async def transaction(
        self,
        func: Callable[[AsyncPipeline], T],
        *watches: Any,
        value_from_callable: Literal[True],
        max_retries: int | None = None,
    ) -> T: ...
    @overload
    async def transaction(
        self,
        func: Callable[[AsyncPipeline], Any],
        *watches: Any,
        value_from_callable: Literal[False] = False,
        max_retries: int | None = None,
    ) -> list[Any]: ...
    async def transaction(
        self,
        func: Callable[[AsyncPipeline], Any],
        *watches: Any,
        value_from_callable: bool = False,
        max_retries: int | None = None,
    ) -> Any:
        """Awaits ``func(pipeline)`` with keys or fields watched, again for as long as they change.

        ``func`` reads, calls ``pipeline.multi()`` and writes. Returns the results of EXEC,
        or what ``func`` returned. Raises TransactionConflictError after ``max_retries``.
        """
        retries = Retries(max_retries)
        while True:
            async with self.pipeline(True) as pipeline:
                with retries:
                    if watches:
                        await pipeline.watch(*watches)
                    value = func(pipeline)
                    if inspect.isawaitable(value):
                        value = await value
                    results = await pipeline.execute()
                    return value if value_from_callable else results


class PipelineDatabase(RedisDatabase):
    """RedisDatabase under its redis-limpyd name; both have pipelines and transactions."""


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ImplementationError(
            "an asyncio database works in a running event loop: call it in a coroutine, under asyncio.run()"
        ) from None
