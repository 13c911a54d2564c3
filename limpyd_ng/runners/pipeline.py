"""Queues Calls in a redis-py pipeline and gives each its reply after ``execute()``.

An Op is started when it is queued and gets its reply when the pipeline has run; so the
same generator serves here, as long as it needs one request. The first use of a script in
a batch is sent with its text: the batch works on a server that never saw the script, and
stays one request.

Which pipeline a thread or task is in is a context variable: threads and tasks never see
each other's pipeline, pipelines nest, and an exception restores the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

import redis
from redis.client import Pipeline as RedisPipeline

from ..call import Call, FollowUpRefused, Op, one
from ..exceptions import PipelineError
from .errors import translate
from .sync import as_bytes, decode_inner, drive, script_args

if TYPE_CHECKING:
    from ..database import RedisDatabase

__all__ = ["Deferred", "Pipeline", "active_pipeline"]

_ACTIVE: ContextVar[tuple[Pipeline, ...]] = ContextVar("limpyd_ng_pipelines", default=())


def active_pipeline(database: RedisDatabase) -> Pipeline | None:
    """The innermost open pipeline of this thread or task on the database."""
    active = _ACTIVE.get()
    if active:
        here = threading.get_ident()
        for pipeline in reversed(active):
            if pipeline.database is database and pipeline.thread == here:
                return pipeline
    return database.shared_pipeline


class Deferred:
    """The reply of a command that waits in a pipeline; it is there after ``execute()``."""

    __slots__ = ("_error", "_ready", "_value")

    def __init__(self) -> None:
        self._ready = False
        self._value: Any = None
        self._error: Exception | None = None

    @property
    def ready(self) -> bool:
        """Whether the pipeline was executed."""
        return self._ready

    @property
    def value(self) -> Any:
        """The reply; raises the command's own error, or PipelineError before execute()."""
        if not self._ready:
            raise PipelineError("the reply is not there yet: call execute() on the pipeline first")
        if self._error is not None:
            raise self._error
        return self._value

    def resolve(self, value: Any, error: Exception | None = None) -> None:
        """Sets the outcome."""
        self._ready, self._value, self._error = True, value, error

    # used as if it were the reply: right once it is there, an error before

    def __bool__(self) -> bool:
        return bool(self.value)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __int__(self) -> int:
        return int(self.value)

    def __getitem__(self, item: Any) -> Any:
        return self.value[item]

    def __contains__(self, item: object) -> bool:
        return item in self.value

    def __repr__(self) -> str:
        if not self._ready:
            return "<Deferred: waiting for execute()>"
        return f"<Deferred: {self._error!r}>" if self._error else f"<Deferred: {self._value!r}>"


class _Waiting:
    """What is to be done with one reply of the batch."""

    __slots__ = ("call", "deferred", "op")

    def __init__(self, call: Call, op: Op | None) -> None:
        self.call = call
        self.op = op
        self.deferred = Deferred()

    def feed(self, reply: Any, callbacks: Mapping[str, Any]) -> Any:
        """Turns the raw reply into the result; returns an exception rather than raise it."""
        try:
            value = self._result(reply, callbacks)
        except Exception as error:
            self.deferred.resolve(None, error)
            return error
        self.deferred.resolve(value)
        return value

    def _result(self, reply: Any, callbacks: Mapping[str, Any]) -> Any:
        if isinstance(reply, Exception):
            return self._finish(translate(reply), True)
        if self.call.script is not None:
            reply = decode_inner(self.call, reply, callbacks)
        return self._finish(reply, False)

    def _finish(self, reply: Any, failed: bool) -> Any:
        if self.op is None:
            if failed:
                raise reply
            return reply
        try:
            self.op.throw(reply) if failed else self.op.send(reply)
            self.op.throw(FollowUpRefused())
        except StopIteration as stop:
            return stop.value
        except FollowUpRefused:
            pass
        raise PipelineError("this operation needs more than one request; run it outside the pipeline")


