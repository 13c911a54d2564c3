"""The faces that the behaviour tests run on, from one source: LIMPYD_TEST_FACE chooses.

``sync``       RedisDatabase, as it is
``asyncio``    the asyncio database: each operation runs on an event loop, and the test waits for it
``pipelined``  RedisDatabase, each operation in a transaction of its own
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import threading
from collections.abc import Iterator
from typing import Any

from limpyd_ng import database as sync
from limpyd_ng.asyncio import RedisDatabase as AsyncDatabase
from limpyd_ng.call import Call, Op, Pages
from limpyd_ng.database import BaseDatabase
from limpyd_ng.exceptions import LimpydException
from limpyd_ng.runners.queue import active_pipeline

NAMES = ("sync", "asyncio", "pipelined")
FACE = os.environ.get("LIMPYD_TEST_FACE") or "sync"
if FACE not in NAMES:
    raise ValueError(f"LIMPYD_TEST_FACE={FACE}: choose one of {', '.join(NAMES)}")


class PipelinedDatabase(sync.RedisDatabase):
    """Carries each operation in a pipeline of its own."""

    def run(self, op: Op | Call) -> Any:
        if active_pipeline(self) is not None:
            return super().run(op)
        with self.pipeline() as pipeline:
            deferred = pipeline.run(op)
            with contextlib.suppress(LimpydException):  # the Deferred has it too
                pipeline.execute(raise_on_error=False)
        return deferred.value


class Loops:
    """Waits for awaitables, on event loops of the calling thread: one for each depth of waiting."""

    def __init__(self) -> None:
        self._local = threading.local()
        self.all: list[asyncio.AbstractEventLoop] = []

    def wait(self, awaitable: Any) -> Any:
        free = self._local.__dict__.setdefault("free", [])
        if not free:
            free.append(asyncio.new_event_loop())
            self.all.append(free[0])
        loop, outer = free.pop(), asyncio._get_running_loop()
        asyncio._set_running_loop(None)  # a hook or callback of an operation may wait for another
        try:
            return loop.run_until_complete(_awaited(awaitable))
        finally:
            asyncio._set_running_loop(outer)
            free.append(loop)


async def _awaited(awaitable: Any) -> Any:
    for _ in range(3):  # a loop that ran all the time would know by now of connections that were closed
        await asyncio.sleep(0)
    return await awaitable


class Blocking:
    """Anything of asyncio with the test waiting for what has to be awaited."""

    def __init__(self, inner: Any, wait: Any) -> None:
        self.inner = inner
        self.wait = wait

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.inner, name)
        if not callable(found):
            return found

        def call(*args: Any, **options: Any) -> Any:
            result = found(*args, **options)
            return self.wait(result) if inspect.isawaitable(result) else result

        return call


class BlockingPipeline(Blocking):
    def __enter__(self) -> BlockingPipeline:
        self.inner.open()
        return self

    def __exit__(self, *exc: Any) -> None:
        self.inner.close()
        self.wait(self.inner.reset())


class BlockingRunner:
    def __init__(self, inner: AsyncDatabase, wait: Any) -> None:
        self.inner = inner
        self.wait = wait

    def run(self, op: Op | Call) -> Any:
        async def run() -> Any:
            return await self.inner.runner.run(op)

        return self.wait(run())

    @property
    def protocol(self) -> int:
        async def protocol() -> int:
            return self.inner.runner.protocol

        return self.wait(protocol())


class BlockingDatabase(BaseDatabase):
    """The asyncio database, seen as if it were a plain one."""

    def __init__(self, client: Any = None, url: str | None = None, **settings: Any) -> None:
        self.loops = Loops()
        self.wait = self.loops.wait
        self.inner = AsyncDatabase(client, url, **settings)
        self._clients: dict[int, Blocking] = {}
        super().__init__(client, url, **settings)

    def reset(self, client: Any = None, url: str | None = None, **settings: Any) -> None:
        super().reset(client, url, **settings)
        self.inner.reset(client, url, **settings)

    def _disconnect(self) -> None:
        pass

    @property
    def runner(self) -> BlockingRunner:
        return BlockingRunner(self.inner, self.wait)

    def connect(self, **settings: Any) -> Any:
        if settings:
            self.reset(**settings)

        async def client() -> Any:
            return self.inner.connect()

        found = self.wait(client())
        return self._clients.setdefault(id(found), Blocking(found, self.wait))

    @property
    def connection(self) -> Any:
        return active_pipeline(self.inner) or self.connect()

    @property
    def in_pipeline(self) -> bool:
        return self.inner.in_pipeline

    def run(self, op: Op | Call) -> Any:
        outcome = self.inner.run(op)
        return self.wait(outcome) if inspect.iscoroutine(outcome) else outcome

    def iterate(self, pages: Pages) -> Iterator[Any]:
        items = self.inner.iterate(pages)
        while True:
            try:
                yield self.wait(anext(items))
            except StopAsyncIteration:
                return

    #: the loop of a plain database, over the asyncio pipeline
    transaction = sync.RedisDatabase.transaction

    def pipeline(self, transaction: bool = True, share_in_threads: bool = False) -> BlockingPipeline:
        assert not share_in_threads, "that is for the plain database"

        async def pipeline() -> Any:
            return self.inner.pipeline(transaction)

        return BlockingPipeline(self.wait(pipeline()), self.wait)

    def close(self) -> None:
        for loop in self.loops.all:
            loop.run_until_complete(self.inner.close())
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()


CLASSES: dict[str, Any] = {
    "sync": sync.RedisDatabase,
    "asyncio": BlockingDatabase,
    "pipelined": PipelinedDatabase,
}
