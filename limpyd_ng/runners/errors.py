"""The one boundary where redis-py's errors become ours."""

from __future__ import annotations

import reprlib

import redis.exceptions as redis_errors

from .. import exceptions as ours

__all__ = ["TABLE", "is_unknown", "translate"]

#: the first line that fits decides, so subclasses come before their bases
TABLE: tuple[tuple[type[Exception], type[ours.LimpydException]], ...] = (
    (redis_errors.WatchError, ours.TransactionConflictError),
    (redis_errors.BusyLoadingError, ours.ServerBusyError),
    (redis_errors.AuthenticationError, ours.AuthenticationFailedError),
    (redis_errors.TimeoutError, ours.ServerTimeoutError),
    (redis_errors.ConnectionError, ours.ServerUnavailableError),
    (redis_errors.ReadOnlyError, ours.ReadOnlyError),
    (redis_errors.NoPermissionError, ours.PermissionDeniedError),
    (redis_errors.OutOfMemoryError, ours.OutOfMemoryError),
    (redis_errors.DataError, ours.InvalidValueError),
    (redis_errors.ResponseError, ours.CommandError),
    (redis_errors.RedisError, ours.ServerError),
    (UnicodeEncodeError, ours.InvalidValueError),
)

#: what the server says at the start of an error that redis-py has no class for, or that
#: lost its class on the way through a script
_BY_TEXT: tuple[tuple[str, type[ours.LimpydException]], ...] = (
    ("WRONGTYPE", ours.WrongTypeError),
    ("OOM ", ours.OutOfMemoryError),
    ("READONLY", ours.ReadOnlyError),
    ("NOPERM", ours.PermissionDeniedError),
)

_REMEDIES: dict[type[ours.LimpydException], str] = {
    ours.WrongTypeError: "a key of this model holds another type, written by something else",
    ours.OutOfMemoryError: "nothing was written; free memory or raise maxmemory",
    ours.ReadOnlyError: "nothing was written; connect to the primary",
}


def translate(error: Exception) -> Exception:
    """The library's own error for one of redis-py's; any other comes back unchanged."""
    if isinstance(error, ours.LimpydException):
        return error
    cause = error.__cause__
    if type(error) is redis_errors.ConnectionError and isinstance(cause, redis_errors.RedisError):
        error = cause  # redis-py's asyncio connections give what the server said at the handshake so
    text = str(error)
    if isinstance(error, UnicodeEncodeError):
        text = f"{reprlib.repr(error.object)} is not valid text ({error.reason})"
    for start, kind in _BY_TEXT:
        # in a pipeline redis-py puts the command before the server's words
        if isinstance(error, redis_errors.ResponseError) and (start in text[:60] or f": {start}" in text):
            return kind(_explained(text, kind))
    for theirs, kind in TABLE:
        if isinstance(error, theirs):
            return kind(_explained(text, kind))
    return error


def _explained(text: str, kind: type[ours.LimpydException]) -> str:
    remedy = _REMEDIES.get(kind)
    return f"{text} ({remedy})" if remedy else text


def is_unknown(error: Exception) -> bool:
    """Whether the server does not know a command."""
    return "unknown" in str(error).lower() and "command" in str(error).lower()
