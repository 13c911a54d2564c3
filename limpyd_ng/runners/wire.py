"""What goes over a connection for Calls, and what its replies become.

Nothing here waits: a ``Wire`` tells what to send first, what to send again after an error, and
what a reply becomes. ``carry`` and ``drive`` do so with a runner's own way of sending; their twins
for asyncio differ in the waiting alone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError, ResponseError

from ..call import Call
from ..lua import REFUSED
from .errors import is_unknown, translate

__all__ = [
    "Request",
    "Wire",
    "as_bytes",
    "carry",
    "carry_waiting",
    "decode_inner",
    "drive",
    "drive_waiting",
    "script_args",
]

#: what redis-py's ``execute_command`` takes
Request: TypeAlias = tuple[Sequence[Any], Mapping[str, Any]]

#: redis-py's table looks names up in any case; the library's own are in upper case
_CALLBACK_OF: Any = dict.get

_INTEGERS = {"INCR", "DECR", "INCRBY", "DECRBY", "HINCRBY"}


class Wire:
    """The requests of one server's clients."""

    __slots__ = ("_known", "_readonly", "callbacks", "protocol")

    def __init__(self, client: Any) -> None:
        self.callbacks: Mapping[str, Any] = client.response_callbacks
        #: 2 or 3; redis-py chooses 3 by itself since its version 8
        self.protocol = int(client.connection_pool.connection_kwargs.get("protocol") or 3)
        #: EVALSHA_RO came with Redis 7.0; found out by trying
        self._readonly = True
        #: the scripts that the server was sent: the first use of one goes with its text
        self._known: set[str] = set()

    def first(self, call: Call) -> Request:
        """The request of a Call."""
        if call.script is None:
            return call.args, call.options
        known = call.script.sha in self._known
        return script_args(call, text=not known, readonly=self._readonly), {}

    def again(self, call: Call, sent: Request, error: Exception) -> Request:
        """What to send after such an error; raises the error of ``exceptions`` if it is final."""
        if isinstance(error, UnicodeEncodeError) and any(isinstance(arg, str) for arg in sent[0][1:]):
            try:  # nothing was sent yet
                return as_bytes(sent[0]), sent[1]
            except UnicodeEncodeError as unfit:
                error = unfit
        if call.script is not None:
            if isinstance(error, NoScriptError):
                return script_args(call, text=True, readonly=self._readonly), {}
            readonly = self._readonly and call.script.readonly
            if readonly and isinstance(error, ResponseError) and is_unknown(error):
                self._readonly = False
                return self.first(call)
            if REFUSED in str(error):  # the script's own words: it ran
                self._known.add(call.script.sha)
        translated = translate(error)
        if translated is error:
            raise error
        raise translated from error

    def result(self, call: Call, reply: Any) -> Any:
        """What the reply to a Call becomes."""
        if call.script is None:
            return reply
        self._known.add(call.script.sha)
        return decode_inner(call, reply, self.callbacks)


def carry(wire: Wire, send: Callable[[Sequence[Any], Mapping[str, Any]], Any], call: Call) -> Any:
    """The result of a Call. Raises the errors of ``exceptions``."""
    request = wire.first(call)
    while True:
        try:
            reply = send(*request)
        except Exception as error:
            request = wire.again(call, request, error)
        else:
            return wire.result(call, reply)


async def carry_waiting(
    wire: Wire, send: Callable[[Sequence[Any], Mapping[str, Any]], Awaitable[Any]], call: Call
) -> Any:
    """``carry`` for replies that have to be awaited."""
    request = wire.first(call)
    while True:
        try:
            reply = await send(*request)
        except Exception as error:
            request = wire.again(call, request, error)
        else:
            return wire.result(call, reply)


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
    """Lets redis-py's callback decode the native reply that is, or is inside, a script's reply."""
    if call.inner is None:
        return reply
    position, command, options = call.inner
    if position is None:
        return _decoded(command, options, reply, callbacks)
    if reply[0] == 0:
        while len(reply) <= position:  # a null at the end of a RESP3 list is lost in Lua
            reply.append(None)
        reply[position] = _decoded(command, options, reply[position], callbacks)
    return reply


def _decoded(command: str, options: Mapping[str, Any], reply: Any, callbacks: Mapping[str, Any]) -> Any:
    if command in _INTEGERS and isinstance(reply, str):  # see lua/lib/exact.lua
        reply = int(reply)
    callback = _CALLBACK_OF(callbacks, command)
    return reply if callback is None else callback(reply, **options)


def as_bytes(args: Sequence[Any]) -> list[Any]:
    """Arguments with texts as bytes: values read from bytes that are no UTF-8 go back as they were.

    hiredis packs texts strictly, whatever the client's ``encoding_errors``.
    """
    values = (arg.encode("utf-8", "surrogateescape") if isinstance(arg, str) else arg for arg in args[1:])
    return [args[0], *values]
