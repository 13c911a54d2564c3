"""The pipeline of a plain database: a redis-py pipeline that Calls and Ops are queued in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from redis.client import Pipeline as RedisPipeline

from ..call import Call, Op
from .queue import Deferred, Queue, active_pipeline
from .sync import SyncRunner
from .wire import carry, drive

__all__ = ["Deferred", "Pipeline", "active_pipeline"]


class Pipeline(Queue, RedisPipeline):
    """A redis-py pipeline that field commands of its database go to while it is open."""

    def __init__(self, database: Any, runner: SyncRunner, transaction: bool, share_in_threads: bool) -> None:
        self._prepare(database, runner.wire)
        client = runner.client
        RedisPipeline.__init__(self, client.connection_pool, client.response_callbacks, transaction, None)
        self.share_in_threads = share_in_threads
        self._outer: Any = None

    def __enter__(self) -> Pipeline:
        self.open()
        if self.share_in_threads:
            self._outer, self.database.shared_pipeline = self.database.shared_pipeline, self
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
        if self.share_in_threads:
            self.database.shared_pipeline = self._outer
        self.reset()

    def reset(self) -> None:  # type: ignore[override]
        """Forgets what is queued (redis-py calls this after EXEC too)."""
        self.forget()
        super().reset()

    def run_now(self, op: Op | Call) -> Any:
        send = partial(carry, self.wire, self._send_now)
        return send(op) if isinstance(op, Call) else drive(op, send)

    def _send_now(self, args: Sequence[Any], options: Mapping[str, Any]) -> Any:
        return self.immediate_execute_command(*args, **options)  # type: ignore[no-untyped-call]

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Sends all that is queued and returns the list of results, in order.

        One request. In a transaction the commands run as one MULTI/EXEC. Raises the first
        error; each Deferred has its own outcome. With ``raise_on_error=False`` errors are
        items of the list. Raises TransactionConflictError if a watched key changed.
        """
        results: list[Any] = drive(self.batch(raise_on_error), self._send_batch)
        return results

    def _send_batch(self, request: None) -> list[Any]:
        return super().execute(raise_on_error=False)

    def watch(self, *names: Any) -> Any:
        """WATCH keys or bound fields."""
        return super().watch(*[self.database.key_of(name) for name in names])  # type: ignore[no-untyped-call]
