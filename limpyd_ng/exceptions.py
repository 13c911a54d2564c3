"""Every error the library raises, in one tree.

::

    LimpydException                         L100
    ├── ImplementationError                 L101  the class definition or the call cannot work
    ├── DoesNotExist                        L201  also ``Model.DoesNotExist``, one for each model
    ├── MultipleObjectsReturned             L202  (ValueError)
    ├── UniquenessError                     L203
    ├── InvalidValueError                   L204  (ValueError)
    │   ├── NotANumberError                 L205
    │   └── ValidationError                 L207  all problems of the values of a call
    ├── RestrictedError                     L206
    ├── PipelineError                       L301
    ├── UnsupportedCommandError             L401  the server is too old for a command
    └── ServerError                         L500  (redis.RedisError)
        ├── WrongTypeError                  L501  (redis.ResponseError)
        ├── CommandError                    L502  (redis.ResponseError)
        ├── OutOfMemoryError                L503  (redis.OutOfMemoryError)
        ├── ReadOnlyError                   L504  (redis.ReadOnlyError)
        ├── PermissionDeniedError           L505  (redis.NoPermissionError)
        ├── AuthenticationFailedError       L506  (redis.AuthenticationError)
        ├── ServerUnavailableError          L507  (redis.ConnectionError)
        ├── ServerTimeoutError              L508  (redis.TimeoutError)
        ├── ServerBusyError                 L509  (redis.BusyLoadingError)
        └── TransactionConflictError        L510  (redis.WatchError)

The classes under ``ServerError`` also derive from redis-py's own class, so code that
catches ``redis.ConnectionError`` keeps working. ``runners/errors.py`` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import redis.exceptions as redis_errors

__all__ = [
    "AuthenticationFailedError",
    "CommandError",
    "DoesNotExist",
    "ImplementationError",
    "InvalidValueError",
    "LimpydException",
    "MultipleObjectsReturned",
    "NotANumberError",
    "OutOfMemoryError",
    "PermissionDeniedError",
    "PipelineError",
    "Problem",
    "ReadOnlyError",
    "RestrictedError",
    "ServerBusyError",
    "ServerError",
    "ServerTimeoutError",
    "ServerUnavailableError",
    "TransactionConflictError",
    "UniquenessError",
    "UnsupportedCommandError",
    "ValidationError",
    "WrongTypeError",
]


class LimpydException(Exception):
    """Base of every error raised by limpyd_ng."""

    code = "L100"


class ImplementationError(LimpydException):
    """A model, field or index is declared in a way that cannot work, or is used so."""

    code = "L101"


class DoesNotExist(LimpydException):
    """The object is not in its model's collection (never created, or deleted)."""

    code = "L201"


class MultipleObjectsReturned(LimpydException, ValueError):
    """``Model.get`` was asked for one object and several match."""

    code = "L202"


class UniquenessError(LimpydException):
    """Another object already holds this value of a unique field; nothing was written.

    ``field`` is "Model.field", ``value`` the refused value, ``pk`` the holder's pk.
    """

    code = "L203"

    def __init__(self, message: str, field: str = "", value: Any = None, pk: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.value = value
        self.pk = pk


class InvalidValueError(LimpydException, ValueError):
    """A value (or key, or filter argument) that cannot be stored or compared."""

    code = "L204"


class NotANumberError(InvalidValueError):
    """A number index was given something that is not a finite or infinite number."""

    code = "L205"


class Problem(NamedTuple):
    """What is wrong with one value: of ``field`` ("Model.field", or "Model" for several together)."""

    field: str
    value: Any
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


class ValidationError(InvalidValueError):
    """Values that do not fit, all problems at once in ``problems``; nothing was sent."""

    code = "L207"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "; ".join(map(str, self.problems))
        super().__init__(shown if len(self.problems) == 1 else f"{len(self.problems)} problems: {shown}")


class RestrictedError(LimpydException):
    """An object cannot be deleted while others point to it; nothing was deleted.

    ``field`` is "Model.field" of the relation with ``on_delete="restrict"``, ``pk`` the pk of
    the object it protects, ``referrer`` that of an object which points to it.
    """

    code = "L206"

    def __init__(self, message: str, field: str = "", pk: str = "", referrer: str = "") -> None:
        super().__init__(message)
        self.field = field
        self.pk = pk
        self.referrer = referrer


class PipelineError(LimpydException):
    """This operation cannot be queued in a pipeline, or its reply is not there yet."""

    code = "L301"


class UnsupportedCommandError(LimpydException):
    """The connected server is older than the version that brought this command."""

    code = "L401"


class ServerError(LimpydException, redis_errors.RedisError):
    """The server, or the way to it, refused the request."""

    code = "L500"


class WrongTypeError(ServerError, redis_errors.ResponseError):
    """A key of the model holds a value of another type, written by someone else."""

    code = "L501"


class CommandError(ServerError, redis_errors.ResponseError):
    """Redis refused the command (bad arguments, not an integer, out of range...)."""

    code = "L502"


class OutOfMemoryError(ServerError, redis_errors.OutOfMemoryError):
    """The server has reached ``maxmemory``; nothing was written."""

    code = "L503"


class ReadOnlyError(ServerError, redis_errors.ReadOnlyError):
    """The server is a read-only replica; nothing was written."""

    code = "L504"


class PermissionDeniedError(ServerError, redis_errors.NoPermissionError):
    """The connection's ACL user may not run this command or touch this key."""

    code = "L505"


class AuthenticationFailedError(ServerError, redis_errors.AuthenticationError):
    """The server refused the user name or password."""

    code = "L506"


class ServerUnavailableError(ServerError, redis_errors.ConnectionError):
    """No connection, or it was lost in the middle of a call.

    A write whose reply was lost may or may not have taken effect; it took effect as a
    whole or not at all, and it is never sent twice.
    """

    code = "L507"


class ServerTimeoutError(ServerError, redis_errors.TimeoutError):
    """The server did not answer in time; see ServerUnavailableError about writes."""

    code = "L508"


class ServerBusyError(ServerError, redis_errors.BusyLoadingError):
    """The server is loading its data set; try again."""

    code = "L509"


class TransactionConflictError(ServerError, redis_errors.WatchError):
    """A watched key changed before EXEC; nothing of the transaction took effect."""

    code = "L510"
