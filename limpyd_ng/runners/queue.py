"""Queues Calls in a redis-py pipeline and gives each its reply after ``execute()``.

An Op is started when it is queued and gets its reply when the pipeline has run; so the
same generator serves here, as long as it needs one request. The first use of a script in
a batch is sent with its text: the batch works on a server that never saw the script, and
stays one request.

Which pipeline a thread or task is in is a context variable: threads and tasks never see
each other's pipeline, pipelines nest, and an exception restores the one before. A task
starts with a copy of its parent's variables, so a pipeline also knows who opened it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator, Iterator, Mapping
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from redis.client import NEVER_DECODE

from ..call import Call, FollowUpRefused, Op, one
from ..exceptions import PipelineError
from .errors import translate
from .wire import Wire, as_bytes, decode_inner, script_args

if TYPE_CHECKING:
    from ..database import BaseDatabase

__all__ = ["Deferred", "Queue", "active_pipeline"]

_ACTIVE: ContextVar[tuple[Queue, ...]] = ContextVar("limpyd_ng_pipelines", default=())


def active_pipeline(database: BaseDatabase) -> Queue | None:
    """The innermost open pipeline of this thread or task on the database."""
    active = _ACTIVE.get()
    if active:
        owner = _owner()
        for pipeline in reversed(active):
            if pipeline.database is database and pipeline.owner in (owner, None):
                return pipeline
    return database.shared_pipeline


def _owner() -> tuple[int, Any]:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None
    return threading.get_ident(), task


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

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.value
        yield

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

    def drop(self) -> None:
        """Ends the Op without a reply."""
        if self.op is not None:
            self.op.close()

    def _result(self, reply: Any, callbacks: Mapping[str, Any]) -> Any:
        if isinstance(reply, Exception):
            return self._finish(translate(reply), True)
        if self.call.script is not None:
            reply = decode_inner(self.call, reply, callbacks)
        elif NEVER_DECODE in self.call.options and isinstance(reply, str):  # EXEC decodes all alike
            reply = reply.encode("utf-8", "surrogateescape")
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


class Queue:
    """What the pipelines of both faces are besides redis-py's: the Calls that wait in them.

    A subclass is a redis-py pipeline too, and says how a batch and a single request are sent.
    """

    database: BaseDatabase
    wire: Wire
    #: the thread and the task that opened the pipeline; None for whoever has it in the context
    owner: tuple[int, Any] | None

    if TYPE_CHECKING:
        watching: bool
        explicit_transaction: bool
        command_stack: list[Any]

        def pipeline_execute_command(self, *args: Any, **options: Any) -> Any: ...

    def _prepare(self, database: BaseDatabase, wire: Wire, shared: bool = False) -> None:
        self.database = database
        self.wire = wire
        self._shared = shared
        self.owner = _owner()
        self._waiting: dict[int, _Waiting] = {}
        self._sent: set[str] = set()
        self._token: Token[tuple[Queue, ...]] | None = None

    # the context

    def open(self) -> None:
        """From now on the commands of this thread or task are queued here."""
        self.owner = None if self._shared else _owner()
        self._token = _ACTIVE.set((*_ACTIVE.get(), self))

    def close(self) -> None:
        """Commands go where they went before."""
        if self._token is not None:
            _ACTIVE.reset(self._token)
            self._token = None

    def forget(self) -> None:
        """Drops what is queued."""
        for item in self._waiting.values():
            item.drop()
        self._waiting = {}
        self._sent = set()

    # queueing

    @property
    def immediate(self) -> bool:
        """Whether commands run at once: between WATCH and MULTI."""
        return bool(self.watching and not self.explicit_transaction)

    def run(self, op: Op | Call) -> Any:
        """Queues an Op or a Call and returns its Deferred (or runs it, between WATCH and MULTI)."""
        if self.immediate:
            return self.run_now(op)
        return self._start(op) if isinstance(op, Generator) else self._queue(op, None)

    def run_now(self, op: Op | Call) -> Any:
        """Carries an Op or a Call at once, on the connection that watches."""
        raise NotImplementedError

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

    # running

    def batch(self, raise_on_error: bool) -> Generator[None, Any, list[Any]]:
        """Asks for the batch to be sent, by yielding, and gives the results."""
        waiting = self._waiting
        self._waiting, self._sent = {}, set()
        try:
            replies = yield from self._replies()
        except Exception as error:
            translated = translate(error)
            for item in waiting.values():
                item.feed(translated, self.wire.callbacks)
            raise translated from error
        except BaseException:  # cancelled: nobody knows what took effect
            for item in waiting.values():
                item.drop()
            raise
        results = [
            waiting[number].feed(reply, self.wire.callbacks) if number in waiting else reply
            for number, reply in enumerate(replies)
        ]
        if raise_on_error:
            for result in results:
                if isinstance(result, Exception):
                    raise translate(result)
        return results

    def _replies(self) -> Generator[None, Any, Any]:
        queued, explicit = list(self.command_stack), self.explicit_transaction
        try:
            return (yield)
        except UnicodeEncodeError:  # raised before anything is sent
            self.command_stack = [(tuple(as_bytes(args)), options) for args, options in queued]
            self.explicit_transaction = explicit
            return (yield)
