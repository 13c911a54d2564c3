"""What passes between clients and servers: requests and commands, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hiredis
import redis.asyncio.connection
import redis.connection

__all__ = ["Sent", "command_stats", "commands_run", "counted"]

_SENDING = (redis.connection.AbstractConnection, redis.asyncio.connection.AbstractConnection)
#: what the benchmark itself asks the server, and what clients ask when they connect
_APART = ("info", "config", "client", "hello", "select", "ping")


class Sent:
    """What clients sent: requests (a pipeline is one), and commands by name.

    Commands between MULTI and EXEC are left out: EXEC runs them.
    """

    def __init__(self, requests: float = 0, commands: Counter[str] | None = None) -> None:
        self.requests = requests
        self.commands = Counter() if commands is None else commands

    def add(self, packed: Any) -> None:
        """Notes what a connection is about to send."""
        reader = hiredis.Reader()
        for part in [packed] if isinstance(packed, bytes | str) else packed:
            reader.feed(part.encode() if isinstance(part, str) else bytes(part))
        queued, names = False, []
        while (command := reader.gets()) is not False:
            name = command[0].decode().lower()
            queued = queued and name != "exec"
            if not queued and name not in _APART:
                names.append(name)
            queued = queued or name == "multi"
        self.commands.update(names)
        self.requests += bool(names)

    def divided(self, units: int) -> Sent:
        """The same for one of so many operations."""
        each = Counter({name: count / units for name, count in self.commands.items()})
        return Sent(self.requests / units, each)


@contextmanager
def counted() -> Iterator[Sent]:
    """Counts what the clients of this process send in the block."""
    sent = Sent()
    kept = [(cls, cls.send_packed_command) for cls in _SENDING]

    def counting(original: Callable[..., Any]) -> Callable[..., Any]:
        def send(self: Any, command: Any, *args: Any, **kwargs: Any) -> Any:
            sent.add(command)
            return original(self, command, *args, **kwargs)

        return send

    for cls, original in kept:
        cls.send_packed_command = counting(original)  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        for cls, original in kept:
            cls.send_packed_command = original  # type: ignore[method-assign]


def command_stats(client: redis.Redis) -> dict[str, dict[str, Any]]:
    """INFO commandstats by command, the benchmark's own left out."""
    stats: dict[str, Any] = client.info("commandstats")
    rows = ((name.removeprefix("cmdstat_"), row) for name, row in stats.items())
    return {name: row for name, row in rows if name.partition("|")[0] not in _APART}


def commands_run(client: redis.Redis) -> int:
    """How many commands the server has run since it started, those within scripts included."""
    return sum(row["calls"] for row in command_stats(client).values())
