"""Carries Calls and Ops one by one over a redis-py client, and waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import redis

from ..call import Call, Op, Pages
from .borrowed import sender
from .wire import Wire, carry, drive

__all__ = ["SyncRunner"]


class SyncRunner:
    """The runner of a plain database."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self.wire = Wire(client)
        self._carry = partial(carry, self.wire, sender(client))

    @property
    def protocol(self) -> int:
        """The version of the wire protocol, 2 or 3."""
        return self.wire.protocol

    def run(self, op: Op | Call) -> Any:
        """The result of an Op, or the decoded reply of a Call."""
        return self._carry(op) if type(op) is Call else drive(op, self._carry)  # type: ignore[arg-type]

    def iterate(self, pages: Pages, end: Callable[[], Op] | None = None) -> Iterator[Any]:
        """The items of all pages, as a generator; ``end`` is run when it is done or given up."""
        state: Any = None
        try:
            while True:
                state, items = self.run(pages(state))
                yield from items
                if state is None:
                    return
        finally:
            if end is not None:
                self.run(end())
