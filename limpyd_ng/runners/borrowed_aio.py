"""Calls on connections borrowed from redis-py's own pool, for asyncio (see ``borrowed``)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import redis
import redis.asyncio
from redis.asyncio.connection import AbstractConnection

from .borrowed import HARMLESS, SHARE, Borrowing, is_measured, is_ordinary
from .cancelling import Heeding, asking_task, heeded, was_cancelled

__all__ = ["Client", "sender"]

#: so many bytes fit in the buffer of a connection that has sent all before
_SMALL = 32768

#: redis-py's own way to send
_SEND = AbstractConnection.send_packed_command

#: what tells of a connection with something to read; it reads it in older versions of redis-py
_CAN_READ = "can_read" if hasattr(redis.asyncio.Connection, "can_read") else "can_read_destructive"


class Client(Heeding, redis.asyncio.Redis):  # type: ignore[misc]
    """The client that a database makes for an event loop."""


def sender(
    client: redis.asyncio.Redis, loop: asyncio.AbstractEventLoop, places: int
) -> Callable[..., Awaitable[Any]]:
    """What executes a command: (args, options) -> decoded reply, as ``execute_command`` does."""
    if type(client) in (Client, redis.asyncio.Redis) and is_ordinary(client):
        return AwaitingBorrower(client, loop, places).execute

    def execute(args: Any, options: Any) -> Awaitable[Any]:
        return heeded(client.execute_command(*args, **options), loop)  # type: ignore[no-untyped-call]

    return execute


def _written(connection: Any, packed: list[bytes]) -> bool:
    """Whether a command is on its way without waiting for it, as small ones are nearly always.

    redis-py makes a task of each write if there is a timeout, to wait for nothing.
    """
    if type(connection).send_packed_command is not _SEND:  # somebody counts, traces or changes what is sent
        return False
    writer = getattr(connection, "_writer", None)
    if writer is None or connection.health_check_interval or len(packed[0]) > _SMALL:
        return False
    if writer.is_closing() or writer.transport.get_write_buffer_size():
        return False
    writer.writelines(packed)
    return True


class AwaitingBorrower(Borrowing):
    """Executes the commands of an asyncio client on borrowed connections."""

    def __init__(self, client: redis.asyncio.Redis, loop: asyncio.AbstractEventLoop, places: int) -> None:
        most = min(places, client.connection_pool.max_connections // SHARE)
        super().__init__(client, redis.asyncio.ConnectionPool, most)
        self._loop = loop

    async def execute(self, args: Any, options: Any) -> Any:
        """The decoded reply of a command. Raises redis-py's errors; CancelledError if the task was
        cancelled meanwhile, whatever became of the command."""
        if options or is_measured():
            return await heeded(self._client.execute_command(*args, **options), self._loop)
        asking = asking_task(self._loop)
        connection = await self._borrow()
        try:
            packed = self._packed(args)
            if packed is None:
                await connection.send_command(*args)
            elif not _written(connection, packed):
                await connection.send_packed_command(packed)
            if was_cancelled(asking):  # and forgotten on the way
                raise asyncio.CancelledError
            reply = await connection.read_response()
        except HARMLESS:
            raise
        except BaseException:  # a reply may still come: nobody shall be given it
            await connection.disconnect(nowait=True)
            raise
        finally:
            if not self._keeps(connection):
                await self._give_back(connection)
        if was_cancelled(asking):
            raise asyncio.CancelledError
        return self._decoded(args, reply)

    async def _borrow(self) -> Any:
        idle = self._lent.idle
        if not idle:
            return await self._take()
        connection = idle.pop()
        try:  # there is nothing to read but the end of a closed one
            fit = not await getattr(connection, _CAN_READ)()
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            fit = False
        except BaseException:
            await connection.disconnect(nowait=True)
            idle.append(connection)
            raise
        if fit:
            return connection
        await self._give_back(connection)  # to the pool, which knows what to do with it
        return await self._take()

    async def _give_back(self, connection: Any) -> None:
        await asyncio.shield(self._pool.release(connection))
