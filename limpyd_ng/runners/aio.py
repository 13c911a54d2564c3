"""Carries Calls and Ops over a redis-py asyncio client, and awaits.

redis-py drops the connection of a request that is cancelled while its reply is awaited, so no
other request can be given that reply. Two things are added. A cancellation that comes while a
request is being written may be lost in ``asyncio.wait_for`` (before Python 3.12): it is noticed
before the reply is awaited, and raised. And redis-py would open a connection for each of a
thousand tasks: requests queue for a place; commands that wait for a value (``blpop``...) take
none, as they would keep the others out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

import redis.asyncio
import redis.asyncio.client

from ..call import Call, Op, Pages
from .queue import Queue
from .wire import Wire, carry_waiting, drive_waiting

__all__ = ["AsyncPipeline", "AsyncRunner", "Client"]

#: how many requests of one event loop are on their way at the same time, unless told otherwise
MAX_CONNECTIONS = 50

#: commands that may wait on the server for as long as they like
_WAITING = {
    "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "WAIT", "WAITAOF",
}  # fmt: skip


#: the task whose request is on its way, and how often it had been cancelled before
_Asking = tuple["asyncio.Task[Any] | None", int]
_ASKING: ContextVar[_Asking] = ContextVar("limpyd_ng_asking", default=(None, 0))


def _asking(loop: asyncio.AbstractEventLoop) -> _Asking:
    """Notes who asks; ``loop`` is the running one, which takes a system call to find out."""
    task = asyncio.current_task(loop)
    asking = (task, 0 if task is None else task.cancelling())
    _ASKING.set(asking)
    return asking


def _was_cancelled(asking: _Asking) -> bool:
    task, before = asking
    return task is not None and task.cancelling() > before


async def _heeded(request: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> Any:
    """The reply of a request; CancelledError if the task was cancelled meanwhile."""
    asking = _asking(loop)
    reply = await request
    if _was_cancelled(asking):
        raise asyncio.CancelledError
    return reply


class _Heeding:
    """A redis-py client or pipeline that awaits no reply for a task that was cancelled."""

    def parse_response(self, connection: Any, command_name: Any, **options: Any) -> Any:
        if _was_cancelled(_ASKING.get()):
            return _hung_up(connection)
        return super().parse_response(connection, command_name, **options)  # type: ignore[misc]


async def _hung_up(connection: Any) -> None:
    await connection.disconnect(nowait=True)
    raise asyncio.CancelledError


class Client(_Heeding, redis.asyncio.Redis):  # type: ignore[misc]
    """The client that a database makes for an event loop."""


class AsyncRunner:
    """The runner of an asyncio database on one event loop."""

    def __init__(self, client: redis.asyncio.Redis, max_connections: int = MAX_CONNECTIONS) -> None:
        self.client = client
        self.wire = Wire(client)
        self.places = asyncio.Semaphore(max_connections)
        self.loop = asyncio.get_running_loop()

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

    async def _send(self, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
        request: Any = self.client.execute_command
        if args[0] in _WAITING:
            return await _heeded(request(*args, **options), self.loop)
        await self.places.acquire()
        try:  # as ``_heeded``, with one coroutine less for each reply to come through
            asking = _asking(self.loop)
            reply = await request(*args, **options)
        finally:
            self.places.release()
        if _was_cancelled(asking):
            raise asyncio.CancelledError
        return reply


class AsyncPipeline(Queue, _Heeding, redis.asyncio.client.Pipeline):  # type: ignore[misc]
    """A redis-py asyncio pipeline that field commands of its database go to while it is open."""

    def __init__(self, database: Any, runner: AsyncRunner, transaction: bool, share_in_tasks: bool) -> None:
        self._prepare(database, runner.wire, shared=share_in_tasks)
        self._places = runner.places
        self._loop = runner.loop
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
        return await _heeded(self.immediate_execute_command(*args, **options), self._loop)  # type: ignore[no-untyped-call]

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Sends all that is queued and returns the list of results, in order; see Pipeline.execute."""
        results: list[Any] = await drive_waiting(self.batch(raise_on_error), self._send_batch)
        return results

    async def _send_batch(self, request: None) -> list[Any]:
        if self.watching:  # it has its connection already
            return await _heeded(super().execute(raise_on_error=False), self._loop)  # type: ignore[no-any-return]
        async with self._places:
            return await _heeded(super().execute(raise_on_error=False), self._loop)  # type: ignore[no-any-return]

    async def watch(self, *names: Any) -> Any:  # type: ignore[override]
        """WATCH keys or bound fields."""
        request = super().watch(*[self.database.key_of(name) for name in names])
        return await _heeded(request, self._loop)