class Pipeline(RedisPipeline):
    """A redis-py pipeline that field commands of its database go to while it is open."""

    def __init__(
        self, database: RedisDatabase, client: redis.Redis, transaction: bool, share_in_threads: bool
    ) -> None:
        super().__init__(client.connection_pool, client.response_callbacks, transaction, None)
        self.database = database
        self.share_in_threads = share_in_threads
        self.thread = threading.get_ident()
        self._waiting: dict[int, _Waiting] = {}
        self._sent: set[str] = set()
        self._token: Token[tuple[Pipeline, ...]] | None = None
        self._outer: Pipeline | None = None

    # the context

    def __enter__(self) -> Pipeline:
        self.thread = threading.get_ident()
        self._token = _ACTIVE.set((*_ACTIVE.get(), self))
        if self.share_in_threads:
            self._outer, self.database.shared_pipeline = self.database.shared_pipeline, self
        return self

    def __exit__(self, *exc: object) -> None:
        if self._token is not None:
            _ACTIVE.reset(self._token)
            self._token = None
        if self.share_in_threads:
            self.database.shared_pipeline = self._outer
        self.reset()

    def reset(self) -> None:  # type: ignore[override]
        """Forgets what is queued (redis-py calls this after EXEC too)."""
        self._waiting = {}
        self._sent = set()
        super().reset()

    # queueing

    @property
    def immediate(self) -> bool:
        """Whether commands run at once: between WATCH and MULTI."""
        return bool(self.watching and not self.explicit_transaction)

    def run(self, op: Op | Call) -> Any:
        """Queues an Op or a Call and returns its Deferred (or runs it, between WATCH and MULTI)."""
        if isinstance(op, Generator):
            return drive(op, self._send) if self.immediate else self._start(op)
        return self._send(op) if self.immediate else self._queue(op, None)

    def _start(self, op: Op) -> Deferred:
        try:
            return self._queue(next(op), op)
        except StopIteration as stop:
            # it needs no request, but it has a place among the results
            value = stop.value
            known = one(Call(("PING",)), lambda reply: value)
            return self._queue(next(known), known)

    def _queue(self, call: Call, op: Op | None) -> Deferred:
        waiting = _Waiting(call, op)
        self._waiting[len(self.command_stack)] = waiting
        if call.script is None:
            self.pipeline_execute_command(*call.args, **call.options)
        else:
            text = call.script.sha not in self._sent
            self._sent.add(call.script.sha)
            self.pipeline_execute_command(*script_args(call, text=text, readonly=False))
        return waiting.deferred

    def _send(self, call: Call) -> Any:
        execute = self.immediate_execute_command
        try:
            if call.script is None:
                return execute(*call.args, **call.options)  # type: ignore[no-untyped-call]
            reply = execute(*script_args(call, text=True, readonly=False))  # type: ignore[no-untyped-call]
        except Exception as error:
            raise translate(error) from error
        return decode_inner(call, reply, self.response_callbacks)

    # running

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Sends all that is queued and returns the list of results, in order.

        One request. In a transaction the commands run as one MULTI/EXEC. Raises the first
        error; each Deferred has its own outcome. With ``raise_on_error=False`` errors are
        items of the list. Raises TransactionConflictError if a watched key changed.
        """
        waiting = self._waiting
        self._waiting, self._sent = {}, set()
        try:
            replies = self._execute()
        except Exception as error:
            translated = translate(error)
            for item in waiting.values():
                item.feed(translated, self.response_callbacks)
            raise translated from error
        results = [
            waiting[number].feed(reply, self.response_callbacks) if number in waiting else reply
            for number, reply in enumerate(replies)
        ]
        if raise_on_error:
            for result in results:
                if isinstance(result, Exception):
                    raise translate(result)
        return results

    def _execute(self) -> list[Any]:
        queued, explicit = list(self.command_stack), self.explicit_transaction
        try:
            return super().execute(raise_on_error=False)
        except UnicodeEncodeError:  # raised before anything is sent
            self.command_stack = [(tuple(as_bytes(args)), options) for args, options in queued]
            self.explicit_transaction = explicit
            return super().execute(raise_on_error=False)

    def watch(self, *names: Any) -> Any:
        """WATCH keys or bound fields."""
        return super().watch(*[self.database.key_of(name) for name in names])  # type: ignore[no-untyped-call]
