"""One call on a connection borrowed from redis-py's own pool: the short way through redis-py.

For each command, redis-py's client prepares for retries and measurements. Where none are
asked for, the same is had for less: the connection connects, authenticates, checks its
health, packs, reads and times out by itself, and the client's own method parses the reply.
Everywhere else the client's ``execute_command`` is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import redis

try:
    from redis.observability.recorder import is_enabled as is_measured
except ImportError:  # before redis-py 7.1

    def is_measured() -> bool:
        return False


__all__ = ["sender"]


def sender(client: redis.Redis) -> Callable[..., Any]:
    """What executes a command: (*args, **options) -> decoded reply, as ``execute_command`` does."""
    if not _is_ordinary(client):
        return client.execute_command
    pool, parse = client.connection_pool, client.parse_response
    # the argument of older versions is of no use, and later ones warn of it
    borrow = pool.get_connection if redis.VERSION >= (5, 3) else partial(pool.get_connection, "_")
    release = pool.release

    def execute(*args: Any, **options: Any) -> Any:
        if is_measured():
            return client.execute_command(*args, **options)  # type: ignore[no-untyped-call]
        connection = borrow()
        try:
            connection.send_command(*args)  # type: ignore[no-untyped-call]
            return parse(connection, args[0], **options)  # type: ignore[no-untyped-call]
        except (redis.ConnectionError, redis.TimeoutError, OSError):
            connection.disconnect()  # type: ignore[no-untyped-call]
            raise
        finally:
            release(connection)

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
