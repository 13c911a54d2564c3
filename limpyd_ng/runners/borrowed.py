"""Calls on connections borrowed from redis-py's own pool: the short way through redis-py.

For each command, redis-py's client prepares for retries and measurements, and its pool takes
a connection out and puts it back. Where none of that is asked for, the same is had for less:
the connection connects, authenticates, checks its health, packs, reads and times out by
itself, and a few connections stay borrowed from one call to the next. Everywhere else the
client's ``execute_command`` is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import redis
from hiredis import pack_command

try:
    from redis.observability.recorder import is_enabled as is_measured
except ImportError:  # before redis-py 7.1

    def is_measured() -> bool:
        return False


__all__ = ["Borrower", "sender"]

#: redis-py's table looks names up in any case; the library's own are in upper case
_callback = dict[str, Any].get

#: how many connections stay borrowed between calls, in a pool that has at least four times as many
_KEPT = 8


def sender(client: redis.Redis) -> Callable[..., Any]:
    """What executes a command: (args, options) -> decoded reply, as ``execute_command`` does."""
    if _is_ordinary(client):
        return Borrower(client).execute

    def execute(args: Any, options: Any) -> Any:
        return client.execute_command(*args, **options)  # type: ignore[no-untyped-call]

    return execute


def _is_ordinary(client: redis.Redis) -> bool:
    """Whether the client would do no more: no retries, no cache, no connection of its own."""
    settings = client.connection_pool.connection_kwargs
    retry = settings.get("retry")
    return (
        type(client) is redis.Redis
        and client.connection is None
        and getattr(client.connection_pool, "cache", None) is None
        and getattr(retry, "_retries", None) == 0
        and not settings.get("retry_on_error")
    )


class _Lent:
    """The connections that stay borrowed from one pool, whoever uses it.

    It is kept by the pool, and goes with it. Nothing is given back when a database goes: what the
    garbage collector calls may come while this thread holds the lock of the pool.
    """

    __slots__ = ("idle", "pid")

    def __init__(self) -> None:
        self.idle: list[Any] = []
        self.pid = os.getpid()

    @classmethod
    def of(cls, pool: Any) -> _Lent:
        """Those of this pool."""
        lent: _Lent = vars(pool).setdefault("_limpyd_ng_lent", cls())
        return lent


class Borrower:
    """Executes the commands of a client on borrowed connections."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client
        pool = self._pool = client.connection_pool
        # the argument of older versions is of no use, and later ones warn of it
        self._take = pool.get_connection if redis.VERSION >= (5, 3) else partial(pool.get_connection, "_")
        self._lent = _Lent.of(pool)
        self._most = _most_kept(pool)
        self._callbacks: dict[str, Any] = client.response_callbacks
        self._packs = pool.connection_kwargs.get("command_packer") is None

    def execute(self, args: Any, options: Any) -> Any:
        """The decoded reply of a command. Raises redis-py's errors."""
        if is_measured():
            return self._client.execute_command(*args, **options)  # type: ignore[no-untyped-call]
        connection = self._borrow()
        try:
            self._send(connection, args)
            if options:
                return self._client.parse_response(connection, args[0], **options)  # type: ignore[no-untyped-call]
            reply = connection.read_response()
        except (redis.ResponseError, redis.DataError, UnicodeEncodeError):
            raise  # the reply was read, or nothing was sent
        except BaseException:  # a reply may still come: nobody shall be given it
            connection.disconnect()
            raise
        finally:
            self._return(connection)
        callback = _callback(self._callbacks, args[0])
        return reply if callback is None else callback(reply)

    def _send(self, connection: Any, args: Any) -> None:
        """What ``connection.send_command`` does, which looks at each argument first."""
        if self._packs and " " not in args[0]:
            try:
                packed = pack_command(tuple(args))
            except TypeError:  # an argument that redis-py knows to pack, or to refuse
                pass
            else:
                connection.send_packed_command([packed])
                return
        connection.send_command(*args)

    def _borrow(self) -> Any:
        lent = self._lent
        if not lent.idle:
            return self._take()
        if lent.pid != os.getpid():  # forked off: they are the parent's
            lent.idle, lent.pid = [], os.getpid()
            return self._take()
        try:
            connection = lent.idle.pop()
        except IndexError:  # another thread was faster
            return self._take()
        try:
            fit = not connection.can_read()  # there is nothing to read but the end of a closed one
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            fit = False
        if fit:
            return connection
        self._pool.release(connection)  # which knows what to do with it
        return self._take()

    def _return(self, connection: Any) -> None:
        idle = self._lent.idle
        if len(idle) < self._most and not _wants_renewal(connection):
            idle.append(connection)
        else:
            self._pool.release(connection)


def _most_kept(pool: Any) -> int:
    """How many connections may stay borrowed: none of a pool that others might wait for, or that
    renews the credentials of what is given back."""
    if type(pool) is not redis.ConnectionPool or pool.connection_kwargs.get("credential_provider"):
        return 0
    return _KEPT if pool.max_connections >= 4 * _KEPT else 0


def _wants_renewal(connection: Any) -> bool:
    """Whether the server announced that the connection shall be made anew (redis-py 7 and later)."""
    return bool(getattr(connection, "_should_reconnect", False))
