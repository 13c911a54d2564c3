"""For your tests: count what is sent to the server, and check that indexes are right.

::

    with count_requests() as sent:
        bike.tags.sadd("red")
    assert sent.count == 1
    assert_indexes_right(Bike)

With an asyncio database: ``await assert_indexes_right(Bike)``.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from redis.asyncio.connection import AbstractConnection as AsyncConnection
from redis.connection import AbstractConnection

from .call import Op
from .embedded import EmbeddedServer
from .static import Reply

if TYPE_CHECKING:
    from .model import RedisModel

__all__ = ["EmbeddedServer", "Sent", "assert_indexes_right", "count_requests"]

#: what redis-py sends by itself when it opens a connection
_HANDSHAKE = {"HELLO", "AUTH", "CLIENT", "SELECT", "READONLY", "PING"}


class Sent:
    """The requests that this thread's clients sent: ``count``, and the command ``names``."""

    def __init__(self) -> None:
        self.names: list[str] = []

    @property
    def count(self) -> int:
        """How many requests were sent; a pipeline is one."""
        return len(self.names)

    def __repr__(self) -> str:
        return f"<Sent {self.names}>"


@contextmanager
def count_requests() -> Iterator[Sent]:
    """Counts the requests this thread sends to any server, those of connecting left out.

    With asyncio: those of all tasks of this thread.
    """
    sent = Sent()
    with ExitStack() as stack:
        for connection in (AbstractConnection, AsyncConnection):
            stack.enter_context(_counted(connection, sent))
        yield sent


@contextmanager
def _counted(connection: Any, sent: Sent) -> Iterator[None]:
    here = threading.get_ident()
    original = connection.send_packed_command

    def counting(self: Any, command: Any, check_health: bool = True) -> Any:
        if threading.get_ident() == here:
            name = _first_word(command)
            if name not in _HANDSHAKE:
                sent.names.append(name)
        return original(self, command, check_health)

    connection.send_packed_command = counting
    try:
        yield
    finally:
        connection.send_packed_command = original


def _first_word(command: Any) -> str:
    packed = command if isinstance(command, bytes | str) else b"".join(bytes(part) for part in command)
    if isinstance(packed, str):
        packed = packed.encode()
    return bytes(packed).split(b"\r\n", 3)[2].decode("ascii", "replace").upper()


def assert_indexes_right(*models: type[RedisModel]) -> Reply[None]:
    """Raises AssertionError naming every difference between indexes and values.

    Has to be awaited if the models are in an asyncio database.
    """
    groups: dict[Any, list[type[RedisModel]]] = {}
    for model in models:
        groups.setdefault(model.get_database(), []).append(model)
    outcomes = [database.run_outside(_checked(group)) for database, group in groups.items()]
    waiting = [outcome for outcome in outcomes if outcome is not None]
    outcome: Any = _awaited(waiting) if waiting else None
    return outcome


def _checked(models: Sequence[type[RedisModel]]) -> Op:
    for model in models:
        differences = yield from model.check_op()
        if differences:
            listed = "\n".join(str(difference) for difference in differences)
            raise AssertionError(f"{model.__name__}: {len(differences)} differences\n{listed}")


async def _awaited(waiting: Sequence[Awaitable[None]]) -> None:
    for outcome in waiting:
        await outcome
