"""Carries Calls and Ops one by one over a redis-py client, and waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import redis
from redis.exceptions import NoScriptError, ResponseError

from ..call import Call, Op
from .borrowed import sender
from .errors import translate

__all__ = ["SyncRunner", "as_bytes", "decode_inner", "drive", "script_args"]

_INTEGERS = {"INCR", "DECR", "INCRBY", "DECRBY", "HINCRBY"}

#: (script command, script text or SHA, ...)
Execute = Callable[..., Any]


def script_args(call: Call, *, text: bool, readonly: bool) -> tuple[Any, ...]:
    """The wire arguments of a script call, by its SHA or with its text."""
    script = call.script
    assert script is not None
    suffix = "_RO" if readonly and script.readonly else ""
    if text:
        return (f"EVAL{suffix}", script.text, *call.args)
    return (f"EVALSHA{suffix}", script.sha, *call.args)


def decode_inner(call: Call, reply: Any, callbacks: Any) -> Any:
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


def drive(op: Op, send: Callable[[Call], Any]) -> Any:
    """Runs an Op to its end; errors of ``send`` are raised inside it."""
    try:
        call = next(op)
        while True:
            try:
                reply = send(call)
            except Exception as error:
                call = op.throw(error)
            else:
                call = op.send(reply)
    except StopIteration as stop:
        return stop.value


class SyncRunner:
    """The runner of a plain database."""

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self._send = sender(client)
        #: 2 or 3; redis-py chooses 3 by itself since its version 8
        self.protocol = int(client.connection_pool.connection_kwargs.get("protocol") or 3)
        #: EVALSHA_RO came with Redis 7.0; found out by trying
        self._readonly = True
        #: the scripts that the server was sent: the first use of one goes with its text
        self._known: set[str] = set()

    def run(self, op: Op | Call) -> Any:
        """The result of an Op, or the decoded reply of a Call."""
        if type(op) is Call:
            return self.send(op)
        return drive(op, self.send)  # type: ignore[arg-type]

    def send(self, call: Call) -> Any:
        """Sends one Call; raises the errors of ``exceptions``."""
        try:
            if call.script is None:
                return self._execute(*call.args, **call.options)
            reply = self._run_script(call, self._execute)
        except Exception as error:
            translated = translate(error)
            if translated is error:
                raise
            raise translated from error
        return decode_inner(call, reply, self.client.response_callbacks)

    def _execute(self, *args: Any, **options: Any) -> Any:
        try:
            return self._send(*args, **options)
        except UnicodeEncodeError:  # raised before anything is sent
            return self._send(*as_bytes(args), **options)

    def _run_script(self, call: Call, execute: Execute) -> Any:
        sha = call.script.sha  # type: ignore[union-attr]
        try:
            known = sha in self._known
            reply = execute(*script_args(call, text=not known, readonly=self._readonly))
            if not known:
                self._known.add(sha)
            return reply
        except NoScriptError:
            return execute(*script_args(call, text=True, readonly=self._readonly))
        except ResponseError as error:
            if not (self._readonly and call.script and call.script.readonly and is_unknown(error)):
                raise
            self._readonly = False
            return self._run_script(call, execute)


def as_bytes(args: Sequence[Any]) -> list[Any]:
    """Arguments with texts as bytes: values read from bytes that are no UTF-8 go back as they were.

    hiredis packs texts strictly, whatever the client's ``encoding_errors``.
    """
    return [arg.encode("utf-8", "surrogateescape") if isinstance(arg, str) else arg for arg in args]


def is_unknown(error: Exception) -> bool:
    """Whether the server does not know a command."""
    return "unknown" in str(error).lower() and "command" in str(error).lower()
