"""A request as a value, and an operation as a generator of requests.

A field method makes a ``Call``; whatever needs more than one request is an ``Op``: a
generator that yields Calls, is sent their replies, and returns its result. The runners
(``runners/``) carry both to a server, each in its own way, so no logic knows whether it
runs in a plain call, in a pipeline or in a test.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from .lua import Script

__all__ = ["Call", "FollowUpRefused", "Op", "Pages", "one"]


class Call:
    """One request: a native command, or a script with its keys and arguments.

    ``args`` and ``options`` are what redis-py's ``execute_command`` takes; the reply of a
    command is decoded by redis-py's own callback, unless ``raw``. The reply of a script is
    what the script returned.
    """

    __slots__ = ("args", "inner", "options", "script")

    def __init__(
        self,
        args: Sequence[Any],
        options: Mapping[str, Any] | None = None,
        script: Script | None = None,
        inner: tuple[int | None, str, dict[str, Any]] | None = None,
    ) -> None:
        #: for a script: the number of keys, the keys, the arguments
        self.args = args
        self.options = options or {}
        self.script = script
        #: where in a script's reply the reply of a native command stands (None: it is all there is),
        #: its name, its options
        self.inner = inner

    def __repr__(self) -> str:
        name = f"script {self.script.name}" if self.script else "command"
        return f"<Call {name} {self.args!r}>"


Op: TypeAlias = Generator[Call, Any, Any]

#: What gives items page by page: called with None, then with the state that the page before
#: gave, it makes an Op which returns (next state, items); the state of the last page is None.
Pages: TypeAlias = Callable[[Any], Op]


class FollowUpRefused(Exception):
    """Thrown into an Op whose second request cannot be sent (it runs in a pipeline)."""


def one(call: Call, then: Callable[[Any], Any] | None = None) -> Op:
    """An Op of a single Call, its reply passed through ``then``."""
    reply = yield call
    return reply if then is None else then(reply)
