"""Carries Calls and Ops over a redis-py asyncio client, and awaits.

redis-py would open a connection for each of a thousand tasks: requests queue for a place;
commands that wait for a value (``blpop``...) take none, as they would keep the others out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import redis.asyncio
import redis.asyncio.client

from ..call import Call, Op, Pages
from ..exceptions import ServerUnavailableError
from .borrowed_aio import sender
from .cancelling import Heeding, heeded
from .queue import Queue
from .wire import Wire, carry_waiting, drive_waiting

__all__ = ["AsyncPipeline", "AsyncRunner"]

#: how many requests of one event loop are on their way at the same time, unless told otherwise
MAX_CONNECTIONS = 50

#: commands that may wait on the server for as long as they like
_WAITING = {
    "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF",
}  # fmt: skip


class AsyncRunner:
    """The runner of an asyncio database on one event loop."""

    def __init__(self, client: redis.asyncio.Redis, max_connections: int = MAX_CONNECTIONS) -> None:
        self.client = client
        self.wire = Wire(client)
        self.places = asyncio.Semaphore(max_connections)
        self.loop = asyncio.get_running_loop()
        self.closed = False
        self._execute = sender(client, self.loop, max_connections)

    @property
    def protocol(self) -> int:
        """The version of the wire protocol, 2 or 3."""
        return self.wire.protocol

    def run(self, op: Op | Call) -> Awaitable[Any]:
        """An awaitable of the result of an Op, or of the decoded reply of a Call."""
        if isinstance(op, Call):
            return carry_waiting(self.wire, self._send, op)
        return drive_waiting(op, partial(carry_waiting, self.wire, self._send))

    async def iterate(self, pages: Pages, end: Callable[[], Op] | None = None) -> AsyncGenerator[Any, None]:
        """The items of all pages, as an asynchronous generator; see SyncRunner."""
        state: Any = None
        try:
            while True:
                state, items = await self.run(pages(state))
                for item in items:
                    yield item
                if state is None:
                    return
        finally:
            if end is not None:
                await self.run(end())

    async def close(self) -> None:
        """Closes all connections. What is sent from now on is refused: nobody would close them again."""
        self.closed = True
        await self.client.aclose(close_connection_pool=True)

    def refuse_if_closed(self) -> None:
        """Raises ServerUnavailableError on a runner that was closed."""
        if self.closed:
            raise ServerUnavailableError("the database was closed before this request was sent")

    async def _send(self, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
        if args[0] in _WAITING:
            self.refuse_if_closed()
            return await heeded(self.client.execute_command(*args, **options), self.loop)  # type: ignore[no-untyped-call]
        await self.places.acquire()
        try:
            self.refuse_if_closed()
            return await self._execute(args, options)
        finally:
            self.places.release()
            if self.closed:  # a connection that was just being made is open now
                await self.close()


class AsyncPipeline(Queue, Heeding, redis.asyncio.client.Pipeline):  # type: ignore[misc]
    """A redis-py asyncio pipeline that field commands of its database go to while it is open."""

    def __init__(self, database: Any, runner: AsyncRunner, transaction: bool, share_in_tasks: bool) -> None:
        self._prepare(database, runner.wire, shared=share_in_tasks)
        self._runner = runner
        client = runner.client
        redis.asyncio.client.Pipeline.__init__(
            self, client.connection_pool, client.response_callbacks, transaction, None
        )

    async def __aenter__(self) -> AsyncPipeline:
        self.open()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *exc: object) -> None:
        self.close()
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            await self._drop_connection()
        await self.reset()

    async def reset(self) -> None:  # type: ignore[override]
        """Forgets what is queued (redis-py calls this after EXEC too)."""
        self.forget()
        try:
            await super().reset()  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            await self._drop_connection()
            raise

    async def _drop_connection(self) -> None:
        """Gives the connection back without another word to the server, which forgets it watched."""
        connection: Any = self.connection
        self.connection = None
        self.watching = False
        if connection is not None:
            await connection.disconnect(nowait=True)
            await asyncio.shield(self.connection_pool.release(connection))

    async def run_now(self, op: Op | Call) -> Any:
        send = partial(carry_waiting, self.wire, self._send_now)
        return await send(op) if isinstance(op, Call) else await drive_waiting(op, send)

    async def _send_now(self, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
        self._runner.refuse_if_closed()
        return await heeded(self.immediate_execute_command(*args, **options), self._runner.loop)  # type: ignore[no-untyped-call]

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Sends all that is queued and returns the list of results, in order; see Pipeline.execute."""
        results: list[Any] = await drive_waiting(self.batch(raise_on_error), self._send_batch)
        return results

    async def _send_batch(self, request: None) -> list[Any]:
        runner = self._runner
        if self.watching:  # it has its connection already
            return await heeded(super().execute(raise_on_error=False), runner.loop)  # type: ignore[no-any-return]
        async with runner.places:
            runner.refuse_if_closed()
            return await heeded(super().execute(raise_on_error=False), runner.loop)  # type: ignore[no-any-return]

    async def watch(self, *names: Any) -> Any:  # type: ignore[override]
        """WATCH keys or bound fields."""
        self._runner.refuse_if_closed()
        request = super().watch(*[self.database.key_of(name) for name in names])
        return await heeded(request, self._runner.loop)
