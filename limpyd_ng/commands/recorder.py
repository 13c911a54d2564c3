"""redis-py's own command methods, made to return a request instead of sending it.

Every command method of redis-py ends in ``execute_command(*args, **options)``. Here that
call returns ``(args, options)``: the wire arguments as redis-py builds them, and what its
reply callback wants to know. So each command has redis-py's signature and checks.
"""

from __future__ import annotations

from typing import Any

from redis.commands.core import CoreCommands

from ..exceptions import UnsupportedCommandError
from ..keys import FieldKey

__all__ = ["KEY", "RECORDER", "Recorded", "Recorder"]

Recorded = tuple[tuple[Any, ...], dict[str, Any]]

#: stands for the key of the field a command is called on (told by identity; not empty, as
#: redis-py leaves out what is false, and nothing anybody would name a key)
KEY = FieldKey("\0the key of the field")


class Recorder(CoreCommands):
    """redis-py's command methods over an ``execute_command`` that only records."""

    def execute_command(self, *args: Any, **options: Any) -> Any:
        return args, options

    def __getattr__(self, name: str) -> Any:
        raise UnsupportedCommandError(
            f"{name}: the installed redis-py does not have this command; upgrade it"
        )


RECORDER: Any = Recorder()  # type: ignore[abstract]
