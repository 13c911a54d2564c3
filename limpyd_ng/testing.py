"""For your tests: count what is sent to the server, and check that indexes are right.

::

    with count_requests() as sent:
        bike.tags.sadd("red")
    assert sent.count == 1
    assert_indexes_right(Bike)
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from redis.connection import AbstractConnection

from .embedded import EmbeddedServer

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
    """Counts the requests this thread sends to any server, those of connecting left out."""
    sent = Sent()
    here = threading.get_ident()
    original = AbstractConnection.send_packed_command

    def counting(self: Any, command: Any, check_health: bool = True) -> Any:
        if threading.get_ident() == here:
            name = _first_word(command)
            if name not in _HANDSHAKE:
                sent.names.append(name)
        return original(self, command, check_health)  # type: ignore[no-untyped-call]

    AbstractConnection.send_packed_command = counting  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        AbstractConnection.send_packed_command = original  # type: ignore[method-assign]


def _first_word(command: Any) -> str:
    packed = command if isinstance(command, bytes | str) else b"".join(bytes(part) for part in command)
    if isinstance(packed, str):
        packed = packed.encode()
    return bytes(packed).split(b"\r\n", 3)[2].decode("ascii", "replace").upper()


def assert_indexes_right(*models: type[RedisModel]) -> None:
    """Raises AssertionError naming every difference between indexes and values."""
    for model in models:
        differences = model.check_indexes()
        if differences:
            listed = "\n".join(str(difference) for difference in differences)
            raise AssertionError(f"{model.__name__}: {len(differences)} differences\n{listed}")
