"""What goes over a connection for Calls and Ops, and what its replies become.

Nothing here sends: the generators yield requests and are sent replies. A runner drives them
with its own way of sending, so that sync and asyncio share everything but the waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError, ResponseError

from ..call import Call, Op
from .errors import is_unknown, translate

__all__ = ["Request", "Requests", "Wire", "as_bytes", "decode_inner", "drive", "drive_waiting", "script_args"]

#: what redis-py's ``execute_command`` takes
Request: TypeAlias = tuple[Sequence[Any], Mapping[str, Any]]
Requests: TypeAlias = Generator[Request, Any, Any]

_INTEGERS = {"INCR", "DECR", "INCRBY", "DECRBY", "HINCRBY"}


class Wire:
    """The requests of one server's clients."""

    __slots__ = ("_readonly", "callbacks", "protocol")

    def __init__(self, client: Any) -> None:
        self.callbacks: Mapping[str, Any] = client.response_callbacks
        #: 2 or 3; redis-py chooses 3 by itself since its version 8
        self.protocol = int(client.connection_pool.connection_kwargs.get("protocol") or 3)
        #: EVALSHA_RO came with Redis 7.0; found out by trying
        self._readonly = True

    def carry(self, op: Op | Call) -> Requests:
        """All requests of an Op or a Call; returns its result.

        Raises the errors of ``exceptions``; those of a request inside the Op, which may go on.
        """
        return self._of_call(op) if type(op) is Call else self._of_op(op)  # type: ignore[arg-type]

    def _of_op(self, op: Op) -> Requests:
        try:
            call = next(op)
            while True:
                try:
                    reply = yield from self._of_call(call)
                except BaseException as error:
                    call = op.throw(error)
                else:
                    call = op.send(reply)
        except StopIteration as stop:
            return stop.value

    def _of_call(self, call: Call) -> Requests:
        try:
            if call.script is None:
                return (yield from _sendable(call.args, call.options))
            reply = yield from self._of_script(call)
        except Exception as error:
            translated = translate(error)
            if translated is error:
                raise
            raise translated from error
        return decode_inner(call, reply, self.callbacks)

    def _of_script(self, call: Call) -> Requests:
        try:
            return (yield from _sendable(script_args(call, text=False, readonly=self._readonly), {}))
        except NoScriptError:
            return (yield from _sendable(script_args(call, text=True, readonly=self._readonly), {}))
        except ResponseError as error:
            if not (self._readonly and call.script and call.script.readonly and is_unknown(error)):
                raise
            self._readonly = False
            return (yield from self._of_script(call))


def _sendable(args: Sequence[Any], options: Mapping[str, Any]) -> Requests:
    try:
        return (yield args, options)
    except UnicodeEncodeError:  # raised before anything is sent
        return (yield as_bytes(args), options)


def drive(requests: Generator[Any, Any, Any], send: Callable[[Any], Any]) -> Any:
    """Gives the generator the reply (or the error) of each thing it asks for; returns its result."""
    try:
        request = next(requests)
        while True:
            try:
                reply = send(request)
            except BaseException as error:
                request = requests.throw(error)
            else:
                request = requests.send(reply)
    except StopIteration as stop:
        return stop.value


async def drive_waiting(requests: Generator[Any, Any, Any], send: Callable[[Any], Awaitable[Any]]) -> Any:
    """``drive`` for replies that have to be awaited."""
    try:
        request = next(requests)
        while True:
            try:
                reply = await send(request)
            except BaseException as error:
                request = requests.throw(error)
            else:
                request = requests.send(reply)
    except StopIteration as stop:
        return stop.value


def script_args(call: Call, *, text: bool, readonly: bool) -> tuple[Any, ...]:
    """The wire arguments of a script call, by its SHA or with its text."""
    script = call.script
    assert script is not None
    suffix = "_RO" if readonly and script.readonly else ""
    if text:
        return (f"EVAL{suffix}", script.text, *call.args)
    return (f"EVALSHA{suffix}", script.sha, *call.args)


def decode_inner(call: Call, reply: Any, callbacks: Mapping[str, Any]) -> Any:
    """Lets redis-py's callback decode the native reply inside a script's reply."""
    if call.inner is not None and reply[0] == 0:
        position, command, options = call.inner
        while len(reply) <= position:  # a null at the end of a RESP3 list is lost in Lua
            reply.append(None)
        if command in _INTEGERS and isinstance(reply[position], str):  # see lua/lib/native.lua
            reply[position] = int(reply[position])
        callback = callbacks.get(command)
        if callback is not None:
            reply[position] = callback(reply[position], **options)
    return reply


def as_bytes(args: Sequence[Any]) -> list[Any]:
    """Arguments with texts as bytes: values read from bytes that are no UTF-8 go back as they were.

    hiredis packs texts strictly, whatever the client's ``encoding_errors``.
    """
    return [arg.encode("utf-8", "surrogateescape") if isinstance(arg, str) else arg for arg in args]
