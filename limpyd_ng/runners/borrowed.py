"""Calls on connections borrowed from redis-py's own pool: the short way through redis-py.

For each command, redis-py's client prepares for retries and measurements, and its pool takes
a connection out and puts it back. Where none of that is asked for, the same is had for less:
the connection connects, authenticates, checks its health, packs, reads and times out by
itself, and a few connections stay borrowed from one call to the next. Everywhere else the
client's ``execute_command`` is used.

``Borrower`` waits; its twin for asyncio is in ``borrowed_aio``.
"""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import Any

import redis
from hiredis import pack_command

try:
    from redis.observability.recorder import is_enabled as is_measured
except ImportError:  # before redis-py 7.1

    def is_measured() -> bool:
        return False


__all__ = ["HARMLESS", "SHARE", "Borrower", "Borrowing", "is_measured", "is_ordinary", "sender"]

#: errors that leave a connection as it was: the reply was read, or nothing was sent
HARMLESS = (redis.ResponseError, redis.DataError, UnicodeEncodeError)

#: redis-py's table looks names up in any case; the library's own are in upper case
_callback = dict[str, Any].get

#: the part of a pool that may stay borrowed between calls: one in so many
SHARE = 4

#: how many connections stay borrowed, in a pool that may have so many times as many
_KEPT = 8


def sender(client: redis.Redis) -> Callable[..., Any]:
    """What executes a command: (args, options) -> decoded reply, as ``execute_command`` does."""
    if type(client) is redis.Redis and is_ordinary(client):
        return Borrower(client).execute

    def execute(args: Any, options: Any) -> Any:
        return client.execute_command(*args, **options)  # type: ignore[no-untyped-call]

    return execute


def is_ordinary(client: Any) -> bool:
    """Whether the client would do no more: no retries, no cache, no connection of its own."""
    settings = client.connection_pool.connection_kwargs
    retry = settings.get("retry")
    return (
        client.connection is None
        and not getattr(client, "single_connection_client", False)
        and getattr(client.connection_pool, "cache", None) is None
        and getattr(retry, "_retries", None) == 0
        and not settings.get("retry_on_error")
    )


class Lent:
    """The connections that stay borrowed from one pool, whoever uses it.

    It is kept by the pool, and goes with it. Nothing is given back when a database goes: what the
    garbage collector calls may come while this thread holds the lock of the pool.
    """

    __slots__ = ("idle", "pid")

    def __init__(self) -> None:
        self.idle: list[Any] = []
        self.pid = os.getpid()

    @classmethod
    def of(cls, pool: Any) -> Lent:
        """Those of this pool."""
        lent: Lent = vars(pool).setdefault("_limpyd_ng_lent", cls())
        return lent


class Borrowing:
    """What both kinds of borrowers know of their client."""

    def __init__(self, client: Any, pool_class: type[Any], most: int) -> None:
        self._client = client
        pool = self._pool = client.connection_pool
        # the argument of older versions is of no use, and later ones warn of it
        self._take = pool.get_connection if redis.VERSION >= (5, 3) else partial(pool.get_connection, "_")
        self._lent = Lent.of(pool)
        self._most = _most_kept(pool, pool_class, most)
        self._callbacks: dict[str, Any] = client.response_callbacks
        self._packs = pool.connection_kwargs.get("command_packer") is None

    def _packed(self, args: Any) -> list[bytes] | None:
        """The bytes of a command, for less than redis-py's ``pack_command`` takes, which looks at each
        argument first; None where it is needed."""
        if not self._packs or " " in args[0]:
            return None
        try:
            return [pack_command(tuple(args))]
        except TypeError:  # an argument that redis-py knows to pack, or to refuse
            return None

    def _decoded(self, args: Any, reply: Any) -> Any:
        callback = _callback(self._callbacks, args[0])
        return reply if callback is None else callback(reply)

    def _keeps(self, connection: Any) -> bool:
        """Whether the connection stays borrowed; it is among the idle ones then."""
        idle = self._lent.idle
        if len(idle) >= self._most or _wants_renewal(connection):
            return False
        idle.append(connection)
        return True


class Borrower(Borrowing):
    """Executes the commands of a client on borrowed connections."""

    def __init__(self, client: redis.Redis) -> None:
        super().__init__(client, redis.ConnectionPool, _KEPT)

    def execute(self, args: Any, options: Any) -> Any:
        """The decoded reply of a command. Raises redis-py's errors."""
        if is_measured():
            return self._client.execute_command(*args, **options)
        connection = self._borrow()
        try:
            packed = self._packed(args)
            if packed is None:
                connection.send_command(*args)
            else:
                connection.send_packed_command(packed)
            if options:
                return self._client.parse_response(connection, args[0], **options)
            reply = connection.read_response()
        except HARMLESS:
            raise
        except BaseException:  # a reply may still come: nobody shall be given it
            connection.disconnect()
            raise
        finally:
            if not self._keeps(connection):
                self._pool.release(connection)
        return self._decoded(args, reply)

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
            fit = _is_quiet(connection)
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            fit = False
        if fit:
            return connection
        self._pool.release(connection)  # which knows what to do with it
        return self._take()


def _is_quiet(connection: Any) -> bool:
    """Whether nothing has come since the last reply, which could be only the end of the connection.

    As ``can_read`` tells, which makes a poll object each time; where there is none (Windows), or TLS may
    have read something ahead, it is asked itself.
    """
    sock = getattr(connection, "_sock", None)
    if type(sock) is not socket or not hasattr(select, "poll"):
        return not connection.can_read()
    known: tuple[socket, Callable[[int], list[Any]]] | None
    known = vars(connection).get("_limpyd_ng_poll")
    if known is None or known[0] is not sock:  # connected anew
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        known = vars(connection)["_limpyd_ng_poll"] = (sock, poll.poll)
    return not known[1](0)


def _most_kept(pool: Any, pool_class: type[Any], most: int) -> int:
    """How many connections may stay borrowed: none of a pool that others might wait for, or that
    renews the credentials of what is given back."""
    if type(pool) is not pool_class or pool.connection_kwargs.get("credential_provider"):
        return 0
    return most if pool.max_connections >= SHARE * most else 0


def _wants_renewal(connection: Any) -> bool:
    """Whether the server announced that the connection shall be made anew (redis-py 7 and later)."""
    return bool(getattr(connection, "_should_reconnect", False))
