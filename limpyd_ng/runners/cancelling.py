"""Cancellations of asyncio tasks that redis-py, or asyncio itself, would lose.

redis-py drops the connection of a request that is cancelled while its reply is awaited, so no
other request can be given that reply. But a cancellation that comes while a request is being
written may be lost in ``asyncio.wait_for`` (before Python 3.12): it is noticed before the reply
is awaited, and raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Any, TypeAlias

__all__ = ["Asking", "Heeding", "asking_task", "heeded", "was_cancelled"]

#: a task whose request is on its way, and how often it had been cancelled before
Asking: TypeAlias = "tuple[asyncio.Task[Any] | None, int]"

_ASKING: ContextVar[Asking] = ContextVar("limpyd_ng_asking", default=(None, 0))


def asking_task(loop: asyncio.AbstractEventLoop) -> Asking:
    """Who asks; ``loop`` is the running one, which takes a system call to find out."""
    task = asyncio.current_task(loop)
    return task, 0 if task is None else task.cancelling()


def was_cancelled(asking: Asking) -> bool:
    """Whether the task was cancelled since."""
    task, before = asking
    return task is not None and task.cancelling() > before


async def heeded(request: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> Any:
    """The reply of a request; CancelledError if the task was cancelled meanwhile."""
    asking = asking_task(loop)
    _ASKING.set(asking)
    reply = await request
    if was_cancelled(asking):
        raise asyncio.CancelledError
    return reply


class Heeding:
    """A redis-py client or pipeline that, in ``heeded``, awaits no reply for a task that was cancelled."""

    def parse_response(self, connection: Any, command_name: Any, **options: Any) -> Any:
        if was_cancelled(_ASKING.get()):
            return _hung_up(connection)
        return super().parse_response(connection, command_name, **options)  # type: ignore[misc]


async def _hung_up(connection: Any) -> None:
    await connection.disconnect(nowait=True)
    raise asyncio.CancelledError
